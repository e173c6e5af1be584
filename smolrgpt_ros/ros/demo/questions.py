# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A question of every category, about whatever the camera happens to see."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from smolrgpt_ros.language.question import Category


@dataclass(frozen=True)
class Seen:
    """A detection as the node has been sent it.

    Attributes:
        centre_px: middle of its box.
    """

    id: str
    class_id: str
    centre_px: tuple[float, float]


class NothingToAsk(ValueError):
    """The picture has too little in it."""


def questions_about(seen: Sequence[Seen]) -> list[tuple[Category, str]]:
    """One question a category with ids that are in the picture. Raises NothingToAsk."""
    pallets = [one for one in seen if one.class_id == 'pallet']
    landmarks = [one for one in seen if one.class_id in ('transporter', 'shelf', 'person')]
    if len(pallets) < 2 or not landmarks:
        raise NothingToAsk(
            f'the picture has {len(pallets)} pallets and {len(landmarks)} transporters, shelves '
            'and people; at least two pallets and one of the others are needed'
        )
    # What stands in the middle is likeliest to be seen whole, with the floor around it.
    pallets.sort(key=lambda one: math.dist(one.centre_px, _middle_px(seen)))
    middle = pallets[0]
    first, last = _furthest_apart(pallets[:4])
    landmark = landmarks[0]
    buffered = any(one.class_id == 'buffer' for one in seen)
    return [
        (Category.LEFT_RIGHT, f'is {first.id} left or right of {landmark.id}?'),
        (Category.MCQ, f'which pallet is closest to {landmark.id}?'),
        (Category.DISTANCE, f'how far is {first.id} from {last.id}?'),
        (
            Category.COUNT,
            'how many pallets are in the leftmost buffer?'
            if buffered
            else 'how many pallets are there?',
        ),
        (Category.WHERE, f'where is {landmark.id}?'),
        (Category.BETWEEN, f'what is between {first.id} and {last.id}?'),
        (Category.ROOM, f'is there room of 1.2 m in front of {middle.id}?'),
        (Category.WITHIN, f'what is within 3 m of {middle.id}?'),
    ]


def _middle_px(seen: Sequence[Seen]) -> tuple[float, float]:
    x, y = zip(*(one.centre_px for one in seen), strict=True)
    return sum(x) / len(x), sum(y) / len(y)


def _furthest_apart(seen: Sequence[Seen]) -> tuple[Seen, Seen]:
    """The pair with the largest distance in the picture: a line that shows."""
    pairs = ((a, b) for place, a in enumerate(seen) for b in seen[place + 1 :])
    return max(pairs, key=lambda pair: math.dist(pair[0].centre_px, pair[1].centre_px))
