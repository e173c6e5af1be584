# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Waiting for futures in a thread of one's own: every wait ends, and a stop ends it early."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

_STEP_S = 0.05


class StoppedError(RuntimeError):
    """The mission was cancelled, or the node is going down."""


class NoServerError(RuntimeError):
    """A service or an action has no server."""


class NoReplyError(RuntimeError):
    """A server did not reply in time."""


class Waiting:
    """Waits by a steady clock, so that they end also where /clock stands still."""

    def __init__(self) -> None:
        """Nothing has been stopped yet."""
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End this wait and all to come."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether waits end at once."""
        return self._stopped.is_set()

    def pause(self, seconds: float) -> None:
        """Let time pass. Raises StoppedError."""
        if self._stopped.wait(seconds):
            raise StoppedError('the mission was cancelled')

    def until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Whether a condition came true in time. Raises StoppedError."""
        ends = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > ends:
                return False
            self.pause(_STEP_S)
        return True

    def reply(self, future: Any, timeout_s: float, what: str) -> Any:
        """The result of a future that another thread completes.

        Raises:
            StoppedError: stopped meanwhile.
            NoReplyError: nothing came in time.
        """
        done = threading.Event()
        future.add_done_callback(lambda _: done.set())
        ends = time.monotonic() + timeout_s
        while not done.wait(_STEP_S):
            if self._stopped.is_set():
                raise StoppedError('the mission was cancelled')
            if time.monotonic() > ends:
                raise NoReplyError(f'{what} has not replied within {timeout_s:g} s')
        return future.result()

    def call(self, client: Any, request: Any, timeout_s: float) -> Any:
        """The response of a service.

        Raises:
            StoppedError, NoServerError, NoReplyError: as their names say.
        """
        name = client.srv_name
        if not self.until(client.service_is_ready, timeout_s):
            raise NoServerError(f'{name} has no server')
        future = client.call_async(request)
        try:
            return self.reply(future, timeout_s, name)
        except NoReplyError:
            client.remove_pending_request(future)
            raise
