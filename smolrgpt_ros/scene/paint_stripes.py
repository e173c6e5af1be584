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
_LEAST_SIDE_M = 0.8
# Stripes closer than this are one; how many are looked at, in each direction.
_APART_M, _MOST_STRIPES = 0.25, 4


def striped_rectangles(points: np.ndarray, weights: np.ndarray) -> list[Rectangle]:
    """Rectangles along the stripes that points lie on: around all of them, and between stripes.

    The second, between the outermost ones, leaves out what lies scattered beyond; those after it,
    between other pairs, leave out stripes of the next area. They are missing where no stripes lie
    apart.

    Args:
        points: painted places (N, 2) on the floor, N >= 1, metres.
        weights: (N,) the floor that each stands for, so that far stripes count as near ones do.
    """
    angle = _sharpest(points, weights, _COARSE)
    angle = _sharpest(points, weights, angle + _FINE)
    around = rectangle_along(points, np.array([np.cos(angle), np.sin(angle)]))
    along = points @ around.axes.T
    spans = [_between_stripes(along[:, axis], weights) for axis in (0, 1)]
    found = [around]
    for first in spans[0]:
        for second in spans[1]:
            low, high = np.transpose([first, second])
            found.append(Rectangle((low + high) / 2.0 @ around.axes, around.axes, high - low))
    return found


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


def _between_stripes(along: np.ndarray, weights: np.ndarray) -> list[tuple[float, float]]:
    """Outer rims of two stripes across a direction, for each pair that lies apart.

    Of the strongest stripes, the outermost ones, and the ends of all paint; coordinates (N,).
    """
    start_m = float(along.min())
    bin_m = max(_BIN_M, (float(along.max()) - start_m) / _MOST_BINS)
    places = ((along - start_m) / bin_m).astype(np.intp)
    heaps = np.bincount(places, weights)
    heaps[1:] += heaps[:-1].copy()
    strong = np.flatnonzero(heaps >= _STRIPE_SHARE * heaps.max())
    stripes: list[int] = []
    for at in (strong[0], strong[-1], *strong[np.argsort(-heaps[strong])]):
        if all(abs(int(at) - other) * bin_m > _APART_M for other in stripes):
            stripes.append(int(at))
        if len(stripes) == _MOST_STRIPES:
            break
    rims = []
    for at in sorted(stripes):
        # A heap holds its bin and the one before.
        stripe = along[(places == at) | (places == at - 1)]
        rims.append((quantile(stripe, _RIM_SHARE), quantile(stripe, 1.0 - _RIM_SHARE)))
    ends = start_m, float(along.max())
    lows = [low for low, _ in rims] + ([ends[0]] if rims[0][0] - ends[0] > _APART_M else [])
    highs = [high for _, high in rims] + ([ends[1]] if ends[1] - rims[-1][1] > _APART_M else [])
    outermost = rims[0][0], rims[-1][1]
    pairs = [(low, high) for low in lows for high in highs if high - low > _LEAST_SIDE_M]
    return sorted(pairs, key=lambda pair: pair != outermost)
