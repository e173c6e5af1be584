# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A dataset's folder in the official layout: records, cameras, pictures and depth."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from fuzz.damage import damaged, written
from fuzz.draw import Draw
from fuzz.folders import scratch
from smolrgpt_ros.warehouse.folder import DatasetFolder, encode_rle
from smolrgpt_ros.warehouse.records import (
    MASK_TOKEN,
    RecordError,
    iter_records,
    parse_record,
    record_row,
)

_WIDTH, _HEIGHT = 8, 6
_CAMERAS = {'a': {'fx': 8.0, 'fy': 8.0, 'cx': 3.5, 'cy': 2.5}}


def seeds() -> Iterator[bytes]:
    """Undamaged, and with each kind of damage once."""
    for action in range(5):
        yield bytes((0, action, 0, 0, 0, 0))
    for edits in range(1, 5):
        yield bytes((edits, *range(7 * edits, 7 * edits + 40)))


def check(data: bytes) -> None:
    """Read it all; only what is promised may be raised, and what is read must be in order."""
    draw = Draw(data)
    folder = _folder()
    (folder / 'val.json').write_bytes(written(damaged(_rows(), draw), draw))
    cameras = written(damaged(_CAMERAS, draw), draw) if draw.chance() else b'{}'
    (folder / 'cameras.json').write_bytes(cameras)
    if draw.chance():
        (folder / 'images' / 'b.png').write_bytes(_broken_picture(draw))
    dataset = DatasetFolder(folder)
    told: list[RecordError] = []
    try:
        records = list(dataset.records(told.append))
    except ValueError as error:
        assert 'val.json' in str(error), error
        return
    assert all(problem.record_id and problem.problem for problem in told)
    for record in records:
        assert parse_record(record_row(record)) == record
        assert record.question.strip(), record
        assert len(record.rle) == record.question.count(MASK_TOKEN)
    _check_scenes(dataset, records_read=len(records))


def _check_scenes(dataset: DatasetFolder, records_read: int) -> None:
    told: list[RecordError] = []
    usable = 0
    try:
        for asked in dataset.scenes(on_error=told.append):
            usable += len(asked.records)
            for record, regions in zip(asked.records, asked.mask_regions, strict=True):
                assert len(regions) == len(record.rle)
            for region in asked.scene.regions:
                assert region.mask is not None
                assert region.mask.shape == (_HEIGHT, _WIDTH)
                assert region.mask.any()
            camera = asked.scene.camera
            assert camera is None or (0.0 < camera.fx < np.inf and 0.0 < camera.fy < np.inf)
    except ValueError as error:
        assert 'cameras.json' in str(error), error
        return
    malformed = sum(1 for _ in _malformed(dataset))
    assert usable + len(told) == records_read + malformed, 'a record was lost without a word'


def _malformed(dataset: DatasetFolder) -> Iterator[RecordError]:
    told: list[RecordError] = []
    for _ in iter_records(dataset.records_path, on_error=told.append):
        pass
    yield from told


@functools.cache
def _folder() -> Path:
    folder = scratch('records')
    for name in ('images', 'depths', 'metric_depths'):
        (folder / name).mkdir()
    colour = np.zeros((_HEIGHT, _WIDTH, 3), np.uint8)
    Image.fromarray(colour).save(folder / 'images' / 'a.png')
    Image.fromarray(colour[..., 0]).save(folder / 'depths' / 'a_depth.png')
    Image.fromarray(np.full((_HEIGHT, _WIDTH), 2000, np.uint16)).save(
        folder / 'metric_depths' / 'a.png'
    )
    return folder


@functools.cache
def _rows() -> list[dict]:
    mask = np.zeros((_HEIGHT, _WIDTH), bool)
    mask[1:4, 1:4] = True
    rle = [encode_rle(mask), encode_rle(~mask)]
    asked = {
        'left_right': ('Is <mask> left of <mask>?', 'It is.', 'left'),
        'distance': ('How far is <mask> from <mask>?', '1.50 m', 1.5),
        'count': ('How many pallets are in <mask>?', 'Two.', 2),
    }
    return [
        {
            'id': f'{category}_1',
            'image': 'b.png' if category == 'count' else 'a.png',
            'conversations': [
                {'from': 'human', 'value': f'<image>\n{question}'},
                {'from': 'gpt', 'value': answer},
            ],
            'rle': rle[: question.count(MASK_TOKEN)],
            'category': category,
            'normalized_answer': normalized,
            'freeform_answer': answer,
        }
        for category, (question, answer, normalized) in asked.items()
    ]


def _broken_picture(draw: Draw) -> bytes:
    """The good picture with a few bytes changed, or any bytes."""
    good = bytearray((_folder() / 'images' / 'a.png').read_bytes())
    if draw.chance():
        return draw.rest()
    for _ in range(draw.number(0, 6)):
        good[draw.number(0, len(good) - 1)] = draw.number(0, 255)
    return bytes(good[: draw.number(0, len(good))] if draw.chance() else good)
