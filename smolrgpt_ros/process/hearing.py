# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Looks whether this process still hears what others on its machine send by shared memory.

Fast DDS gives each process queues in shared memory that others find by name. It replaces one whose
reader had no processor for too long, and now and then (3.2) reader and writers then end up with
different ones: the process goes on, and hears nothing. Seen from its inputs, everybody else has
fallen silent.
"""

from __future__ import annotations

import re
from pathlib import Path

from smolrgpt_ros.process.shared_memory import (
    SHARED_MEMORY,
    is_queue,
    listed,
    locked_by,
    mapped_inodes,
)

# Who holds the lock of a queue: proc_pid_fdinfo(5). A process has the files of its parent open as
# well where that leaves them to it, as `ros2 launch` does, which reads queues of its own.
_HOLDER = re.compile(r'^lock:.* FLOCK .* WRITE (\d+) ', re.MULTILINE)


class Hearing:
    """Compares the queues that this process reads with those that others find, from look to look.

    Where there is no Linux, no Fast DDS or no shared memory, there is nothing to compare.

    Attributes:
        doubtful: the last look has missed something; the next one tells whether it is lost.
    """

    def __init__(
        self, process: Path = Path('/proc/self'), shared_memory: Path = SHARED_MEMORY
    ) -> None:
        self._process = process
        self._shared_memory = shared_memory
        self._names: set[str] = set()
        self._found: dict[str, int] = {}
        self._missed: set[str] = set()
        self.doubtful = False

    def look(self) -> str:
        """What is wrong, in a sentence; '' where nothing is, or is only while it is replaced."""
        self._names = self._names or self.queues()
        missed = {name for name in self._names if not self._is_read(name)}
        if missed:
            self._names = self.queues()  # without those that it has closed
            missed &= self._names
        lost, self._missed = missed & self._missed, missed
        self.doubtful = bool(missed)
        if not lost:
            return ''
        return (
            f'the queue of Fast DDS through which this process hears others ({min(lost)} in shared '
            'memory) has been replaced: nothing new is heard'
        )

    def queues(self) -> set[str]:
        """Names of the queues that the process reads."""
        names = set()
        for entry in listed(self._process / 'fd'):
            try:
                lock = entry.readlink()
                name = locked_by(lock)
                if (
                    is_queue(name)
                    and lock.parent == self._shared_memory
                    and self._holds_lock(entry.name)
                ):
                    names.add(name)
            except OSError:
                continue  # closed meanwhile
        return names

    def _holds_lock(self, descriptor: str) -> bool:
        """Whether it is this process that has locked what is open there. Raises OSError."""
        told = (self._process / 'fdinfo' / descriptor).read_text(encoding='ascii')
        own = self._process.resolve().name  # as this /proc numbers it, whatever the namespace
        return own in _HOLDER.findall(told)

    def _is_read(self, name: str) -> bool:
        """Whether this process has mapped what is found by a name now."""
        queue = self._shared_memory / name
        try:
            inode = queue.stat().st_ino
        except OSError:
            return False
        if self._found.get(name) != inode and inode in mapped_inodes(self._process, queue):
            self._found[name] = inode
        return self._found.get(name) == inode
