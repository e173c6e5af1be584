# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""When to try again to load an engine that could not be loaded or has died."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

Files = tuple[tuple[str, int, int], ...]

FIRST_WAIT_S, LAST_WAIT_S = 0.5, 60.0
_SOON = 3  # so many times in a row it is loaded again soon
_LOADING_SHARE = 0.1
"""How much of the time may go into loading in vain; meanwhile nobody else is answered."""


def files_of(folder: str) -> Files:
    """What tells whether a checkpoint's files have changed: name, inode, time of writing of each.

    Empty where there is no such folder.
    """
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.inode(), entry.stat().st_mtime_ns) for entry in entries]
    except OSError:
        return ()
    return tuple(sorted(found))


@dataclass(frozen=True)
class EngineTrouble:
    """Why an engine cannot be had, and when it is worth another try.

    Attributes:
        sentence: what is wrong.
        files: the checkpoint's, as they were then.
        due_s: when to try again whatever the files, monotonic clock.
    """

    sentence: str
    files: Files
    due_s: float

    def is_due(self, files: Files) -> bool:
        """Whether to try again now: the files have changed, or it was long ago."""
        return files != self.files or time.monotonic() >= self.due_s


def after_failed_loading(sentence: str, files: Files, took_s: float) -> EngineTrouble:
    """Loading failed: what fails at once is tried again soon, what takes long seldom."""
    wait_s = min(max(took_s / _LOADING_SHARE, FIRST_WAIT_S), LAST_WAIT_S)
    return EngineTrouble(sentence, files, time.monotonic() + wait_s)


def after_death(sentence: str, files: Files, deaths: int) -> EngineTrouble:
    """The engine died for the `deaths`-th time in a row; after some, it rests ever longer."""
    wait_s = min(FIRST_WAIT_S * 2.0 ** max(deaths - _SOON, 0), LAST_WAIT_S)
    return EngineTrouble(sentence, files, time.monotonic() + wait_s)
