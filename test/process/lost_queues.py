# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Takes the queues of Fast DDS in shared memory away from a process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from smolrgpt_ros.process.hearing import Hearing

_SHARED_MEMORY = Path('/dev/shm')


@contextmanager
def lost_queues(pid: int) -> Iterator[Callable[[], bool]]:
    """Whoever comes new does not find what the process reads; gives whether it reads others."""
    here = Hearing(Path(f'/proc/{pid}'))
    lost = here.queues()
    assert lost, 'the process reads no queue of Fast DDS in shared memory'
    inodes = {(_SHARED_MEMORY / name).stat().st_ino for name in lost}
    for name in lost:
        (_SHARED_MEMORY / name).unlink()  # who has it open has it still

    def has_others() -> bool:
        # Names may be the same again.
        read = [_SHARED_MEMORY / name for name in here.queues()]
        return bool(read) and all(
            queue.exists() and queue.stat().st_ino not in inodes for queue in read
        )

    yield has_others
