# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What Fast DDS keeps in shared memory, through which processes of one machine hear each other.

Each process reads queues that others find by name, and has a segment with what it sends. Both are
files, with another one beside each that their owner holds locked.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

SHARED_MEMORY = Path('/dev/shm')
# 'fastrtps' before Fast DDS 3.
_QUEUE = re.compile(r'fast(?:dds|rtps)_port\d+')
_SEGMENT = re.compile(r'fast(?:dds|rtps)_[0-9a-f]{16}')
# Of a file that has been removed /proc tells so.
_LOCK = re.compile(r'(.+)_el(?: \(deleted\))?')


def is_queue(name: str) -> bool:
    """Whether a file with such a name is a queue."""
    return bool(_QUEUE.fullmatch(name))


def is_segment(name: str) -> bool:
    """Whether a file with such a name is a segment."""
    return bool(_SEGMENT.fullmatch(name))


def locked_by(lock: Path) -> str:
    """Name of what a file is the lock of, '' where it is none."""
    match = _LOCK.fullmatch(lock.name)
    return match[1] if match else ''


def lock_of(file: Path) -> Path:
    """The file that the owner of a queue or segment holds locked."""
    return file.with_name(f'{file.name}_el')


def taken(lock: Path, *, make: bool = False) -> int | None:
    """Take a lock: a descriptor that has it until it is closed.

    None where somebody has it, or where the file cannot be opened.

    Args:
        make: the file where there is none, as Fast DDS does.
    """
    import fcntl  # Windows has neither this nor these files

    # Everybody may write to the folder: no link leads out of it.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_CREAT if make else 0)
    try:
        descriptor = os.open(lock, flags, 0o666)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def mapped_inodes(process: Path, file: Path) -> set[int]:
    """Inodes of what a process (its folder in /proc) has mapped by the name of a file.

    A process that has ended, or that belongs to somebody else, has none.
    """
    # address, permissions, offset, device, inode, path: proc_pid_maps(5)
    fields = (line.split(maxsplit=5) for line in _maps(process).splitlines())
    return {int(parts[4]) for parts in fields if parts[5:] == [os.fsencode(file)]}


def mapped_files(processes: Path, folder: Path) -> dict[str, set[int]]:
    """Names and inodes of files of a folder that any process has mapped, as far as this user knows.

    Also of one that has been removed since.
    """
    path = re.compile(
        rb' (\d+) +%s/([^/\n]+?)(?: \(deleted\))?$' % re.escape(os.fsencode(folder)), re.MULTILINE
    )
    mapped: dict[str, set[int]] = {}
    for process in listed(processes):
        if process.name.isdecimal():
            for inode, name in path.findall(_maps(process)):
                mapped.setdefault(os.fsdecode(name), set()).add(int(inode))
    return mapped


def _maps(process: Path) -> bytes:
    """What a process has mapped, a line each; nothing where it has ended or is somebody else's."""
    try:
        return (process / 'maps').read_bytes()
    except OSError:
        return b''


def listed(folder: Path) -> list[Path]:
    """What is in a folder; nothing where there is none."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []
