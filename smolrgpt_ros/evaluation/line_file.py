# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A file of lines that outlasts a kill: each is whole on the disk, or not there."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class LineFileError(ValueError):
    """A file that another process is writing; the message names it."""


class LineFile:
    """Lines that are appended by one process at a time."""

    def __init__(self, path: Path):
        """Open it, made where it is not there.

        Raises:
            OSError. LineFileError: in use by another process.
        """
        self.path = path
        # Unbuffered: after an error nothing is left behind that a later close would still write.
        self._stream = path.open('ab', buffering=0)
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._stream.close()
            raise LineFileError(
                f'{path} is being written by another process; wait for it, or name another file'
            ) from error
        except BaseException:
            self._stream.close()
            raise

    def lines(self) -> list[tuple[int, bytes]]:
        """Number, from 1, and content of every whole line; a half-written last one is cut off."""
        content = self.path.read_bytes()
        whole = content[: content.rfind(b'\n') + 1]
        self.cut_to(len(whole))
        return list(enumerate(whole.splitlines(), 1))

    def cut_to(self, length_bytes: int) -> None:
        """Keep the first bytes only. Raises OSError."""
        self._stream.truncate(length_bytes)

    def append(self, line: bytes) -> None:
        """Write a line; it is on the disk when this returns. Raises OSError."""
        length = os.fstat(self._stream.fileno()).st_size
        try:
            rest = memoryview(line + b'\n')
            while rest:
                rest = rest[self._stream.write(rest) :]
            os.fsync(self._stream.fileno())
        except OSError as error:
            # Half a line may be on the disk; the next start would drop it, no reader shall meet it.
            os.ftruncate(self._stream.fileno(), length)
            raise OSError(
                error.errno,
                f'{error.strerror}; what was answered before is kept, and the same command goes on '
                'there',
                str(self.path),
            ) from error

    def close(self) -> None:
        """Close the file; what was appended stays. Idempotent."""
        self._stream.close()
