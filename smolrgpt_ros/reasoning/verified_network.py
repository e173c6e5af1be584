# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A network in a thread of its own, so that whoever asks it can stop waiting at any time.

A network may take seconds over a new picture, and no call into it can be broken off. So it is
asked here, answers when it is ready, and who needs an answer sooner goes on without it.
"""

from __future__ import annotations

import inspect
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from smolrgpt_ros.language.answer import Answer, Failure, Reason
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.reasoning.engine import Engine, OnWords
from smolrgpt_ros.reasoning.verified_cost import Costs
from smolrgpt_ros.scene.frame import Scene

logger = logging.getLogger(__name__)

FIRST_RELOAD_S, LAST_RELOAD_S = 0.5, 300.0
"""How long after its death a network is loaded again; after some deaths in a row (`SOON`) doubled
each time, up to the second."""

SOON = 3

RELOADING_SHARE = 0.1
"""How much of the time may go into loading in vain: what fails at once is soon tried again."""

MOST_WAITING = 16

Outcomes = list[Answer | Failure]


@dataclass(eq=False)
class Asking:
    """Questions about one scene on their way to the network.

    Attributes:
        ends_s: when nobody waits any longer, monotonic clock; infinite for never.
        on_outcomes: gets one outcome a question, from the network's thread.
        over: whether nobody waits any longer, whatever the clock says.
        on_words: hears what is being written, None where nobody listens.
    """

    scene: Scene
    questions: Sequence[Question]
    ends_s: float
    on_outcomes: Callable[[Outcomes], None]
    over: Callable[[], bool]
    on_words: OnWords | None = field(default=None)


class NetworkThread:
    """Owns a network: loads it, asks it, and loads it again after it has died.

    Attributes:
        problem: why the network does not answer at present, '' where it does.
    """

    def __init__(
        self, load: Callable[[], Engine], *, wait: bool = True, reload_s: float = FIRST_RELOAD_S
    ):
        """Load the network.

        Args:
            load: builds the network; runs in its thread, as all that has to do with it.
            wait: return when it is loaded, and raise what goes wrong with that; else return at
                once, and try again where it goes wrong.
            reload_s: how long after its death it is loaded again at first.

        Raises:
            Exception: whatever `load` raises.
        """
        self._wait = wait
        self._load = load
        self._first_reload_s = reload_s
        self._deaths = 0
        self._reload_at_s = 0.0
        self._engine: Engine | None = None
        self._costs = Costs()
        self._changed = threading.Condition()
        self._waiting: deque[Asking] = deque()
        self._busy_until_s = 0.0
        self._closing = False
        self.problem = ''
        self._loaded = threading.Event()
        self._first_error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name='network', daemon=True)
        self._thread.start()
        if wait:
            self._loaded.wait()
        if self._first_error is not None:
            raise self._first_error

    def why_not(self, scene: Scene, ends_s: float) -> str:
        """Why there is no use in asking now, '' where there is.

        Says so where the network is dead, and where by all experience it would not be ready.
        """
        now_s = time.monotonic()
        problem = self.problem
        if problem and now_s < self._reload_at_s:
            return f'{problem}; it is loaded again in {self._reload_at_s - now_s:.0f} s'
        if ends_s == float('inf'):
            return ''
        if not self._loaded.is_set():
            return 'the network is still being loaded'
        if len(self._waiting) >= MOST_WAITING:
            return f'{len(self._waiting)} questions wait for the network already'
        begins_s = max(now_s, self._busy_until_s)
        expected_s = begins_s + self._costs.expected_s(scene) - now_s
        if now_s + expected_s <= ends_s:
            return ''
        self._costs.relent()
        return (
            f'{max(ends_s - now_s, 0.0):.2f} s are too short for the network, which takes about '
            f'{expected_s:.2f} s'
        )

    def ask(self, asking: Asking) -> None:
        """Queue questions; returns at once."""
        with self._changed:
            if not self._closing:
                self._waiting.append(asking)
                self._changed.notify()
                return
        _hand_over(asking, _failures(asking, 'the engine was closed'))

    def close(self) -> None:
        """Free the network once what it is doing is done; who waits hears so. Idempotent."""
        with self._changed:
            self._closing = True
            waiting, self._waiting = list(self._waiting), deque()
            self._changed.notify()
        for asking in waiting:
            _hand_over(asking, _failures(asking, 'the engine was closed'))

    def join(self, timeout_s: float) -> bool:
        """Wait until it is free after `close`; False where it is not by then."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        begun_s = time.monotonic()
        try:
            self._engine = self._load()
        except Exception as error:
            if self._wait:
                self._first_error = error
                return
            logger.exception('the network could not be loaded')
            self._not_loaded(error, 'could not be loaded', time.monotonic() - begun_s)
        finally:
            self._loaded.set()
        while (asking := self._next()) is not None:
            if asking.over() or time.monotonic() >= asking.ends_s:
                _hand_over(asking, _failures(asking, 'the network was busy with other questions'))
            else:
                _hand_over(asking, self._outcomes(asking))
        self._free()

    def _next(self) -> Asking | None:
        """The questions whose turn it is; meanwhile a dead network is loaded again when it is due.

        Nobody may ask for long, and it would be called dead all the while.
        """
        while True:
            with self._changed:
                self._busy_until_s = 0.0
                while not self._waiting and not self._closing and self._due_in_s() != 0.0:
                    self._changed.wait(self._due_in_s())
                if self._waiting or self._closing:
                    return self._waiting.popleft() if self._waiting else None
            self._load_again()

    def _due_in_s(self) -> float | None:
        """When a dead network is to be loaded again; None where it lives."""
        if self._engine is not None or not self.problem:
            return None
        return max(self._reload_at_s - time.monotonic(), 0.0)

    def _load_again(self) -> Engine | None:
        begun_s = time.monotonic()
        try:
            return self._living()
        except Exception as error:
            self._not_loaded(error, 'could not be loaded again', time.monotonic() - begun_s)
            return None

    def _outcomes(self, asking: Asking) -> Outcomes:
        """What the network says; it never raises, whatever the network does."""
        engine = self._load_again()
        if engine is None:
            return _failures(asking, self.problem)
        started_s = time.monotonic()
        self._busy_until_s = started_s + self._costs.expected_s(asking.scene)
        try:
            outcomes = _asked(engine, asking, self._over(asking))
            if len(outcomes) != len(asking.questions):
                raise RuntimeError(
                    f'it gave {len(outcomes)} answers to {len(asking.questions)} questions'
                )
        except BaseException as error:  # nothing may end this thread while questions wait
            logger.exception('the network died')
            self._died(error)
            return _failures(asking, self.problem)
        in_time = not any(
            isinstance(outcome, Failure) and outcome.reason is Reason.TIMEOUT
            for outcome in outcomes
        )
        self._costs.took(asking.scene, time.monotonic() - started_s, finished=in_time)
        self._deaths = 0
        return outcomes

    def _over(self, asking: Asking) -> Callable[[], bool]:
        return lambda: self._closing or asking.over()

    def _living(self) -> Engine:
        """The network, loaded again where it had died."""
        if self._engine is None:
            if time.monotonic() < self._reload_at_s:
                raise RuntimeError(self.problem)
            self._engine = self._load()
            self._costs = Costs()
            self.problem = ''
        return self._engine

    def _not_loaded(self, error: BaseException, what: str, took_s: float) -> None:
        if time.monotonic() < self._reload_at_s:
            return  # it is dead already, and not due yet
        self.problem = f'the network {what} ({type(error).__name__}: {error})'
        wait_s = min(max(took_s / RELOADING_SHARE, self._first_reload_s), LAST_RELOAD_S)
        self._reload_at_s = time.monotonic() + wait_s

    def _died(self, error: BaseException) -> None:
        self._free()
        self.problem = f'the network died ({type(error).__name__}: {error})'
        self._deaths += 1
        wait_s = self._first_reload_s * 2.0 ** max(self._deaths - SOON, 0)
        self._reload_at_s = time.monotonic() + min(wait_s, LAST_RELOAD_S)

    def _free(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            try:
                engine.close()
            except Exception:
                logger.exception('the network could not be freed')


def _asked(engine: Engine, asking: Asking, over: Callable[[], bool]) -> Outcomes:
    """Ask the network, with what it can be told about listening and stopping."""
    known = inspect.signature(engine.answer).parameters
    further = {'on_words': asking.on_words, 'cancelled': over}
    remaining_s = asking.ends_s - time.monotonic()
    return engine.answer(
        asking.scene,
        asking.questions,
        deadline_s=None if remaining_s == float('inf') else max(remaining_s, 0.0),
        **{name: value for name, value in further.items() if name in known},
    )


def _hand_over(asking: Asking, outcomes: Outcomes) -> None:
    try:
        asking.on_outcomes(outcomes)
    except Exception:
        logger.exception('who asked could not take the answers')


def _failures(asking: Asking, why: str) -> Outcomes:
    return [Failure(Reason.ENGINE_FAILED, why) for _ in asking.questions]
