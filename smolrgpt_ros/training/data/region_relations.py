# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How a question's regions stand to each other, as numbers: what thoughts are asked to hold.

Known of rendered scenes only. Nearest, leftmost, distance and count are all made of these.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smolrgpt_ros.warehouse import truth
from smolrgpt_ros.warehouse.shown import View

#: numbers of a region: how far from the one before and from the first, whether one is in the other,
#: the how-manieth it is, whether none so far is further left, nor further right
RELATIONS = 7
#: as many as count as one
_MANY = 8.0


def region_relations(view: View, things: Sequence[int]) -> np.ndarray:
    """(n, RELATIONS) float32 of the n things of a question, in its order; NaN where none is.

    In order: log(1 + metres) from the centre of the thing before, and of the first; whether one of
    the two stands in the other, of the thing before and of the first (of things and buffers only);
    its number from 0, in `_MANY`; whether it lies further left across the picture than all before
    it, and further right.
    """
    places = [_across(view, index) for index in things]
    world = [view.frame.world.things[index] for index in things]
    told = np.full((len(world), RELATIONS), np.nan, np.float32)
    for row in range(1, len(world)):
        for column, other in enumerate((world[row - 1], world[0])):
            apart = np.linalg.norm(np.subtract(world[row].centre, other.centre))
            told[row, column] = np.log1p(apart)
            if (world[row].class_id == 'buffer') != (other.class_id == 'buffer'):
                pair = (world[row], other)
                within = truth.is_inside(*pair) or truth.is_inside(*pair[::-1])
                told[row, 2 + column] = float(within)
        told[row, 4] = row / _MANY
        told[row, 5] = float(places[row] < min(places[:row]))
        told[row, 6] = float(places[row] > max(places[:row]))
    return told


def _across(view: View, index: int) -> float:
    """Column of the middle of a thing's box, pixels."""
    x0, _, x1, _ = view.frame.box_px(index)
    return float(x0 + x1) / 2.0
