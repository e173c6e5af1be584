# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where Fast DDS keeps the queues through which processes of one machine hear each other.

Each is a file in shared memory that others find by its name, with another beside it that whoever
reads the queue holds locked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

SHARED_MEMORY = Path('/dev/shm')
# 'fastrtps' before Fast DDS 3. Of a file that has been removed /proc tells so.
_LOCK = re.compile(r'(fast(?:dds|rtps)_port\d+)_el(?: \(deleted\))?')


def queue_of(lock: Path) -> str:
    """Name of the queue whose lock a file is, '' where it is none."""
    match = _LOCK.fullmatch(lock.name)
    return match[1] if match else ''


def mapped_inodes(process: Path, queues: Iterable[Path]) -> Iterator[tuple[Path, int]]:
    """Those of some queues that a process (its folder in /proc) has mapped, with their inodes.

    A process that has ended, or that belongs to somebody else, has none.
    """
    wanted = {str(queue): queue for queue in queues}
    try:
        lines = (process / 'maps').read_text(encoding='utf-8', errors='replace').splitlines()
    except OSError:
        return
    for line in lines:
        # address, permissions, offset, device, inode, path: proc_pid_maps(5)
        parts = line.split(maxsplit=5)
        if len(parts) == 6 and parts[5] in wanted:
            yield wanted[parts[5]], int(parts[4])


def listed(folder: Path) -> list[Path]:
    """What is in a folder; nothing where there is none."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []
