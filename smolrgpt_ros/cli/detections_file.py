# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Regions from a JSON file: a plain list of boxes, or one record of the warehouse dataset."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from smolrgpt_ros.cli.problem import Problem
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.warehouse.folder import decode_rle

EXPECTED = '[{"id": "die", "class": "die", "box": [x0, y0, x1, y1], "score": 1.0}, ...]'


def read_regions(path: Path, size_px: tuple[int, int]) -> tuple[Region, ...]:
    """Regions of a picture of (width, height), in the order of the file.

    Each entry has a "box", or an "rle" (COCO run lengths); "id", "class" and "score" may be left
    out. A record of the dataset gives a region for each of its masks, in their order.

    Raises:
        Problem: unreadable, malformed, an id given twice, a box or mask outside of the picture.
    """
    try:
        content = json.loads(path.read_text(encoding='utf-8'))
    except FileNotFoundError as error:
        raise Problem(f'there are no detections {path}') from error
    except (OSError, RecursionError, ValueError) as error:
        raise Problem(f'detections {path} cannot be read as JSON: {error}') from error
    rows = _rows(content, path)
    regions: list[Region] = []
    for place, row in enumerate(rows):
        region = _region(row, f'detection {place} of {path}', size_px, regions)
        if any(other.id == region.id for other in regions):
            raise Problem(
                f'detection {place} of {path} has the id {region.id!r} of another; ids must differ'
            )
        regions.append(region)
    return tuple(regions)


def _rows(content: Any, path: Path) -> Sequence[Any]:
    record = content[0] if isinstance(content, list) and len(content) == 1 else content
    if isinstance(record, dict) and isinstance(record.get('rle'), list):
        return [{'rle': rle, 'id': f'region_{place}'} for place, rle in enumerate(record['rle'])]
    if isinstance(content, dict) and isinstance(content.get('detections'), list):
        return content['detections']
    if isinstance(content, list):
        if any(isinstance(row, dict) and isinstance(row.get('rle'), list) for row in content):
            raise Problem(
                f'{path} holds {len(content)} records; give one of them, or use smolrgpt eval'
            )
        return content
    raise Problem(
        f'detections {path} hold {type(content).__name__}, expected {EXPECTED} or a record'
    )


def _region(row: Any, name: str, size_px: tuple[int, int], before: Sequence[Region]) -> Region:
    if not isinstance(row, dict):
        raise Problem(f'{name} is {json.dumps(row)[:60]}, expected an object as in {EXPECTED}')
    class_id = str(row.get('class', row.get('class_id', ''))).strip().lower()
    region_id = str(row.get('id', '')).strip() or _next_id(class_id or 'object', before)
    score = _number(row.get('score', 1.0), f'score of {name}')
    if 'rle' in row:
        mask = _mask(row['rle'], name, size_px)
        rows, columns = mask.any(axis=1).nonzero()[0], mask.any(axis=0).nonzero()[0]
        box = (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
        return Region(box, class_id, score, region_id, mask)
    return Region(_box(row.get('box'), name, size_px), class_id, score, region_id)


def _next_id(class_id: str, before: Sequence[Region]) -> str:
    """'pallet_0', 'pallet_1' ...: what is not given already."""
    taken = {region.id for region in before}
    return next(
        name for name in (f'{class_id}_{n}' for n in range(len(taken) + 1)) if name not in taken
    )


def _mask(rle: Any, name: str, size_px: tuple[int, int]) -> Any:
    try:
        mask = decode_rle(rle)
    except (KeyError, TypeError, ValueError) as error:
        raise Problem(f'rle of {name} cannot be decoded: {error}') from error
    if mask.shape != size_px[::-1]:
        raise Problem(
            f'rle of {name} is {mask.shape[1]}x{mask.shape[0]}, '
            f'the picture {size_px[0]}x{size_px[1]}'
        )
    if not mask.any():
        raise Problem(f'rle of {name} covers no pixel')
    return mask.astype(bool)


def _box(box: Any, name: str, size_px: tuple[int, int]) -> tuple[float, float, float, float]:
    if not isinstance(box, list) or len(box) != 4:
        raise Problem(
            f'{name} has the box {json.dumps(box)[:60]}, expected [x0, y0, x1, y1] in pixels'
        )
    x0, y0, x1, y1 = (_number(value, f'box of {name}') for value in box)
    width, height = size_px
    clipped = (max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height)))
    if clipped[0] >= clipped[2] or clipped[1] >= clipped[3]:
        raise Problem(
            f'{name} has the box {box}, which covers nothing of the {width}x{height} picture; '
            'expected [x0, y0, x1, y1] with x0 < x1 and y0 < y1'
        )
    return clipped


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Problem(f'{name} has {json.dumps(value)[:40]}, expected a finite number')
    return float(value)
