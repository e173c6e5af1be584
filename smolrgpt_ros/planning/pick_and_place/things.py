# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Objects of answers: those wanted, and where others are."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

# Two pallets on the floor are never so close.
_SAME_PALLET_M = 0.6


@dataclass
class Wanted:
    """The pallet that is fetched, or the buffer that it is brought to.

    Attributes:
        name: its id, by which it is asked for; words where it was not found yet.
        place: (x, y) where it was measured last; None before.
    """

    name: str
    place: tuple[float, float] | None = None

    def __str__(self) -> str:
        """Its id, for reports."""
        return self.name


def first_id(answer: Any) -> str:
    """Id of what an answer names first, '' where it names nothing."""
    return answer.objects[0].id if answer.objects else ''


def place_of(thing: Any) -> tuple[float, float] | None:
    """(x, y) metres of an object on the floor; None where it was not measured."""
    at = thing.position
    return (at.x, at.y) if math.isfinite(at.x + at.y) else None


def known_places(things: Iterable[Any]) -> list[tuple[float, float]]:
    """(x, y) metres of those objects that were measured."""
    return [place for place in map(place_of, things) if place is not None]


def stands_at(thing: Any, place: tuple[float, float]) -> bool:
    """Whether an object stands where one pallet has room."""
    return math.dist((thing.position.x, thing.position.y), place) < _SAME_PALLET_M


def holds(area: Any, place: tuple[float, float]) -> bool:
    """Whether a place lies in an object's extent on the floor, along the axes of the map."""
    at, size = area.position, area.size
    return abs(place[0] - at.x) < size.x / 2.0 and abs(place[1] - at.y) < size.y / 2.0


def median_place(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Median of each coordinate, or of each size, of at least one pair."""
    x, y = np.median(np.array(list(pairs)).reshape(-1, 2), axis=0)
    return float(x), float(y)
