# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Threads that a node cannot live without: what ends one is told, and it begins again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

OnDeath = Callable[[str, BaseException], None]

_FIRST_PAUSE_S, _LAST_PAUSE_S = 0.01, 0.3
_LIVED_S = 10.0  # who lives for so long does not die of what killed the one before


def log_death(thread: str, error: BaseException) -> None:
    """Log what ended a thread, with its traceback."""
    logger.error("thread '%s' died and was begun again", thread, exc_info=error)


class LastingThread:
    """Runs a loop in a daemon thread; whatever the loop raises, it is begun again.

    A library may raise SystemExit or worse where nobody expects it; a thread that ended by it would
    leave a node that looks alive and answers nobody.
    """

    def __init__(self, name: str, run: Callable[[], None], *, on_death: OnDeath = log_death):
        """Start it.

        Args:
            run: the loop; it returns where the thread is to end.
            on_death: gets the thread's name and what ended the loop, before it begins again.
        """
        self._run = run
        self._on_death = on_death
        self._thread = threading.Thread(target=self._last, name=name, daemon=True)
        self._thread.start()

    @property
    def is_current(self) -> bool:
        """Whether the caller is this thread."""
        return self._thread is threading.current_thread()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for its end; False where it still runs after `timeout_s`."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _last(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while True:
            begun_s = time.monotonic()
            try:
                return self._run()
            except BaseException as error:
                try:
                    self._on_death(self._thread.name, error)
                except Exception:
                    logger.exception('the end of thread %s could not be told', self._thread.name)
            pause_s = _FIRST_PAUSE_S if time.monotonic() - begun_s > _LIVED_S else pause_s
            time.sleep(pause_s)
            pause_s = min(2.0 * pause_s, _LAST_PAUSE_S)
