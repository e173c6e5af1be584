# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The benchmark's files: a JSON list a split, read as a stream, malformed rows named by id.

Layout: ``<split>.json``, ``images/``, ``depths/<stem>_depth.png`` and, where metric depth is known,
``metric_depths/<stem>.png`` (uint16 millimetres) and ``cameras.json``. A folder with everything
side by side is read too.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TextIO

from smolrgpt_ros.language.question import Category

_CHUNK = 1 << 20
_BLANK = re.compile(r'[ \t\r\n\ufeff]*')
# '1' may go on as '1.5', '1e5' or '1e+5', '-' as '-Infinity'.
_LONGEST_NUMBER_TAIL = 16
# Characters; what is no row by then is broken, and the file's rest need not be in memory to say so.
_LONGEST_ROW = 1 << 26
_CATEGORIES = {
    Category.LEFT_RIGHT.value,
    Category.MCQ.value,
    Category.DISTANCE.value,
    Category.COUNT.value,
}
MASK_TOKEN = '<mask>'
# What file systems take; beyond it they raise an error of their own.
_LONGEST_NAME, _MOST_FOLDERS = 240, 12


class RecordError(ValueError):
    """One record (or its picture) is malformed; the message names the record and what is wrong.

    Attributes:
        record_id: id of the record, or '#n' for the n-th row when it has none.
    """

    def __init__(self, record_id: str, problem: str):
        super().__init__(f'record {record_id}: {problem}')
        self.record_id = record_id
        self.problem = problem

    def __reduce__(self) -> tuple[type[RecordError], tuple[str, str]]:
        return RecordError, (self.record_id, self.problem)


OnError = Callable[[RecordError], None]


@dataclass(frozen=True)
class Record:
    """One question of the benchmark.

    Attributes:
        image: file name of the picture.
        question: the human turn without a leading '<image>'.
        rle: COCO compressed masks, one for each `<mask>` token, in order.
        category: None in the test split, which has no answers.
        normalized_answer: None in the test split.
        freeform_answer: '' in the test split.
    """

    id: str
    image: str
    question: str
    rle: tuple[dict[str, Any], ...]
    category: Category | None = None
    normalized_answer: str | int | float | None = None
    freeform_answer: str = ''

    @property
    def stem(self) -> str:
        """Name of the picture without its suffix."""
        return Path(self.image).stem


def parse_record(row: Any, position: int = 0, *, with_answers: bool = True) -> Record:
    """Read a row of the split's list as a record.

    Args:
        with_answers: the row must carry category, 'gpt' turn and answer (all splits but test).

    Raises:
        RecordError: something is missing, of the wrong type or contradicts something else.
    """
    if not isinstance(row, dict):
        raise RecordError(f'#{position}', f'expected an object, got {type(row).__name__}')
    record_id = str(row.get('id') or f'#{position}')
    if not row.get('id'):
        raise RecordError(record_id, 'has no id')
    image = row.get('image')
    if not isinstance(image, str) or not image:
        raise RecordError(record_id, 'has no "image"')
    if not is_picture_name(image):
        raise RecordError(record_id, f'image is {image[:80]!r}, {NO_PICTURE_NAME}')
    question = _turn(row, record_id, 'human').removeprefix('<image>').lstrip('\n')
    if not question.strip():
        raise RecordError(record_id, 'its question is empty')
    rle = parse_masks(row, record_id, question.count(MASK_TOKEN))
    if not with_answers:
        return Record(record_id, image, question, rle)
    category = row.get('category')
    if not isinstance(category, str) or category not in _CATEGORIES:
        raise RecordError(
            record_id, f'unknown category {category!r}, known are {", ".join(sorted(_CATEGORIES))}'
        )
    spoken = _turn(row, record_id, 'gpt')
    answer = row.get('normalized_answer')
    if isinstance(answer, bool) or not isinstance(answer, (str, int, float)) or answer == '':
        raise RecordError(
            record_id, f'normalized_answer is {answer!r}, expected a word or a number'
        )
    return Record(
        record_id,
        image,
        question,
        rle,
        Category(category),
        answer,
        str(row.get('freeform_answer') or spoken),
    )


NO_PICTURE_NAME = "expected the name of a file inside of the dataset's folder"


def is_picture_name(name: str) -> bool:
    """Whether a record's picture is a file inside of the folder, not somewhere else on the disk."""
    try:
        parts = [os.fsencode(part) for part in PurePosixPath(name).parts]
    except UnicodeEncodeError:
        return False
    return (
        0 < len(parts) < _MOST_FOLDERS
        and '\0' not in name
        and not {b'/', b'//', b'..'} & set(parts)
        and max(map(len, parts)) <= _LONGEST_NAME
    )


def _turn(row: dict, record_id: str, speaker: str) -> str:
    turns = row.get('conversations')
    if isinstance(turns, list):
        for turn in turns:
            if (
                isinstance(turn, dict)
                and turn.get('from') == speaker
                and isinstance(turn.get('value'), str)
            ):
                return turn['value']
    raise RecordError(record_id, f'has no {speaker!r} turn in "conversations"')


def parse_masks(row: dict, record_id: str, tokens: int) -> tuple[dict[str, Any], ...]:
    """Return the first `tokens` masks of a row's "rle". Raises RecordError."""
    masks = row.get('rle')
    if not isinstance(masks, list):
        raise RecordError(record_id, 'has no list "rle"')
    if len(masks) < tokens:
        raise RecordError(record_id, f'{len(masks)} masks for {tokens} {MASK_TOKEN} tokens')
    for place, mask in enumerate(masks):
        size = mask.get('size') if isinstance(mask, dict) else None
        if not (
            isinstance(size, list)
            and len(size) == 2
            and all(type(n) is int and n > 0 for n in size)
            and isinstance(mask.get('counts'), str)
        ):
            raise RecordError(
                record_id, f'mask {place} is no COCO RLE with "size" [height, width] and "counts"'
            )
    return tuple(masks[:tokens])


class _Cursor:
    """A place in a text file of which only a window is in memory."""

    def __init__(self, stream: TextIO):
        self.stream = stream
        self.window, self.place, self.ended = '', 0, False
        self._bytes_before_window = 0
        self._counted, self._counted_bytes = 0, 0

    def read_more(self) -> None:
        """Forget what lies behind, read on; each time twice as much, so long rows cost no more."""
        self._bytes_before_window = self.offset()
        self.window, self.place = self.window[self.place :], 0
        self._counted, self._counted_bytes = 0, 0
        more = self.stream.read(max(_CHUNK, len(self.window)))
        self.window, self.ended = self.window + more, not more

    def offset(self) -> int:
        """Bytes of the file before this place."""
        self._counted_bytes += len(self.window[self._counted : self.place].encode())
        self._counted = self.place
        return self._bytes_before_window + self._counted_bytes

    def peek(self) -> str:
        """Skip blanks; return the character there, '' at the end of the file."""
        while True:
            blank = _BLANK.match(self.window, self.place)
            self.place = blank.end() if blank else self.place
            if self.place < len(self.window) or self.ended:
                return self.window[self.place : self.place + 1]
            self.read_more()


def iter_rows(path: Path) -> Iterator[tuple[int, int, Any]]:
    """Yield (first byte, bytes, row) of a JSON list, never the whole list in memory.

    Raises:
        ValueError: the file is not a JSON list, or ends in the middle of one.
    """
    try:
        yield from _rows(path)
    except UnicodeDecodeError as error:
        raise ValueError(f'{path} is no text in UTF-8: {error.reason}') from error


def _rows(path: Path) -> Iterator[tuple[int, int, Any]]:
    decoder = json.JSONDecoder()
    with path.open(encoding='utf-8', newline='') as stream:
        cursor, count = _Cursor(stream), 0
        first = cursor.peek()
        if first != '[':
            raise ValueError(f'{path}: expected a JSON list, found {first!r}')
        cursor.place += 1
        if cursor.peek() == ']':
            return
        while True:
            cursor.peek()
            start = cursor.offset()
            try:
                row = _decode_row(decoder, cursor)
            except UnicodeDecodeError:
                raise
            except (RecursionError, ValueError) as error:
                problem = error.msg if isinstance(error, json.JSONDecodeError) else error
                raise ValueError(
                    f'{path}: not valid JSON after row {count} (byte {start}): {problem}'
                ) from error
            yield start, cursor.offset() - start, row
            count += 1
            separator = cursor.peek()
            if separator == ']':
                return
            if separator != ',':
                raise ValueError(f"{path}: expected ',' after row {count}, found {separator!r}")
            cursor.place += 1


def _decode_row(decoder: json.JSONDecoder, cursor: _Cursor) -> Any:
    """Decode the value at the cursor, reading on until it is complete.

    A number is not while it touches the window's end: '12' may go on as '12.5'.
    """
    while True:
        try:
            row, end = decoder.raw_decode(cursor.window, cursor.place)
        except json.JSONDecodeError:
            if cursor.ended or len(cursor.window) - cursor.place > _LONGEST_ROW:
                raise
        else:
            if end + _LONGEST_NUMBER_TAIL < len(cursor.window) or cursor.ended:
                cursor.place = end
                return row
        cursor.read_more()


def iter_records(
    path: str | Path, *, with_answers: bool | None = None, on_error: OnError | None = None
) -> Iterator[Record]:
    """Yield the records of a split's file in order.

    Args:
        path: the JSON file.
        with_answers: None: all files but 'test.json'.
        on_error: told of each malformed row, which is then left out; None: the first one is raised.

    Raises:
        RecordError: a row is malformed and nobody listens. ValueError: the file is no JSON list.
    """
    for _, _, record in _located(Path(path), with_answers, on_error):
        yield record


def _located(
    path: Path, with_answers: bool | None, on_error: OnError | None
) -> Iterator[tuple[int, int, Record]]:
    if with_answers is None:
        with_answers = path.stem != 'test'
    for position, (offset, length, row) in enumerate(iter_rows(path)):
        try:
            record = parse_record(row, position, with_answers=with_answers)
        except RecordError as error:
            if on_error is None:
                raise
            on_error(error)
            continue
        yield offset, length, record


def iter_by_picture(
    path: str | Path, *, with_answers: bool | None = None, on_error: OnError | None = None
) -> Iterator[tuple[str, list[Record]]]:
    """All records of each picture together, pictures in order of their first record.

    The file is read twice: once for the places of the rows, then picture by picture, so that memory
    stays small.
    """
    path = Path(path)
    places: dict[str, list[tuple[int, int]]] = {}
    for offset, length, record in _located(path, with_answers, on_error):
        places.setdefault(record.image, []).append((offset, length))
    answers = path.stem != 'test' if with_answers is None else with_answers
    with path.open('rb') as stream:
        for image, rows in places.items():
            records = []
            for offset, length in rows:
                stream.seek(offset)
                row = json.loads(stream.read(length))
                records.append(parse_record(row, with_answers=answers))
            yield image, records


def record_row(record: Record, *, with_answers: bool = True) -> dict[str, Any]:
    """Write a record as the row of the split's list."""
    turns = [{'from': 'human', 'value': '<image>\n' + record.question}]
    row: dict[str, Any] = {
        'id': record.id,
        'image': record.image,
        'conversations': turns,
        'rle': list(record.rle),
    }
    if with_answers:
        turns.append({'from': 'gpt', 'value': record.freeform_answer})
        row['category'] = record.category.value if record.category else None
        row['normalized_answer'] = record.normalized_answer
        row['freeform_answer'] = record.freeform_answer
    return row
