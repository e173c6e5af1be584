# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a run has answered so far, in a file that a kill cannot spoil.

JSON lines: a header that says what was run, a line for each picture as soon as it is answered (all
of its records together, as they were asked), and a last line once the run is through. A line is
whole or, after a kill, the last one and half written; then it is dropped and the picture asked
again, with the same questions in the same call.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smolrgpt_ros.evaluation.line_file import LineFile, LineFileError
from smolrgpt_ros.evaluation.outcome import PictureOutcome, picture_of_row, picture_row

_VERSION = 1


class JournalError(ValueError):
    """A journal that cannot be gone on with; the message says why and what would help."""


@dataclass(frozen=True)
class Written:
    """What a journal holds.

    Attributes:
        header: None where the file is empty or its header was cut off.
        pictures: in the order of the file.
        whole: the run that wrote it is through.
        good_bytes: length without a half-written last line.
    """

    header: dict[str, Any] | None
    pictures: tuple[PictureOutcome, ...] = ()
    whole: bool = False
    good_bytes: int = 0


_THROUGH = {'through': True}


def is_through(path: Path) -> bool:
    """Whether a journal's last line says that its run is through; looks at that line only."""
    last = json.dumps(_THROUGH).encode() + b'\n'
    with path.open('rb') as stream:
        stream.seek(max(0, path.stat().st_size - len(last)))
        return stream.read() == last


def read_journal(path: Path) -> Written:
    """What a journal holds, a half-written last line left out.

    Raises:
        OSError: it cannot be read. JournalError: a line other than the last is damaged, or the file
            is no journal.
    """
    content = path.read_bytes()
    header: dict[str, Any] | None = None
    pictures: list[PictureOutcome] = []
    whole, good = False, 0
    lines = content.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line) if line.endswith(b'\n') else None
            if row is None:
                raise ValueError('the line has no end')
            if number == 1:
                header = _header(row)
            elif 'through' in row:
                whole = bool(row['through'])
            else:
                pictures.append(picture_of_row(row))
        except (KeyError, RecursionError, TypeError, ValueError) as error:
            if number == len(lines) and (number > 1 or _begins_like_a_header(line)):
                break
            raise JournalError(
                f'{path}, line {number}: {type(error).__name__}: {error}; this is no journal of '
                'an evaluation, or it was changed; it is left as it is, name another file'
            ) from error
        good += len(line)
    return Written(header, tuple(pictures), whole, good)


def _header(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict) or 'evaluation' not in row:
        raise ValueError('expected a header with "evaluation"')
    return row


def _begins_like_a_header(line: bytes) -> bool:
    return b'{"evaluation"'.startswith(line[:13])


def refuse_other_run(path: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise JournalError where a journal's header is another's; both values are named."""
    differing = [
        f'{key} is {found.get(key)!r} there and {wanted.get(key)!r} now'
        for key in {**wanted, **found}
        if found.get(key) != wanted.get(key)
    ]
    if differing:
        raise JournalError(
            f'{path} belongs to another run: {"; ".join(differing)}; name another file, or run as '
            'then'
        )


def header_of(identity: Mapping[str, Any]) -> dict[str, Any]:
    """The first line of a run's journal."""
    return {'evaluation': _VERSION, **identity}


class Journal:
    """A journal that is being written; see the module. Also a context manager.

    Args:
        identity: what the outcomes depend on; another one than the file's is refused.

    Attributes:
        done: pictures that the file held already, by their index.

    Raises:
        JournalError: another run's, damaged, or in use by another process. OSError.
    """

    def __init__(self, path: Path, identity: Mapping[str, Any]):
        self.path = path
        header = header_of(identity)
        try:
            self._lines = LineFile(path)
        except LineFileError as error:
            raise JournalError(str(error)) from error
        try:
            written = read_journal(path)
            if written.header is not None:
                refuse_other_run(path, written.header, header)
            self._lines.cut_to(written.good_bytes)
            self.done = {picture.index: picture for picture in written.pictures}
            self.whole = written.whole
            if written.header is None:
                self._write(header)
        except BaseException:
            self._lines.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, picture: PictureOutcome) -> None:
        """Keep a picture's outcomes, on the disk before this returns. Raises OSError."""
        self._write(picture_row(picture))

    def finish(self) -> None:
        """Say that the run is through. Raises OSError."""
        if not self.whole:
            self._write(_THROUGH)
            self.whole = True

    def close(self) -> None:
        """Close the file; what was added stays. Idempotent."""
        self._lines.close()

    def _write(self, row: Mapping[str, Any]) -> None:
        self._lines.append(json.dumps(row).encode())
