# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The file that answers are written to, a line each, and gone on with after a kill."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any

from smolrgpt_ros.evaluation.line_file import LineFile, LineFileError


class AnswerFileError(ValueError):
    """A file that cannot be gone on with; the message says why and what would help."""


class AnswerFile:
    """Rows of JSON, one a line; use it in a `with`.

    Attributes:
        done: query ids of the rows that it held already.
    """

    def __init__(self, path: Path, run: str):
        """Open for appending; a half-written last line is dropped.

        Args:
            run: identity of the plan; rows of another one are refused.

        Raises:
            AnswerFileError: another run's, damaged, in use, or not to be written.
        """
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lines = LineFile(path)
        except (OSError, LineFileError) as error:
            raise AnswerFileError(f'answers cannot be written to {path}: {error}') from error
        try:
            self.done = {_query_id(path, number, line, run) for number, line in self._lines.lines()}
        except BaseException:
            self._lines.close()
            raise

    def __enter__(self) -> AnswerFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lines.close()

    def add(self, row: dict[str, Any]) -> None:
        """Write a row; it is on the disk when this returns. Raises AnswerFileError."""
        try:
            self._lines.append(json.dumps(row, ensure_ascii=False).encode())
        except OSError as error:
            raise AnswerFileError(str(error)) from error


def _query_id(path: Path, number: int, line: bytes, run: str) -> str:
    try:
        row = json.loads(line)
        found, identifier = row['run'], row['query_id']
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise AnswerFileError(
            f'{path}, line {number} is no answer of a replay ({type(error).__name__}: {error}); '
            'it is left as it is, name another file'
        ) from error
    if found != run:
        raise AnswerFileError(
            f'{path} holds answers of another run ({found}, this one is {run}): other questions, '
            'topics, frames or another engine; name another file, or run as then'
        )
    return str(identifier)
