# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SpatialRGPT-Bench's file, and sentences read as answers to it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from fuzz.damage import damaged, written
from fuzz.draw import Draw
from fuzz.folders import scratch
from smolrgpt_ros.evaluation.spatialrgpt.categories import ASKED, Kind
from smolrgpt_ros.evaluation.spatialrgpt.given_answers import read_sentences
from smolrgpt_ros.evaluation.spatialrgpt.reading import Read, read_answer
from smolrgpt_ros.evaluation.spatialrgpt.records import looks_like_bench, parse_bench_row
from smolrgpt_ros.evaluation.spatialrgpt.task import bench_task
from smolrgpt_ros.warehouse.records import RecordError
from smolrgpt_ros.warehouse.score import ScoreError

_CATEGORIES = tuple(ASKED)
_NESTED = ('image_info', 'conversations', 'rle', 'qa_info')
_ROW: dict[str, Any] = {
    'id': 17,
    'image_info': {'file_path': 'a/b.jpg', 'height': 6, 'width': 8},
    'conversations': [
        {'from': 'human', 'value': '<image>\nIs Region [0] left of Region [1]?'},
        {'from': 'gpt', 'value': 'Yes, Region [0] is to the left of Region [1].'},
    ],
    'rle': [{'size': [6, 8], 'counts': '0L4'}, {'size': [6, 8], 'counts': '0L4'}],
    'qa_info': {'type': 'predicate', 'category': 'left_predicate'},
}
_SENTENCES = (
    'They are 1.2 meters apart.',
    '5 feet 11 inches',
    '5\'11"',
    'between 1,200 and 1.5 mm',
    "Region [1] is at 3 o'clock.",
    'Between Region [0] and Region [1], Region [1] has the larger width.',
)


def seeds() -> Iterator[bytes]:
    """A file, rows, and sentences for every kind of question."""
    for place, sentence in enumerate(_SENTENCES):
        for kind in range(0, len(_CATEGORIES), 3):
            yield bytes((1, kind + place % 3, 0)) + sentence.encode()
    yield bytes((0, 0, 0, 0, 0, 0, 0))
    for edits in range(1, 5):
        yield bytes((0, 1, 0, 1, 0, edits, *range(9 * edits, 9 * edits + 40)))


def check(data: bytes) -> None:
    """Read a file or a sentence; what is read must be an answer of the category's kind."""
    draw = Draw(data)
    if draw.chance():
        category = draw.choose(_CATEGORIES)
        repeated = draw.choose((1, 1, 1, 50, 2000))
        text = draw.rest().decode('utf-8', 'replace') * repeated
        _check_read(ASKED[category].kind, read_answer(ASKED[category], text))
        return
    row = dict(_ROW)
    for name in _NESTED:
        if draw.chance():  # as table formats keep them
            row[name] = written(damaged(row[name], draw), draw).decode('utf-8', 'replace')
    content = written([damaged(row, draw), _ROW], draw)
    _check_row(row)
    _check_file(content)


def _check_read(kind: Kind, read: Read | None) -> None:
    if read is None:
        return
    if kind is Kind.PREDICATE:
        assert read in ('yes', 'no'), read
    elif kind is Kind.LENGTH:
        assert isinstance(read, float), read
        assert 0.0 <= read < math.inf, read
    else:
        assert isinstance(read, int), read
        assert read >= (1 if kind is Kind.CLOCK else 0), read


def _check_row(row: dict[str, Any]) -> None:
    try:
        record = parse_bench_row(row)
    except RecordError as error:
        assert error.record_id
        return
    assert len(record.tokens) == len(record.record.rle), record
    assert all(0 <= token < len(record.masks) for token in record.tokens), record
    assert record.record.image, record
    assert record.question.strip(), record
    _check_read(record.asked.kind, record.truth)


def _check_file(content: bytes) -> None:
    folder = scratch('spatialrgpt')
    path = folder / 'SpatialRGPT-Bench_v1.json'
    path.write_bytes(content)
    told: list[RecordError] = []
    if looks_like_bench(path):
        try:
            list(bench_task(path, folder).pictures(told.append))
        except ValueError as error:
            assert path.name in str(error), error
    try:
        read_sentences(path)
    except ScoreError as error:
        assert path.name in str(error), error
    path.write_text(json.dumps([_ROW]), encoding='utf-8')
