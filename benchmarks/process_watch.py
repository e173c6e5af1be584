# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a process holds over time: memory, threads, file descriptors; and whether that grows."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType

import psutil

PERIOD_S = 1.0


@dataclass(frozen=True)
class Held:
    """What a process holds at one moment.

    Attributes:
        at_s: monotonic clock.
        rss_mb: resident memory, segments shared with other processes included.
        own_mb: the part of it that is neither shared with other processes nor backed by a file.
    """

    at_s: float
    rss_mb: float
    own_mb: float
    threads: int
    files: int


def held_by(pid: int) -> Held:
    """What a process holds now. Raises psutil.NoSuchProcess."""
    process = psutil.Process(pid)
    with process.oneshot():
        memory = process.memory_info()
        threads, files = process.num_threads(), process.num_fds()
    own_mb = (memory.rss - memory.shared) / 1e6
    return Held(time.monotonic(), memory.rss / 1e6, own_mb, threads, files)


class ProcessWatch:
    """Looks at a process once a second, in a thread of its own; use it in a `with`.

    Attributes:
        seen: what was held, oldest first.
    """

    def __init__(self, pid: int):
        self.seen: list[Held] = []
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name='process watch', daemon=True)

    def _run(self) -> None:
        while not self._ended.wait(PERIOD_S):
            try:
                self.seen.append(held_by(self._pid))
            except psutil.Error:
                return

    def __enter__(self) -> ProcessWatch:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()


def between(seen: Sequence[Held], from_s: float, until_s: float) -> Held:
    """What was held in a span of time: memory at its least, the most threads and files.

    A picture whose depth is late waits, and with it a megabyte; what a process holds at its least
    is what stays. The tenth percentile, so that one odd look does not decide.

    Raises ValueError where nobody looked.
    """
    part = [one for one in seen if from_s <= one.at_s <= until_s]
    if not part:
        raise ValueError(f'nobody looked between {from_s:g} and {until_s:g} s')
    return Held(
        statistics.median(one.at_s for one in part),
        _least(one.rss_mb for one in part),
        _least(one.own_mb for one in part),
        max(one.threads for one in part),
        max(one.files for one in part),
    )


def middle(some: Sequence[Held]) -> Held:
    """The median of each, of one or more."""
    return Held(
        statistics.median(one.at_s for one in some),
        statistics.median(one.rss_mb for one in some),
        statistics.median(one.own_mb for one in some),
        round(statistics.median(one.threads for one in some)),
        round(statistics.median(one.files for one in some)),
    )


def _least(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 10]
