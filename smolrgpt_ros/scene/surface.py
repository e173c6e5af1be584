# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The surfaces within a window of depth: which neighbouring samples belong together.

And their noise smoothed away.

Inverse depth is linear over a plane, so that averaging a sample with an opposite pair of neighbours
of the same surface keeps planes as they are while noise shrinks; across depth edges nothing is
averaged (anisotropic diffusion, Perona and Malik, 1990, on inverse depth).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_SMOOTHING_STEPS = 7
_QUIET_PER_M = 3e-4  # below this inverse depth noise (0.3 mm at 1 m) there is nothing to smooth
_NOISE_LEFT = 0.4  # of one sigma, after smoothing
_EDGE_SHARE = (
    0.03  # neighbours that differ by this share of their depth, and by more than noise, are an edge
)


@dataclass(frozen=True, eq=False)
class Surface:
    """Samples of a window with their ties.

    Attributes:
        inverse_z: (R, C) smoothed, 1/m, NaN where nothing was measured.
        right: (R, C - 1) bool, sample and its right neighbour are one surface.
        below: (R - 1, C) bool, likewise the neighbour below.
        noise_per_m: one sigma of inverse depth that smoothing leaves, 1/m.
    """

    inverse_z: np.ndarray
    right: np.ndarray
    below: np.ndarray
    noise_per_m: float


def surface_of(z: np.ndarray, usable: np.ndarray | None, noise_per_m: float) -> Surface:
    """Surface of depths (R, C), metres, NaN unknown.

    Samples that are not usable are tied to nothing; None: all that were measured are.
    """
    inverse_z = 1.0 / z
    if usable is not None:
        np.copyto(inverse_z, np.nan, where=~usable)
    right = _tied(inverse_z[:, :-1], inverse_z[:, 1:], noise_per_m)
    below = _tied(inverse_z[:-1], inverse_z[1:], noise_per_m)
    if noise_per_m < _QUIET_PER_M:
        return Surface(inverse_z, right, below, noise_per_m)
    smooth = _smoothed(inverse_z, right, below)
    left_over = _NOISE_LEFT * noise_per_m
    # With less noise, surfaces that lie closer together can be told apart.
    right &= _tied(smooth[:, :-1], smooth[:, 1:], left_over)
    below &= _tied(smooth[:-1], smooth[1:], left_over)
    return Surface(smooth, right, below, left_over)


def _tied(first: np.ndarray, second: np.ndarray, noise_per_m: float) -> np.ndarray:
    """Which samples are one surface with their neighbours; none with what was not measured."""
    apart = first - second
    np.abs(apart, out=apart)
    allowed = np.minimum(first, second)
    allowed *= _EDGE_SHARE
    allowed += 4.5 * noise_per_m
    return apart < allowed


def _smoothed(inverse_z: np.ndarray, right: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Diffusion between opposite pairs of neighbours that are both tied to the sample."""
    unknown = np.isnan(inverse_z)
    smooth = inverse_z.copy()
    smooth[unknown] = 0.0
    across = (right[:, :-1] & right[:, 1:]) * np.float32(0.25)
    down = (below[:-1] & below[1:]) * np.float32(0.25)
    left_ones, right_ones, between = smooth[:, :-2], smooth[:, 2:], smooth[:, 1:-1]
    upper_ones, lower_ones, amid = smooth[:-2], smooth[2:], smooth[1:-1]
    bend_across, bend_down = np.empty_like(between), np.empty_like(amid)
    doubled = np.empty_like(smooth)
    for _ in range(_SMOOTHING_STEPS):
        np.add(smooth, smooth, out=doubled)
        np.add(left_ones, right_ones, out=bend_across)
        bend_across -= doubled[:, 1:-1]
        bend_across *= across
        np.add(upper_ones, lower_ones, out=bend_down)
        bend_down -= doubled[1:-1]
        bend_down *= down
        between += bend_across
        amid += bend_down
    smooth[unknown] = np.nan
    return smooth
