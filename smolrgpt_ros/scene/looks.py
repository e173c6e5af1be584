# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What pictures tell of sightings and of tracked objects, alike, and how far boxes agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.followed import Followed
from smolrgpt_ros.scene.sightings import Sightings

_USUAL_SIZE_M = 1.2


@dataclass(frozen=True, eq=False)
class Looks:
    """What pictures tell of N sightings or tracked objects.

    Attributes:
        boxes: (N, 4) middle and half sides of the boxes, px; NaN where not usable.
        views: (N, 4) as `Sighting.view`; NaN where not known.
        classes: (N,) numbers of the classes; 0 for not known.
        sizes: (N, 3) metres, the usual ones where not known.
        appearances: (N, B); NaN where not known.
        positions: (N, 3) as measured last, not smoothed; NaN where not known.
    """

    boxes: np.ndarray
    views: np.ndarray
    classes: np.ndarray
    sizes: np.ndarray
    appearances: np.ndarray
    positions: np.ndarray


def looks_of(seen: Sightings, tracks: Followed) -> tuple[Looks, Looks]:
    """Those of sightings, and of tracked objects."""
    seen_classes, known_classes = numbered(seen.class_ids, tracks.class_ids)
    return _looks(seen, seen_classes), _looks(tracks, known_classes)


def numbered(some: Sequence[str], others: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The same number for the same word in both, 0 for the empty one: numbers compare faster."""
    numbers = {'': 0}
    for word in (*some, *others):
        numbers.setdefault(word, len(numbers))
    return np.array([numbers[w] for w in some], int), np.array([numbers[w] for w in others], int)


def _looks(items: Sightings | Followed, classes: np.ndarray) -> Looks:
    low, high = items.boxes_px[:, :2], items.boxes_px[:, 2:]
    boxes = np.concatenate([low + high, high - low], axis=1)
    boxes /= 2.0
    sizes, unsized = items.sizes, np.isnan(items.sizes[:, 0])
    if unsized.any():
        sizes = sizes.copy()
        sizes[unsized] = _USUAL_SIZE_M
    return Looks(boxes, items.views, classes, sizes, items.appearances, items.positions)


def overlaps(sightings: Looks, tracks: Looks, within: float) -> np.ndarray:
    """(M, N) how far boxes agree, 0 to 1: in directions of the fixed frame, or else in pixels.

    Args:
        within: worth of a box inside of the other.
    """
    if not len(sightings.views) or np.isnan(sightings.views[:, 0]).all():
        return _known(_likeness(sightings.boxes, tracks.boxes, within))
    turning = _likeness(sightings.views, tracks.views, within, 2.0 * np.pi)
    unknown = np.isnan(turning)
    if not unknown.any():
        return turning
    flat = _likeness(sightings.boxes, tracks.boxes, within)
    return _known(np.where(unknown, flat, turning))


def _known(alike: np.ndarray) -> np.ndarray:
    """0 for what is not known."""
    alike[np.isnan(alike)] = 0.0
    return alike


def _likeness(a: np.ndarray, b: np.ndarray, within: float, period: float = 0.0) -> np.ndarray:
    """(A, B) likeness of windows (A, 4) and (B, 4), middle and half sides; NaN where not known."""
    x_a, y_a, half_x_a, half_y_a = a.T[:, :, None]
    x_b, y_b, half_x_b, half_y_b = b.T
    apart_x = x_a - x_b
    if period:
        apart_x = (apart_x + period / 2.0) % period - period / 2.0
    common = _shared(half_x_a, half_x_b, apart_x)
    common *= _shared(half_y_a, half_y_b, y_a - y_b)
    area_a, area_b = 4.0 * (half_x_a * half_y_a), 4.0 * (half_x_b * half_y_b)
    union, least = area_a + area_b - common, np.minimum(area_a, area_b)
    alike = common / np.where(union > 0.0, union, np.nan)
    inside = within * common / np.where(least > 0.0, least, np.nan)
    return np.maximum(alike, inside, out=alike)


def _shared(half_a: np.ndarray, half_b: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """How much two intervals share, of half lengths and middles some way apart."""
    most = 2.0 * np.minimum(half_a, half_b)
    shared: np.ndarray = np.minimum(np.maximum(half_a + half_b - np.abs(apart), 0.0), most)
    return shared
