# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How a question's regions stand to each other, as numbers: what thoughts are asked to hold.

Known of rendered scenes only. Nearest, leftmost, distance and count are all made of these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from smolrgpt_ros.warehouse import truth
from smolrgpt_ros.warehouse.shown import View
from smolrgpt_ros.warehouse.world import Thing

#: so many of a question's buffers are told apart, by the order they are named in
_BUFFERS = 4
#: numbers up to this one are told apart by whether they are reached
_COUNTED = 3
#: numbers of a region: to the one before and the first; its place among those so far; counting;
#: picking up; buffers, one by one
RELATIONS = 4 + 3 + 5 + 3 + 1 + 3 * _BUFFERS + 3 * _COUNTED
#: which of them are yes (1) or no (0)
RELATIONS_THAT_ARE_FLAGS = tuple(
    number in (2, 3, 5, 6, 7, 8, 13, 15, *range(16, 20), *range(24, RELATIONS))
    for number in range(RELATIONS)
)
#: as many as count as one
_MANY = 8.0


def region_relations(view: View, things: Sequence[int]) -> np.ndarray:
    """(n, RELATIONS) float32 of the n things of a question, in its order; NaN where none is.

    In order: log(1 + metres) from the centre of the thing before, and of the first; whether one of
    the two stands in the other, of the thing before and of the first (of things and buffers only);
    its number from 0, in `_MANY`; whether it lies further left across the picture than all before
    it, and further right. Then what counting is made of: of a pallet, whether it stands in the
    leftmost buffer so far, and in the rightmost, and how many pallets so far stand in these two
    (in `_MANY`); of a buffer, how many pallets so far stand in it. And picking up: of a free
    pallet, its log(1 + metres) from the last empty transporter so far, and whether no free pallet
    so far is closer to that one; of an empty transporter, the number of the free pallet so far that
    is closest. Last, of a pallet, whether it stands in any buffer so far; and for each of the first
    `_BUFFERS` buffers so far: of a pallet, whether it stands in that one, and how many so far do
    (in `_MANY`); of all but buffers, whether that one is the closest of them. And the numbers of
    pallets that answers are, each as whether it is 1 or more, 2 or more and so on up to `_COUNTED`:
    of a pallet, those of the leftmost and the rightmost buffer; of a shelf or transporter, that of
    the buffer closest to it.
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
        told[row, 7:12] = _counted(world[: row + 1], places)
        told[row, 12:15] = _picked_up(view, world[: row + 1])
        told[row, 15:28] = _by_buffer(world[: row + 1])
        told[row, 28:] = _reached(told[row], world[: row + 1])
    return told


def _counted(world: Sequence[Thing], places: Sequence[float]) -> list[float]:
    """What the last thing adds to the number of pallets in buffers."""
    told = [np.nan] * 5
    last = world[-1]
    pallets = [thing for thing in world if thing.class_id == 'pallet']
    buffers = [row for row, thing in enumerate(world) if thing.class_id == 'buffer']
    if last.class_id == 'buffer' and pallets:
        told[4] = truth.count_inside(pallets, last) / _MANY
    if last.class_id == 'pallet' and buffers:
        for column, outermost in enumerate((min, max)):
            buffer = world[outermost(buffers, key=lambda row: places[row])]
            told[column] = float(truth.is_inside(last, buffer))
            told[2 + column] = truth.count_inside(pallets, buffer) / _MANY
    return told


def _by_buffer(world: Sequence[Thing]) -> list[float]:
    """What the last thing has to do with each of the buffers before it."""
    last = world[-1]
    buffers = [thing for thing in world if thing.class_id == 'buffer'][:_BUFFERS]
    within, number, closest = ([np.nan] * _BUFFERS for _ in range(3))
    if last.class_id == 'buffer' or not buffers:
        return [np.nan, *within, *number, *closest]
    within_any = np.nan
    if last.class_id == 'pallet':
        within_any = float(any(truth.is_inside(last, buffer) for buffer in buffers))
        pallets = [thing for thing in world if thing.class_id == 'pallet']
        for column, buffer in enumerate(buffers):
            within[column] = float(truth.is_inside(last, buffer))
            number[column] = truth.count_inside(pallets, buffer) / _MANY
    nearest = truth.nearest(buffers, last)
    closest[: len(buffers)] = [float(column == nearest) for column in range(len(buffers))]
    return [within_any, *within, *number, *closest]


def _reached(told: np.ndarray, world: Sequence[Thing]) -> list[float]:
    """Which numbers the counts reach that `told` of the last thing holds or leads to."""
    counts = [float(told[9]) * _MANY, float(told[10]) * _MANY, np.nan]
    last = world[-1]
    buffers = [thing for thing in world if thing.class_id == 'buffer']
    pallets = [thing for thing in world if thing.class_id == 'pallet']
    if last.class_id in ('shelf', 'transporter') and buffers and pallets:
        counts[2] = truth.count_inside(pallets, buffers[truth.nearest(buffers, last)])
    return [
        np.nan if np.isnan(count) else float(count >= least)
        for count in counts
        for least in range(1, _COUNTED + 1)
    ]


def _picked_up(view: View, world: Sequence[Thing]) -> list[float]:
    """What the last thing adds to the choice of a pallet for an empty transporter."""
    told = [np.nan] * 3
    last = world[-1]
    empty = [
        thing
        for thing in world
        if thing.class_id == 'transporter' and truth.is_empty(view.frame.world, thing)
    ]
    free = [
        row
        for row, thing in enumerate(world)
        if thing.class_id == 'pallet' and not thing.carried_by
    ]
    if not empty or not free:
        return told
    reach_m = {row: math.dist(world[row].centre, empty[-1].centre) for row in free}
    closest = min(free, key=reach_m.__getitem__)
    if last is empty[-1]:
        told[2] = closest / _MANY
    elif free[-1] == len(world) - 1:
        told[0] = math.log1p(reach_m[free[-1]])
        told[1] = float(closest == free[-1])
    return told


def _across(view: View, index: int) -> float:
    """Column of the middle of a thing's box, pixels."""
    x0, _, x1, _ = view.frame.box_px(index)
    return float(x0 + x1) / 2.0
