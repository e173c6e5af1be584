# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What every engine offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from smolrgpt_ros.language.answer import Answer, Failure
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.scene.frame import Scene

# Called with a question's place among those asked and what has been written of its answer so far.
OnWords = Callable[[int, str], None]


class Engine(Protocol):
    """Answers questions about one scene.

    It never raises for a bad question, and one failure never costs the others their answer.
    """

    name: str

    def answer(
        self, scene: Scene, questions: Sequence[Question], *, deadline_s: float | None = None
    ) -> list[Answer | Failure]:
        """One outcome a question, in order.

        Args:
            deadline_s: seconds from now after which an unanswered question becomes
                `Reason.TIMEOUT`.
        """

    def close(self) -> None:
        """Free what the engine holds (accelerator memory above all)."""


class WritingEngine(Engine, Protocol):
    """An engine that takes its time over an answer, and can be listened to and stopped meanwhile.

    What is not a network answers in milliseconds and needs none of this.
    """

    def answer(
        self,
        scene: Scene,
        questions: Sequence[Question],
        *,
        deadline_s: float | None = None,
        on_words: OnWords | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[Answer | Failure]:
        """One outcome a question, in order.

        Args:
            deadline_s: seconds from now after which an unanswered question becomes
                `Reason.TIMEOUT`.
            on_words: hears every question's words as they are written, from the thread that
                answers; must be quick. Words grow from call to call and may be rewritten at their
                end, where a character has several tokens.
            cancelled: asked between two tokens; once true, whatever is unanswered becomes
                `Reason.TIMEOUT` and no further token is computed.
        """


# Gets a question's place among those asked, and its outcome.
OnOutcome = Callable[[int, Answer | Failure], None]


class BeginningEngine(WritingEngine, Protocol):
    """An engine that is asked without waiting for it, each question with a deadline of its own."""

    def begin(
        self,
        scene: Scene,
        questions: Sequence[Question],
        deadlines_s: Sequence[float | None],
        on_outcome: OnOutcome,
        *,
        on_words: OnWords | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        """Begin to answer.

        Args:
            deadlines_s: of each question, seconds from now; None: none.
            on_outcome: gets the outcome of each question once, from any thread; must be quick.
            on_words, cancelled: see `WritingEngine.answer`.
        """
