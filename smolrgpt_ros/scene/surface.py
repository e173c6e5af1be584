# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The surfaces within a window of depth: which neighbouring samples belong together.

And their noise smoothed away.

Inverse depth is linear over a plane, so that averaging a sample with an opposite pair of
neighbours of the same
surface keeps planes as they are while noise shrinks; across depth edges nothing is averaged
(anisotropic diffusion, Perona and Malik, 1990, on inverse depth).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import label

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


def surface_of(z: np.ndarray, usable: np.ndarray, noise_per_m: float) -> Surface:
    """Surface of depths (R, C), metres, NaN unknown.

    Samples that are not usable are tied to nothing.
    """
    with np.errstate(invalid='ignore'):
        inverse_z = np.where(usable, 1.0 / z, np.nan)
        right = _tied(inverse_z[:, :-1], inverse_z[:, 1:], noise_per_m)
        below = _tied(inverse_z[:-1], inverse_z[1:], noise_per_m)
    if noise_per_m < _QUIET_PER_M:
        return Surface(inverse_z, right, below, noise_per_m)
    smooth = _smoothed(inverse_z, right, below)
    left_over = _NOISE_LEFT * noise_per_m
    with np.errstate(invalid='ignore'):
        # With less noise, surfaces that lie closer together can be told apart.
        right &= _tied(smooth[:, :-1], smooth[:, 1:], left_over)
        below &= _tied(smooth[:-1], smooth[1:], left_over)
    return Surface(smooth, right, below, left_over)


def _tied(first: np.ndarray, second: np.ndarray, noise_per_m: float) -> np.ndarray:
    return np.abs(first - second) < 4.5 * noise_per_m + _EDGE_SHARE * np.minimum(first, second)


def _smoothed(inverse_z: np.ndarray, right: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Diffusion between opposite pairs of neighbours that are both tied to the sample."""
    smooth = np.where(np.isnan(inverse_z), 0.0, inverse_z)
    across = 0.25 * (right[:, :-1] & right[:, 1:])
    down = 0.25 * (below[:-1] & below[1:])
    for _ in range(_SMOOTHING_STEPS):
        doubled = 2.0 * smooth
        bend_across = across * (smooth[:, :-2] + smooth[:, 2:] - doubled[:, 1:-1])
        bend_down = down * (smooth[:-2] + smooth[2:] - doubled[1:-1])
        smooth[:, 1:-1] += bend_across
        smooth[1:-1] += bend_down
    smooth[np.isnan(inverse_z)] = np.nan
    return smooth


def components(surface: Surface, chosen: np.ndarray) -> tuple[np.ndarray, int]:
    """Connected parts of the chosen samples (R, C): their numbers from 1, 0 elsewhere.

    And how many.
    """
    rows, columns = chosen.shape
    # Samples sit at even places of a finer grid, their ties between them.
    grid = np.zeros((2 * rows - 1, 2 * columns - 1), dtype=bool)
    grid[::2, ::2] = chosen
    grid[::2, 1::2] = surface.right & chosen[:, :-1] & chosen[:, 1:]
    grid[1::2, ::2] = surface.below & chosen[:-1] & chosen[1:]
    numbers, count = label(grid)
    return numbers[::2, ::2], count
