# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Has a new process take queues of its own, not those of one that was killed.

Fast DDS takes the first names that nobody holds: after a crash those of the dead. Others have the
dead one's queues open still and write into them until `healthy_check_timeout_ms` has passed, for
each of two: so long a node that was started anew is heard by nobody, and hears nobody (4 to 6 s).
Under other names it is found at once.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from smolrgpt_ros.process.queues import SHARED_MEMORY, listed, mapped_inodes, queue_of


@contextmanager
def dead_queues_untouched(
    shared_memory: Path = SHARED_MEMORY, processes: Path = Path('/proc')
) -> Iterator[set[str]]:
    """Meanwhile nobody takes over a queue of the dead into which others may still write.

    Gives their names. What nobody has open any more, as far as this user is told, may be taken
    over: names must not run out. Where there is no Linux or no Fast DDS, there are none.
    """
    locked: dict[Path, int] = {}
    for lock in listed(shared_memory):
        name = queue_of(lock)
        if name and (descriptor := _locked(lock)) is not None:
            locked[shared_memory / name] = descriptor
    try:
        written_into = _mapped(processes, locked)
        for queue in locked.keys() - written_into:
            os.close(locked.pop(queue))
        yield {queue.name for queue in written_into}
    finally:
        for descriptor in locked.values():
            os.close(descriptor)


def _locked(lock: Path) -> int | None:
    """Take a lock; None where somebody has it, or nobody lets this process."""
    import fcntl  # Windows has neither this nor these files

    try:
        descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _mapped(processes: Path, queues: Collection[Path]) -> set[Path]:
    """Those of some queues that a process has mapped."""
    if not queues:
        return set()
    return {
        queue
        for process in listed(processes)
        if process.name.isdecimal()
        for queue, _ in mapped_inodes(process, queues)
    }
