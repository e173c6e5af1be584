# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Oriented rectangles around points on the floor."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

_ANGLES = np.deg2rad(np.arange(0.0, 90.0, 3.0))
_DIRECTIONS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES), -np.sin(_ANGLES), np.cos(_ANGLES)])

_UNIT_CORNERS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])


@dataclass(frozen=True, eq=False)
class Rectangle:
    """A rectangle on the floor.

    Attributes:
        centre: (2,) floor coordinates, metres.
        axes: (2, 2) unit vectors of its length and its width, as rows.
        size: (2,) length and width, metres.
    """

    centre: np.ndarray
    axes: np.ndarray
    size: np.ndarray

    @property
    def corners(self) -> np.ndarray:
        """(4, 2) corners in order."""
        return self.centre + (_UNIT_CORNERS * self.size) @ self.axes


def smallest_rectangle(points: np.ndarray) -> Rectangle:
    """Rectangle of the smallest area around points (N, 2), N >= 1, to about 0.1 degrees."""
    spans, _ = _spans(points[:: max(1, len(points) // 300)], _DIRECTIONS)
    best = int(np.argmin(spans[0] * spans[1]))
    fine = _ANGLES[best] + np.deg2rad(np.arange(-3.0, 3.01, 0.3))
    directions = np.stack([np.cos(fine), np.sin(fine), -np.sin(fine), np.cos(fine)])
    spans, _ = _spans(points, directions)
    best = int(np.argmin(spans[0] * spans[1]))
    return rectangle_along(points, directions[:2, best])


def fitted_rectangle(points: np.ndarray, sigma_m: float) -> Rectangle:
    """Rectangle around what is seen of an upright object from the origin: points (2, N), N >= 1.

    From above the whole top is seen and the smallest rectangle is right. Over a corner only two
    faces are seen, an L: a rectangle along its hypotenuse is no larger than the right one, so that
    closeness of the points to the two near sides counts as well (Zhang et al., "Efficient L-shape
    fitting for vehicle detection using laser scanners", IV 2017). Where noise blurs the faces, or
    the load lies inside of its deck, few points are close to a side in any direction; but seen from
    above the points of upright faces heap up in lines, so that histograms along and across are
    sharp in their direction and nowhere else (as in `paint_stripes`).

    Args:
        sigma_m: one sigma of a point along its ray, metres.
    """
    # Contiguous, or the product takes five times as long.
    some = np.ascontiguousarray(points[:, :: max(1, points.shape[1] // 130)])
    angle = float(_ANGLES[_costs(some, _FAN, sigma_m).argmin()])
    cos, sin = math.cos(angle), math.sin(angle)
    fine = _FINE_FAN @ np.array([[cos, sin], [-sin, cos]], dtype=np.float32)
    x, y = fine[int(_costs(some, fine, sigma_m).argmin())].tolist()
    along = np.array([[x, y], [-y, x]], dtype=points.dtype) @ points
    low, high = along.min(axis=1).astype(np.float64), along.max(axis=1).astype(np.float64)
    axes = np.array([[x, y], [-y, x]])
    return Rectangle((low + high) / 2.0 @ axes, axes, high - low)


_NEAR_SIDE_M = 0.12
_AREA_WEIGHT = 0.6
# Where histograms help: without noise closeness alone is right more often, and noise thicker than
# a bin leaves no heaps.
_HEAPS_FROM_M, _HEAPS_TO_M = 0.003, 0.03
_SHARPNESS_WEIGHT = 1.0
_BIN_M = 0.04  # with its neighbour as wide as an upright face with its noise is thick
_MOST_BINS = 200


def _fan(angles: np.ndarray) -> np.ndarray:
    """Unit vectors (2 A, 2) at angles (A,), then those square on them."""
    cos, sin = np.cos(angles), np.sin(angles)
    fan = np.concatenate([np.stack([cos, sin], axis=1), np.stack([-sin, cos], axis=1)])
    return fan.astype(np.float32)


_FAN = _fan(_ANGLES)
_FINE_FAN = _fan(np.deg2rad(np.arange(-2.5, 2.51, 0.5)))


def _costs(points: np.ndarray, fan: np.ndarray, sigma_m: float) -> np.ndarray:
    """Cost (A,) of each direction of a fan (2 A, 2): points (2, N) off the near sides.

    And the rectangle's area, and scattered points.
    """
    count = len(fan) // 2
    along = fan @ points
    low, high = along.min(axis=1), along.max(axis=1)
    spans = high - low
    heaped = _HEAPS_FROM_M < sigma_m <= _HEAPS_TO_M
    sharpness = _sharpness(along - low[:, None], float(spans.max())) if heaped else None
    # The side that faces the origin is the one at the coordinate that is smaller in amount.
    along -= np.where(np.abs(low) <= np.abs(high), low, high)[:, None]
    off = np.abs(along, out=along)
    cap = _NEAR_SIDE_M + sigma_m
    nearest = np.minimum(off[:count], off[count:])
    np.minimum(nearest, cap, out=nearest)
    area = spans[:count] * spans[count:]
    # The sum over points as a product, which is quicker than a mean along an axis.
    far = nearest @ np.full(points.shape[1], 1.0 / (cap * points.shape[1]), dtype=points.dtype)
    costs: np.ndarray = far + area * (_AREA_WEIGHT / max(float(area.min()), 1e-9))
    if sharpness is not None:
        costs -= sharpness * (_SHARPNESS_WEIGHT / float(sharpness.max()))
    return costs


def _sharpness(along: np.ndarray, longest_m: float) -> np.ndarray:
    """How much points heap up (A,) along both directions of each pair.

    Args:
        along: (2 A, N) from the first point on, metres.
    """
    bin_m = max(_BIN_M, longest_m / _MOST_BINS)
    bins = int(longest_m / bin_m) + 2
    places = (along * (1.0 / bin_m)).astype(np.intp)
    places += np.arange(0, len(along) * bins, bins)[:, None]
    heaps = np.bincount(places.ravel(), minlength=len(along) * bins).reshape(len(along), bins)
    # A face may lie across the border of two bins.
    pairs = (heaps[:, 1:] + heaps[:, :-1]).astype(np.float32)
    squares = np.einsum('ab,ab->a', pairs, pairs)
    count = len(along) // 2
    sharpness: np.ndarray = squares[:count] + squares[count:]
    return sharpness


def rectangle_along(points: np.ndarray, direction: np.ndarray) -> Rectangle:
    """Rectangle around points (N, 2) with one side along a unit vector (2,)."""
    axes = np.array([direction, [-direction[1], direction[0]]])
    along = points @ axes.T
    low, high = along.min(axis=0), along.max(axis=0)
    return Rectangle((low + high) / 2.0 @ axes, axes, high - low)


def _spans(points: np.ndarray, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Extents (2, A) of points (N, 2) along pairs of directions (4, A)."""
    first = points @ directions[:2]
    second = points @ directions[2:]
    lows = np.stack([first.min(axis=0), second.min(axis=0)])
    return np.stack([first.max(axis=0), second.max(axis=0)]) - lows, lows
