# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One request with its time-out and its retries, carried out in the loop's thread."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from smolrgpt_ros.planning.errors import PASSING, SpatialQueryError, Status
from smolrgpt_ros.planning.loop import CallLoop

_Value = TypeVar('_Value')

# How often the graph is looked at for a server that is not there, or has gone.
_LOOK_S = 0.1
# Kept of the time for the server's own time-out to travel back.
_MARGIN_S = 0.03


@dataclass(frozen=True)
class Patience:
    """How long to try.

    Attributes:
        timeout_s: for everything together: waiting for the server, asking, asking again.
        retries: how often a passing failure is asked again.
        backoff_s: before the first retry; doubled for each further one, up to a second.
    """

    timeout_s: float = 5.0
    retries: int = 20
    backoff_s: float = 0.05

    def __post_init__(self) -> None:
        if not self.timeout_s > 0.0:
            raise ValueError(f'timeout_s is {self.timeout_s!r}, expected more than 0 seconds')
        if self.retries < 0 or self.backoff_s < 0.0:
            raise ValueError(
                f'retries {self.retries} and backoff_s {self.backoff_s} must not be negative'
            )

    def pause_s(self, attempts: int) -> float:
        """Seconds to wait after so many attempts."""
        return min(self.backoff_s * 2.0 ** min(attempts - 1, 10), 1.0)


class Attempt:
    """What one attempt knows of: it reports its end once; a late or second report is dropped."""

    def __init__(self, on_end: Callable[[Status, str, Any], None]):
        self._on_end = on_end
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether it has reported."""
        return self._ended

    def end(self, status: Status, message: str = '', value: Any = None) -> None:
        """Report; in the loop's thread."""
        if not self._ended:
            self._ended = True
            self._on_end(status, message, value)


class Call(Generic[_Value]):
    """A request on its way. Finished once, with a value or an error; any thread may wait for it."""

    def __init__(
        self,
        loop: CallLoop,
        patience: Patience,
        *,
        ready: Callable[[], bool],
        send: Callable[[Attempt, float], Callable[[], None]],
        what: str,
        error: type[SpatialQueryError] = SpatialQueryError,
    ):
        """Begin.

        Args:
            ready: whether the server is there.
            send: sends one request, with what the server may take in seconds; reports to the
                attempt; returns what gives the request up.
            what: name of the server, for messages.
            error: what failures are raised as.
        """
        self._loop, self._patience = loop, patience
        self._ready, self._send, self._what, self._error = ready, send, what, error
        self._ends_s = time.monotonic() + patience.timeout_s
        self._attempts = 0
        self._attempt: Attempt | None = None
        self._give_up: Callable[[], None] = _nothing
        self._last: tuple[Status, str] | None = None  # what made it ask again
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[Call[_Value]], None]] = []
        self._value: _Value | None = None
        self._failure: SpatialQueryError | None = None
        self._forget = loop.at_end(lambda: self._fail(Status.CLOSED, _closed_sentence(what)))
        if loop.closed:
            self._fail(Status.CLOSED, _closed_sentence(what))
            return
        loop.soon(self._try)
        loop.soon(self._on_deadline, patience.timeout_s)

    @property
    def done(self) -> bool:
        """Whether it has a value or an error."""
        return self._done.is_set()

    def result(self) -> _Value:
        """The value. Raises the error. Only when done."""
        if self._failure is not None:
            raise self._failure
        assert self._done.is_set(), 'the call is not done yet'
        return self._value  # type: ignore[return-value]

    def wait(self) -> _Value:
        """The value, waited for.

        Raises:
            SpatialQueryError: the request failed.
            RuntimeError: called in the loop's own thread, which the response needs.
        """
        if not self.done and self._loop.is_current:
            raise RuntimeError(
                "a plain call inside of a done callback that runs in the client's own thread "
                'would wait for itself; use the async call there, or spin the node'
            )
        # The deadline is the loop's; this one is for a loop that somebody has killed.
        if not self._done.wait(max(0.0, self._ends_s - time.monotonic()) + 1.0):
            self._fail(Status.TIMEOUT, f'no answer within {self._patience.timeout_s:g} s')
        return self.result()

    def when_done(self, callback: Callable[[Call[_Value]], None]) -> None:
        """Call back once done, from the thread that finishes it."""
        with self._lock:
            if not self._done.is_set():
                self._callbacks.append(callback)
                return
        callback(self)

    def cancel(self) -> None:
        """Give it up, on the server as well where that can be. Any thread, never waits."""
        if not self.done:
            self._fail(Status.CANCELLED, 'the question was taken back')

    def _try(self) -> None:
        if self.done:
            return
        if not self._ready():
            self._last = Status.UNREACHABLE, self._unreachable()
            self._loop.soon(self._try, _LOOK_S)
            return
        if self._last is not None and self._last[0] is Status.UNREACHABLE:
            self._last = None  # it is there now, and has its own reasons
        self._attempts += 1
        self._attempt = attempt = Attempt(self._on_end)
        remaining_s = self._ends_s - time.monotonic()
        self._give_up = self._send(attempt, max(remaining_s - _MARGIN_S, 0.5 * remaining_s, 1e-3))
        if self._done.is_set():  # taken back by another thread meanwhile
            self._give_up()
        else:
            self._loop.soon(lambda: self._watch(attempt), _LOOK_S)

    def _watch(self, attempt: Attempt) -> None:
        """Ask again where the server has gone with the question: it will never answer."""
        if self.done or attempt.ended or attempt is not self._attempt:
            return
        if self._ready():
            self._loop.soon(lambda: self._watch(attempt), _LOOK_S)
            return
        attempt.end(Status.UNREACHABLE, f'{self._what} has gone while it was being asked')

    def _on_end(self, status: Status, message: str, value: Any) -> None:
        if status is Status.OK:
            self._finish(value, None)
            return
        again = status in PASSING or status is Status.UNREACHABLE
        if again:
            self._last = status, message
        pause_s = self._patience.pause_s(self._attempts)
        if again and self._attempts <= self._patience.retries and self._remaining_s() > pause_s:
            self._loop.soon(self._try, pause_s)
            return
        self._fail(status, message, value)

    def _on_deadline(self) -> None:
        if not self.done:
            self._fail(Status.TIMEOUT, f'no answer within {self._patience.timeout_s:g} s')

    def _remaining_s(self) -> float:
        return self._ends_s - time.monotonic()

    def _unreachable(self) -> str:
        return (
            f'{self._what} is not there; start the node, or check namespace, remappings and '
            'ROS_DOMAIN_ID'
        )

    def _fail(self, status: Status, message: str, value: Any = None) -> None:
        if status is Status.TIMEOUT and self._last is not None:
            # Why it took so long says more than that it did.
            status, before = self._last
            message = (
                f'{before.rstrip(". ")}; it did not pass within {self._patience.timeout_s:g} s'
            )
        self._finish(None, self._error(status, message, max(self._attempts, 1), value))

    def _finish(self, value: Any, failure: SpatialQueryError | None) -> None:
        with self._lock:
            if self._done.is_set():
                return
            self._value, self._failure = value, failure
            self._done.set()
            callbacks, self._callbacks = self._callbacks, []
        self._forget()
        if failure is not None:
            self._give_up()
        for callback in callbacks:
            self._loop.guarded(functools.partial(callback, self))


def _closed_sentence(what: str) -> str:
    return f'{what} cannot be asked any more: the client was closed, or ROS was shut down'


def _nothing() -> None:
    pass
