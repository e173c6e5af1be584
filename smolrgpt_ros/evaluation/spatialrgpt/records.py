# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rows of SpatialRGPT-Bench as records; malformed ones are named by their id."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smolrgpt_ros.evaluation.spatialrgpt.categories import ASKED, Asked
from smolrgpt_ros.evaluation.spatialrgpt.reading import Read, read_answer
from smolrgpt_ros.warehouse.records import (
    MASK_TOKEN,
    NO_PICTURE_NAME,
    Record,
    RecordError,
    is_picture_name,
    iter_rows,
)

_REGION = re.compile(r'Region\s*\[(\d+)\]', re.IGNORECASE)


@dataclass(frozen=True)
class BenchRecord:
    """One question.

    Attributes:
        record: its picture, text and masks, as the warehouse's records have them; one mask for
            each token of the text, in order.
        category: the benchmark's own ('left_predicate' ...).
        tokens: for each `<mask>` token, the number of its region.
        truth: read from the answering turn.
        masks: of all regions, in the order of their numbers.
    """

    record: Record
    category: str
    tokens: tuple[int, ...]
    truth: Read
    masks: tuple[dict[str, Any], ...]

    @property
    def question(self) -> str:
        """The question with its regions by their numbers."""
        first, *parts = self.record.question.split(MASK_TOKEN)
        return first + ''.join(
            f'Region [{number}]{part}' for number, part in zip(self.tokens, parts)
        )

    @property
    def asked(self) -> Asked:
        """What its category asks."""
        return ASKED[self.category]


def looks_like_bench(path: Path) -> bool:
    """Whether a JSON file is SpatialRGPT-Bench: its first row has "qa_info"."""
    if path.suffix != '.json' or not path.is_file():
        return False
    try:
        _, _, first = next(iter(iter_rows(path)), (0, 0, None))
    except ValueError:
        return False
    return isinstance(first, dict) and 'qa_info' in first


def parse_bench_row(row: Any, position: int = 0) -> BenchRecord:
    """Read a row. Raises RecordError."""
    if not isinstance(row, dict):
        raise RecordError(f'#{position}', f'expected an object, got {type(row).__name__}')
    if row.get('id') in (None, ''):
        raise RecordError(f'#{position}', 'has no id')
    record_id = str(row['id'])
    unpacked = {name: _unpacked(row.get(name), record_id, name) for name in _NESTED}
    category = (unpacked['qa_info'] or {}).get('category')
    if not isinstance(category, str) or category not in ASKED:
        raise RecordError(
            record_id, f'unknown category {category!r}, known are {", ".join(sorted(ASKED))}'
        )
    question, tokens = _question(unpacked['conversations'], record_id)
    spoken = _turn(unpacked['conversations'], record_id, 'gpt')
    truth = read_answer(ASKED[category], spoken)
    if truth is None:
        raise RecordError(record_id, f'no {ASKED[category].kind.value} can be read in {spoken!r}')
    masks = _masks(unpacked['rle'], record_id)
    if max(tokens, default=-1) >= len(masks):
        raise RecordError(record_id, f'{len(masks)} masks, the question names {max(tokens) + 1}')
    record = Record(
        record_id, _image(row, unpacked['image_info']), question, tuple(masks[n] for n in tokens)
    )
    if not record.image:
        raise RecordError(record_id, 'has no "file_path" in "image_info"')
    if not is_picture_name(record.image):
        raise RecordError(record_id, f'"file_path" is {record.image[:80]!r}, {NO_PICTURE_NAME}')
    return BenchRecord(record, category, tokens, truth, tuple(masks))


_NESTED = {'image_info': dict, 'conversations': list, 'rle': list, 'qa_info': dict}


def _unpacked(value: Any, record_id: str, name: str) -> Any:
    """Table formats keep nested values as JSON, or as Python writes them."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (RecursionError, ValueError):
            try:
                value = ast.literal_eval(value)
            except (SyntaxError, TypeError, ValueError, MemoryError, RecursionError):
                raise RecordError(record_id, f'"{name}" is no JSON') from None
    wanted: type = _NESTED[name]
    if isinstance(value, wanted):
        return value
    raise RecordError(record_id, f'"{name}" is {type(value).__name__}, expected {wanted.__name__}')


def _image(row: dict, image_info: dict) -> str:
    for place in (image_info, row):
        for name in ('file_path', 'file_name', 'image'):
            if isinstance(place.get(name), str) and place[name]:
                return place[name].lstrip('/')
    return ''


def _question(turns: list, record_id: str) -> tuple[str, tuple[int, ...]]:
    """The question with a token for each region named, and the regions' numbers."""
    text = _turn(turns, record_id, 'human').removeprefix('<image>').lstrip('\n')
    text = re.sub(r'\s*<depth>', '', text)
    if not text.strip():
        raise RecordError(record_id, 'its question is empty')
    if MASK_TOKEN in text:
        return text, tuple(range(text.count(MASK_TOKEN)))
    numbers = tuple(int(number) for number in _REGION.findall(text))
    return _REGION.sub(MASK_TOKEN, text), numbers


def _turn(turns: list, record_id: str, speaker: str) -> str:
    for turn in turns:
        if isinstance(turn, dict) and turn.get('from') == speaker:
            said = turn.get('value')
            if isinstance(said, str) and said.strip():
                return said
    raise RecordError(record_id, f'has no {speaker!r} turn in "conversations", or an empty one')


def _masks(rle: list, record_id: str) -> list[dict[str, Any]]:
    for place, mask in enumerate(rle):
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
    return rle
