# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""COCO's compressed run lengths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from fuzz.draw import Draw
from smolrgpt_ros.warehouse.folder import decode_rle, encode_rle
from smolrgpt_ros.warehouse.records import RecordError


def seeds() -> Iterator[bytes]:
    """Masks with none, some and all of their pixels set."""
    mask = np.zeros((6, 8), bool)
    for columns in (0, 3, 8):
        mask[1:5, :columns] = True
        yield bytes((0, 5, 0, 7, 0)) + str(encode_rle(mask)['counts']).encode()


def check(data: bytes) -> None:
    """Decode; what decodes has its size, and comes back from what it is encoded as."""
    draw = Draw(data)
    height, width = _side(draw), _side(draw)
    repeated = draw.choose((1, 1, 1, 100, 10_000))
    counts = draw.rest().decode('latin-1') * repeated
    rle: dict[str, Any] = {'size': [height, width], 'counts': counts}
    try:
        mask = decode_rle(rle, 'id', 3)
    except RecordError as error:
        assert error.record_id == 'id'
        assert 'mask 3' in error.problem
        return
    assert mask.shape == (height, width)
    assert mask.dtype == bool
    assert np.array_equal(decode_rle(encode_rle(mask)), mask)


def _side(draw: Draw) -> int:
    return draw.number(1, 64) if not draw.chance() else max(1, abs(draw.integer()))
