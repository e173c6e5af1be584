# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A network's place taken by an engine whose errors, time and death are set by the test."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from smolrgpt_ros.language.answer import Answer, Failure, Reason
from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.reasoning.geometric import GeometricEngine
from smolrgpt_ros.scene.frame import Scene


class StandIn:
    """Measures as the geometric engine does and spoils a share of the answers.

    Args:
        wrong: share of answers that are spoilt.
        says: confidence of a right and of a wrong answer.
        takes_s: how long a call takes; it stops between two steps of 5 ms when it is cancelled or
            its deadline has come, as a network does between two tokens.
        raises: what every call raises.
    """

    name = 'smolrgpt'

    def __init__(
        self,
        *,
        wrong: float = 0.0,
        says: tuple[float, float] = (0.9, 0.9),
        takes_s: float = 0.0,
        raises: BaseException | None = None,
        seed: int = 0,
    ):
        self.wrong, self.says, self.takes_s, self.raises = wrong, says, takes_s, raises
        self.chance = np.random.default_rng(seed)
        self.asked: list[Question] = []
        self.threads: set[str] = set()
        self.stopped = self.closed = 0
        self._measuring = GeometricEngine()

    def answer(
        self,
        scene: Scene,
        questions: Sequence[Question],
        *,
        deadline_s: float | None = None,
        on_words: Callable[[int, str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[Answer | Failure]:
        """As an engine that writes."""
        self.asked += questions
        self.threads.add(threading.current_thread().name)
        if self.raises is not None:
            raise self.raises
        started_s = time.monotonic()
        while (spent_s := time.monotonic() - started_s) < self.takes_s:
            if (deadline_s is not None and spent_s >= deadline_s) or (cancelled and cancelled()):
                self.stopped += 1
                return [Failure(Reason.TIMEOUT, 'too late') for _ in questions]
            time.sleep(0.005)
        if on_words is not None:
            for index in range(len(questions)):
                on_words(index, 'The')
        answers = [self._spoilt(outcome) for outcome in self._measuring.answer(scene, questions)]
        return [
            replace(answer, engine=self.name) if isinstance(answer, Answer) else answer
            for answer in answers
        ]

    def close(self) -> None:
        """Count it."""
        self.closed += 1

    def _spoilt(self, outcome: Answer | Failure) -> Answer | Failure:
        if isinstance(outcome, Failure):
            return outcome
        if self.chance.random() >= self.wrong:
            return replace(outcome, confidence=self.says[0], text='right.')
        return replace(wrong_answer(outcome), confidence=self.says[1], text='wrong.')


def wrong_answer(answer: Answer) -> Answer:
    """An answer that is not the given one."""
    if answer.category is Category.LEFT_RIGHT:
        return replace(answer, normalized='left' if answer.normalized == 'right' else 'right')
    if answer.category is Category.MCQ:
        others = (answer.regions[0] + 1, *answer.regions[1:])
        return replace(answer, regions=others, normalized='other', value=-1.0)
    number = 2.0 * answer.value + 1.0
    return replace(answer, normalized=number, value=number)
