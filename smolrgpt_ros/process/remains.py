# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a process that was killed has left in shared memory, for one that comes after it.

Its queues: Fast DDS has a new process take the first names that nobody holds, after a crash those
of the dead. Others have the dead one's queues open still and write into them until
`healthy_check_timeout_ms` has passed, for each of two: so long a node that was started anew is
heard by nobody, and hears nobody. Under other names it is found at once.

Its segment: others remove it where they have read from it. Otherwise it stays until the machine is
started anew, 34 MB of memory with the profile of this package.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from smolrgpt_ros.process.shared_memory import (
    SHARED_MEMORY,
    is_queue,
    is_segment,
    listed,
    lock_of,
    locked_by,
    mapped_files,
    taken,
)

_PROCESSES = Path('/proc')
# Longer than it takes from when the file of a lock is made until it is locked.
_MADE_BEFORE_S = 10.0
# A queue that nobody reads is open for less than a millisecond.
_BETWEEN_LOOKS_S = 0.005


@contextmanager
def dead_queues_untouched(
    shared_memory: Path = SHARED_MEMORY, processes: Path = _PROCESSES
) -> Iterator[set[str]]:
    """Meanwhile nobody takes over a queue of the dead into which others may still write.

    Gives their names. What nobody has open any more, as far as this user is told, may be taken
    over: names must not run out. A queue that was removed counts as long as somebody has it open;
    its lock, which was removed with it, is made again. Where there is no Linux or no Fast DDS,
    there are none.
    """
    locked: dict[str, int] = {}
    for name in _left_behind(shared_memory, processes):
        descriptor = taken(lock_of(shared_memory / name), make=True)
        if descriptor is not None:
            locked[name] = descriptor
    try:
        yield set(locked)
    finally:
        for descriptor in locked.values():
            os.close(descriptor)


def _left_behind(shared_memory: Path, processes: Path) -> set[str]:
    """Queues that others have open and that are not theirs alone; also those that somebody reads.

    Who writes to the dead makes its queue anew after a while, finds no reader and closes it again,
    picture by picture. Such a one must not be left alone: whoever takes it over is heard at once,
    and a process that finds it locked closes it again, which may be the last to do so. Then Fast
    DDS waits two seconds for itself, and all others for it (3.2: `~Port` in SharedMemGlobal.hpp
    takes the mutex that `open_port_internal` has). So it is looked twice.
    """
    seen = _not_of_writers(shared_memory, processes)
    if seen:
        time.sleep(_BETWEEN_LOOKS_S)
        seen &= _not_of_writers(shared_memory, processes)
    return {name for name, _ in seen}


def _not_of_writers(shared_memory: Path, processes: Path) -> set[tuple[str, int]]:
    """Names and inodes of open queues that have a lock or are not there any more by that name."""
    return {
        (name, inode)
        for name, inodes in mapped_files(processes, shared_memory).items()
        if is_queue(name)
        for inode in inodes
        if lock_of(shared_memory / name).exists() or not _is(shared_memory / name, inode)
    }


def _is(file: Path, inode: int) -> bool:
    try:
        return file.stat().st_ino == inode
    except OSError:
        return False


def remove_dead_segments(shared_memory: Path = SHARED_MEMORY, processes: Path = _PROCESSES) -> int:
    """Remove segments whose owner is dead and that nobody has open, as far as this user is told.

    Returns how many bytes of memory they took.
    """
    found = [
        lock for lock in listed(shared_memory) if is_segment(locked_by(lock)) and _is_old(lock)
    ]
    if not found:
        return 0
    opened = mapped_files(processes, shared_memory)
    return sum(_removed(lock) for lock in found if locked_by(lock) not in opened)


def _removed(lock: Path) -> int:
    """Remove what it is the lock of, unless somebody has it; returns the bytes that it took."""
    descriptor = taken(lock)
    if descriptor is None:
        return 0
    size = 0
    try:
        segment = lock.with_name(locked_by(lock))
        with suppress(OSError):  # somebody else's, or somebody else was faster
            took = segment.stat().st_blocks * 512
            segment.unlink()
            size = took
        with suppress(OSError):
            lock.unlink()
    finally:
        os.close(descriptor)
    return size


def _is_old(lock: Path) -> bool:
    try:
        return time.time() - lock.stat().st_mtime > _MADE_BEFORE_S
    except OSError:
        return False
