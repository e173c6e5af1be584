# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The engine that asks a network and measures the same: it says whether the two agree.

The measurement takes milliseconds and is there before the network is asked. The network has what
is left of the time; where that does not do, or the network has died, the measurement is returned
alone and says so. `engine` of an answer tells what became of it: 'verified' where both answered
(`verified`: and agree), 'geometric' where only the measurement did, the network's name where only
the network did.
"""

from __future__ import annotations

import logging
import math
import threading
import time
import weakref
from collections.abc import Callable, Sequence

from smolrgpt_ros.language.answer import Answer, Failure, Reason
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.reasoning.calibration import Calibration, read_calibration
from smolrgpt_ros.reasoning.engine import Engine, OnOutcome, OnWords
from smolrgpt_ros.reasoning.geometric import GeometricEngine
from smolrgpt_ros.reasoning.registry import EngineOptions, load_engine, network_of
from smolrgpt_ros.reasoning.verified_deadlines import Deadlines
from smolrgpt_ros.reasoning.verified_joining import (
    ASKED_CATEGORIES,
    NAME,
    UNMEASURED_TRUST,
    Opinion,
    alone,
    joined,
    needs_network,
)
from smolrgpt_ros.reasoning.verified_network import FIRST_RELOAD_S, Asking, NetworkThread
from smolrgpt_ros.scene.frame import Scene

logger = logging.getLogger(__name__)

# Time kept back before a deadline, in which the measurement is put into words and sent.
RESERVE_S, RESERVE_SHARE = 0.03, 0.3
_CLOSING_S = 5.0


class VerifiedEngine:
    """Answers by measuring and by a network; see `BeginningEngine`.

    `begin` never waits for the network and may be called while earlier questions still wait.

    Args:
        checkpoint: folder of the network; `calibration.json` in it says how far to trust it.
        network: name of the network's engine, 'smolrgpt' or 'tinygiant'; '': as the folder's
            config says.
        device, dtype, decode: of the network, see `EngineOptions`.
        wait_for_network: return when the network is loaded; else at once, and measure alone until
            it is, or while it cannot be.
        checkpoint_root: folder that `checkpoint` must lie in, see `confinement`; '': anywhere.

    Raises:
        EngineError: a network that cannot be had. CalibrationError: an unreadable calibration.
    """

    name = NAME

    def __init__(
        self,
        checkpoint: str,
        network: str = '',
        device: str = 'auto',
        dtype: str = 'auto',
        decode: str = 'generate',
        wait_for_network: bool = True,
        checkpoint_root: str = '',
    ):
        options = EngineOptions(checkpoint, device, dtype, decode, checkpoint_root=checkpoint_root)
        network = network or network_of(checkpoint)
        self._start(
            GeometricEngine(),
            lambda: load_engine(network, options),
            network,
            read_calibration(checkpoint),
            wait=wait_for_network,
        )

    @classmethod
    def of(
        cls,
        measuring: Engine,
        load_network: Callable[[], Engine],
        *,
        network: str = 'smolrgpt',
        calibration: Calibration | None = None,
        wait: bool = True,
        reload_s: float = FIRST_RELOAD_S,
    ) -> VerifiedEngine:
        """The engine of any two engines; `load_network` runs in the network's thread."""
        engine = cls.__new__(cls)
        engine._start(measuring, load_network, network, calibration, wait=wait, reload_s=reload_s)
        return engine

    def _start(
        self,
        measuring: Engine,
        load_network: Callable[[], Engine],
        network: str,
        calibration: Calibration | None,
        *,
        wait: bool,
        reload_s: float = FIRST_RELOAD_S,
    ) -> None:
        self._measuring = measuring
        self._network_name = network
        self._calibration = calibration
        self._network = NetworkThread(load_network, wait=wait, reload_s=reload_s)
        self._deadlines = Deadlines()
        self._rounds: set[_Round] = set()
        self._lock = threading.Lock()

    @property
    def problem(self) -> str:
        """Why the network does not answer at present, '' where it does."""
        return self._network.problem

    def answer(
        self,
        scene: Scene,
        questions: Sequence[Question],
        *,
        deadline_s: float | None = None,
        on_words: OnWords | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[Answer | Failure]:
        """One outcome a question, in order; see `WritingEngine.answer`.

        What the network has not answered by the deadline, or when it is cancelled, is answered by
        the measurement alone.
        """
        outcomes: dict[int, Answer | Failure] = {}
        all_there = threading.Event()

        def on_outcome(index: int, outcome: Answer | Failure) -> None:
            outcomes[index] = outcome
            if len(outcomes) == len(questions):
                all_there.set()

        if questions:
            self.begin(
                scene,
                questions,
                [deadline_s] * len(questions),
                on_outcome,
                on_words=on_words,
                cancelled=cancelled,
            )
            all_there.wait()
        return [outcomes[index] for index in range(len(questions))]

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
        """Measure now, and ask the network for as long as each question's deadline allows.

        See `BeginningEngine.begin`. Outcomes come from this thread, from the network's, or from the
        one that keeps deadlines.
        """
        now_s = time.monotonic()
        known = [deadline for deadline in deadlines_s if deadline is not None]
        longest_s = max(known) if len(known) == len(deadlines_s) else None
        measured = self._measuring.answer(scene, questions, deadline_s=longest_s)
        current = _Round(scene, questions, measured, self._join, on_outcome, cancelled)
        asked: list[int] = []
        ends: list[float] = []
        for index, (question, outcome) in enumerate(zip(questions, measured, strict=True)):
            deadline_s = deadlines_s[index]
            end_s = math.inf if deadline_s is None else now_s + _usable(deadline_s)
            if not needs_network(question, outcome):
                current.finish_alone(index, _why_untaught(question))
            elif why := self._network.why_not(scene, end_s):
                current.finish_alone(index, why)
            else:
                asked.append(index)
                ends.append(end_s)
        if asked:
            self._ask(current, asked, ends, on_words)

    def close(self) -> None:
        """Free the network; questions that still wait get the measurement alone. Idempotent."""
        self._deadlines.close()
        self._network.close()
        with self._lock:
            rounds = list(self._rounds)
        for current in rounds:
            current.finish_rest('the engine was closed')
        self._network.join(_CLOSING_S)
        self._measuring.close()

    def _ask(
        self, current: _Round, asked: list[int], ends: list[float], on_words: OnWords | None
    ) -> None:
        def on_outcomes(outcomes: list[Answer | Failure]) -> None:
            for index, outcome in zip(asked, outcomes, strict=True):
                current.finish(index, outcome)
            with self._lock:
                self._rounds.discard(current)

        def told(place: int, words: str) -> None:
            assert on_words is not None
            on_words(asked[place], words)

        with self._lock:
            self._rounds.add(current)
        for index, end_s in zip(asked, ends, strict=True):
            if math.isfinite(end_s):
                self._deadlines.at(end_s, _late(current, index))
        self._network.ask(
            Asking(
                current.scene,
                [current.questions[index] for index in asked],
                max(ends),
                on_outcomes,
                current.is_over,
                told if on_words is not None else None,
            )
        )

    def _join(
        self, question: Question, measured: Answer | Failure, said: Answer, scene: Scene
    ) -> Answer | Failure:
        names = [
            region.id or f'{region.class_id or "region"}_{index}'
            for index, region in enumerate(scene.regions)
        ]
        return joined(question, measured, self._opinion(said), names)

    def _opinion(self, said: Answer) -> Opinion:
        """What the network says, and how probably it is right."""
        if self._calibration is None or said.confidence <= 0.0:
            # Nothing is known of this network, or it says itself that it cannot know.
            stated = min(UNMEASURED_TRUST, said.confidence)
            return Opinion(said, stated, stated)
        asked = said.category.value, said.confidence
        trust, surely = self._calibration.calibrated(*asked), self._calibration.at_least(*asked)
        if trust is None or surely is None:
            return Opinion(said, UNMEASURED_TRUST, UNMEASURED_TRUST)
        return Opinion(said, trust, surely)


class _Round:
    """Questions of one call: measured, and each finished once, by whoever comes first."""

    def __init__(
        self,
        scene: Scene,
        questions: Sequence[Question],
        measured: Sequence[Answer | Failure],
        join: Callable[[Question, Answer | Failure, Answer, Scene], Answer | Failure],
        on_outcome: OnOutcome,
        cancelled: Callable[[], bool] | None,
    ):
        self.scene, self.questions = scene, questions
        self._measured = measured
        self._join = join
        self._on_outcome = on_outcome
        self._cancelled = cancelled
        self._begun_s = time.monotonic()
        self._lock = threading.Lock()
        self._open = set(range(len(questions)))

    def is_over(self) -> bool:
        """Whether nobody waits for the network any longer."""
        return not self._open or (self._cancelled is not None and self._cancelled())

    def finish(self, index: int, said: Answer | Failure) -> None:
        """Join what the network says."""
        if isinstance(said, Failure):
            self.finish_alone(index, _why_silent(said))
            return
        try:
            outcome = self._join(self.questions[index], self._measured[index], said, self.scene)
        except Exception as error:
            logger.exception('what the network said could not be compared: %r', said)
            why = f'its answer makes no sense here ({type(error).__name__}: {error})'
            self.finish_alone(index, f'the network gave {said.normalized!r}, and {why}')
            return
        if self._take(index):
            self._on_outcome(index, outcome)

    def finish_alone(self, index: int, why: str) -> None:
        """Answer by the measurement."""
        if self._take(index):
            self._on_outcome(index, alone(self._measured[index], why))

    def finish_late(self, index: int) -> None:
        """The deadline is there, the network not."""
        waited_s = time.monotonic() - self._begun_s
        self.finish_alone(index, f'the network was not ready within {waited_s:.2f} s')

    def finish_rest(self, why: str) -> None:
        """Answer everything that is still open by the measurement."""
        for index in sorted(self._open):
            self.finish_alone(index, why)

    def _take(self, index: int) -> bool:
        with self._lock:
            if index not in self._open:
                return False
            self._open.discard(index)
            return True


def _late(current: _Round, index: int) -> Callable[[], None]:
    """What to do at a question's deadline; it keeps no answered question's pictures until then."""
    kept = weakref.ref(current)

    def late() -> None:
        waiting = kept()
        if waiting is not None:
            waiting.finish_late(index)

    return late


def _usable(deadline_s: float) -> float:
    """How much of the time before a deadline the network may have, seconds."""
    return max(deadline_s - min(RESERVE_S, RESERVE_SHARE * deadline_s), 0.0)


def _why_untaught(question: Question) -> str:
    if question.category in ASKED_CATEGORIES:
        return 'the question itself cannot be answered'
    return f'no network is trained on {question.category.value} questions'


def _why_silent(failure: Failure) -> str:
    """A failure's sentence as the reason within another sentence."""
    if failure.reason is Reason.TIMEOUT:
        return 'the network was not ready in time'
    return failure.message.rstrip('. ')
