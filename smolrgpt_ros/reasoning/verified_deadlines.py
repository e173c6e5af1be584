# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A clock that calls when a moment has come."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Deadlines:
    """Calls functions at moments of the monotonic clock, in one thread of its own."""

    def __init__(self) -> None:
        """Start the thread."""
        self._changed = threading.Condition()
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._closing = False
        threading.Thread(target=self._run, name='network deadlines', daemon=True).start()

    def at(self, moment_s: float, call: Callable[[], None]) -> None:
        """Call once `moment_s` has come; the call must be quick and is never made after `close`."""
        with self._changed:
            first = not self._heap or moment_s < self._heap[0][0]
            heapq.heappush(self._heap, (moment_s, next(self._order), call))
            if first:
                self._changed.notify()

    def close(self) -> None:
        """Call nothing any more. Idempotent."""
        with self._changed:
            self._closing = True
            self._heap.clear()
            self._changed.notify()

    def _run(self) -> None:
        while (call := self._next()) is not None:
            try:
                call()
            except Exception:
                logger.exception('a deadline could not be kept')

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._closing:
                if not self._heap:
                    self._changed.wait()
                    continue
                wait_s = self._heap[0][0] - time.monotonic()
                if wait_s <= 0.0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(wait_s)
            return None
