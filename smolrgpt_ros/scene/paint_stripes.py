# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Directions and extents of paint: the straight stripes around an area, as rectangles.

Stripes heap up in histograms along their own direction and nowhere else, so that the direction
comes out right although depth noise lets other things of strong colour, a pallet's deck, pass for
floor: the smallest rectangle around all of it would turn with them (Hough, "Method and means for
recognizing complex patterns", US 3069654, 1962, with the two directions tied together).
"""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.scene.rectangle import Rectangle, rectangle_along
from smolrgpt_ros.scene.robust import quantile

_COARSE = np.deg2rad(np.arange(0.0, 90.0, 3.0))
_FINE = np.deg2rad(np.arange(-3.0, 3.01, 0.5))
_BIN_M = 0.06  # with its neighbour as wide as stripes are painted, a little more
_MOST_BINS = 400
# A stripe shows in a bin, next to the fullest one: pallets hide much of it.
_STRIPE_SHARE = 0.25
_RIM_SHARE = 0.04  # of a stripe's points may lie outside of it: noise
_LEAST_SIDE_M = 0.2


def striped_rectangles(points: np.ndarray, weights: np.ndarray) -> list[Rectangle]:
    """Rectangles along the stripes that points lie on: around all of them, and between stripes.

    The second one leaves out what lies scattered beyond the outermost stripes; it is missing where
    the stripes do not lie apart.

    Args:
        points: painted places (N, 2) on the floor, N >= 1, metres.
        weights: (N,) the floor that each stands for, so that far stripes count as near ones do.
    """
    angle = _sharpest(points, weights, _COARSE)
    angle = _sharpest(points, weights, angle + _FINE)
    around = rectangle_along(points, np.array([np.cos(angle), np.sin(angle)]))
    along = points @ around.axes.T
    low, high = np.transpose([_outer_stripes(along[:, axis], weights) for axis in (0, 1)])
    if (high - low < _LEAST_SIDE_M).any():
        return [around]
    return [around, Rectangle((low + high) / 2.0 @ around.axes, around.axes, high - low)]


def _sharpest(points: np.ndarray, weights: np.ndarray, angles: np.ndarray) -> float:
    """That of the angles (A,) along and across which the points heap up most."""
    cos, sin = np.cos(angles), np.sin(angles)
    along = points @ np.stack([np.append(cos, -sin), np.append(sin, cos)])  # (N, 2 A)
    along -= along.min(axis=0)
    places = (along / max(_BIN_M, float(along.max()) / _MOST_BINS)).astype(np.intp)
    count, bins = 2 * len(angles), int(places.max()) + 1
    places += np.arange(count) * bins
    heaps = np.bincount(places.ravel(), np.repeat(weights, count), count * bins)
    heaps = heaps.reshape(count, bins)
    # A stripe may lie across the border of two bins.
    heaps[:, 1:] += heaps[:, :-1].copy()
    sharpness = np.einsum('ab,ab->a', heaps, heaps)
    return float(angles[int(np.argmax(sharpness[: len(angles)] + sharpness[len(angles) :]))])


def _outer_stripes(along: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Outer rims of the first and the last stripe across a direction; coordinates (N,)."""
    start_m = float(along.min())
    bin_m = max(_BIN_M, (float(along.max()) - start_m) / _MOST_BINS)
    places = ((along - start_m) / bin_m).astype(np.intp)
    heaps = np.bincount(places, weights)
    heaps[1:] += heaps[:-1].copy()
    stripes = np.flatnonzero(heaps >= _STRIPE_SHARE * heaps.max())
    # A heap holds its bin and the one before.
    first, last = (along[(places == at) | (places == at - 1)] for at in (stripes[0], stripes[-1]))
    return quantile(first, _RIM_SHARE), quantile(last, 1.0 - _RIM_SHARE)
