# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What pictures tell of many sightings or tracked objects, as arrays, and how far boxes agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

_USUAL_SIZE_M = 1.2
_UNSEEN = np.full(4, np.nan)
_NOWHERE = np.full(3, np.nan)


class Seen(Protocol):
    """What sightings and tracked objects have in common; see `Sighting`."""

    @property
    def box_px(self) -> tuple[float, float, float, float]:
        """As `Sighting.box_px`."""

    @property
    def class_id(self) -> str:
        """As `Sighting.class_id`."""

    @property
    def size(self) -> np.ndarray | None:
        """As `Sighting.size`."""

    @property
    def appearance(self) -> np.ndarray | None:
        """As `Sighting.appearance`."""

    @property
    def view(self) -> np.ndarray | None:
        """As `Sighting.view`."""

    @property
    def position(self) -> np.ndarray | None:
        """As `Sighting.position`."""

    @property
    def sightings(self) -> int:
        """As `Sighting.sightings`."""


@dataclass(frozen=True, eq=False)
class Looks:
    """What pictures tell of N sightings or tracked objects.

    Attributes:
        boxes: (N, 4) middle and half sides of the boxes, px; NaN where not usable.
        views: (N, 4) as `Sighting.view`; NaN where not known.
        classes: (N,) class names; '' for not known.
        sizes: (N, 3) metres.
        appearances: (N, B); NaN where not known.
        counts: (N,) in how many frames they were seen.
        positions: (N, 3) as measured last, not smoothed; NaN where not known.
    """

    boxes: np.ndarray
    views: np.ndarray
    classes: np.ndarray
    sizes: np.ndarray
    appearances: np.ndarray
    counts: np.ndarray
    positions: np.ndarray

    @classmethod
    def stacked(cls, items: Sequence[Seen]) -> Looks:
        """Those of sightings or of tracked objects."""
        width = max(
            (len(item.appearance) for item in items if item.appearance is not None), default=1
        )
        unseen = np.full(width, np.nan)
        unsized = np.array([_USUAL_SIZE_M] * 3)
        boxes = np.array([item.box_px for item in items], np.float64).reshape(-1, 4)
        low, high = boxes[:, :2], boxes[:, 2:]
        return cls(
            np.hstack([(low + high) / 2.0, (high - low) / 2.0]),
            np.array([_UNSEEN if item.view is None else item.view for item in items]).reshape(
                -1, 4
            ),
            np.array([item.class_id for item in items], object),
            np.array([unsized if item.size is None else item.size for item in items]).reshape(
                -1, 3
            ),
            np.array(
                [
                    item.appearance
                    if item.appearance is not None and len(item.appearance) == width
                    else unseen
                    for item in items
                ]
            ).reshape(-1, width),
            np.array([item.sightings for item in items]),
            np.array(
                [_NOWHERE if item.position is None else item.position for item in items]
            ).reshape(-1, 3),
        )


def overlaps(sightings: Looks, tracks: Looks, within: float) -> np.ndarray:
    """(M, N) how far boxes agree, 0 to 1: in directions of the fixed frame, or else in pixels.

    Args:
        within: worth of a box inside of the other.
    """
    turning = _likeness(sightings.views, tracks.views, within, 2.0 * np.pi)
    known = np.isfinite(turning)
    if known.all():
        return turning
    return np.nan_to_num(np.where(known, turning, _likeness(sightings.boxes, tracks.boxes, within)))


def _likeness(a: np.ndarray, b: np.ndarray, within: float, period: float = 0.0) -> np.ndarray:
    """(A, B) likeness of windows (A, 4) and (B, 4), middle and half sides; NaN where not known."""
    apart = a[:, None, :2] - b[None, :, :2]
    if period:
        apart[..., 0] = (apart[..., 0] + period / 2.0) % period - period / 2.0
    half_a, half_b = a[:, None, 2:], b[None, :, 2:]
    common = np.clip(half_a + half_b - np.abs(apart), 0.0, 2.0 * np.minimum(half_a, half_b)).prod(
        axis=-1
    )
    area_a, area_b = 4.0 * half_a.prod(axis=-1), 4.0 * half_b.prod(axis=-1)
    union, least = area_a + area_b - common, np.minimum(area_a, area_b)
    usable = np.where(least > 0.0, least, np.nan)
    return np.maximum(common / np.where(union > 0.0, union, np.nan), within * common / usable)
