# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What SpatialAnswer and SpatialObject say of an answer, as plain numbers and texts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.scene.region import Region

CATEGORY_UNITS: Mapping[str, str] = MappingProxyType(
    {
        Category.DISTANCE.name: 'm',
        Category.WHERE.name: 'm',
        Category.ROOM.name: 'm',
    }
)
"""Unit of a value by the name of its category; the others have none."""


def normalized_text(answer: Answer) -> str:
    """The benchmark's form as text: metres with two decimals, whole numbers without any."""
    value = answer.normalized
    if answer.category is Category.DISTANCE and not isinstance(value, str):
        return f'{float(value):.2f}'
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def value_of(answer: Answer) -> float:
    """The number of an answer: for left and right 0 and 1."""
    if answer.category is Category.LEFT_RIGHT:
        return {'left': 0.0, 'right': 1.0}.get(str(answer.normalized), math.nan)
    if math.isnan(answer.value) and not isinstance(answer.normalized, str):
        return float(answer.normalized)
    return float(answer.value)


def roi_px(region: Region) -> tuple[int, int, int, int]:
    """(x, y, width, height): whole pixels that a region's box touches.

    All 0 where the picture does not show it.
    """
    if region.recalled is not None:
        return 0, 0, 0, 0
    x0, y0 = math.floor(region.box_px[0]), math.floor(region.box_px[1])
    return x0, y0, math.ceil(region.box_px[2]) - x0, math.ceil(region.box_px[3]) - y0
