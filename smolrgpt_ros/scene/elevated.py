# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Objects that do not stand on the floor: on a table, on a shelf, in a hand.

Or where no floor is seen.
"""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.scene.measured import Measured
from smolrgpt_ros.scene.robust import quantile, quantiles
from smolrgpt_ros.scene.samples import Samples

_LIFTED_M = 0.25
_SUPPORT_BAND_M = 0.02
# The camera's own axes as a box's, the third up (the image's y axis points down).
_UPRIGHT = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


def is_lifted(heights: np.ndarray) -> bool:
    """Whether the lowest of the object's samples, by their heights (N,), lie well above."""
    return quantile(heights, 0.03) > _LIFTED_M


def without_support(heights: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The object's samples (R, C) without those of what it stands on.

    All, where it is as flat as that.

    The lowest rows of a detection's box show the table in front of the object, or its lower edge.

    Args:
        heights: (R, C) above the floor, metres.
        own: (R, C) bool.
    """
    heights = np.where(own, heights, np.nan)
    rows = np.flatnonzero(own.any(axis=1))
    lowest = heights[rows[-max(2, len(rows) // 12) :]]
    level = float(np.median(lowest[np.isfinite(lowest)]))
    with np.errstate(invalid='ignore'):
        rising = own & (heights > level + _SUPPORT_BAND_M)
    return rising if np.count_nonzero(rising) > 0.25 * np.count_nonzero(own) else own


def free_standing(
    points: np.ndarray, samples: Samples, own: np.ndarray, noise_per_m: float
) -> Measured:
    """The middle of what is seen: of the box's rays, at the depth of the samples around it.

    Args:
        points: (N, 3) the object's samples in the camera frame, metres.
        own: (R, C) bool, which samples of the window they are.
        noise_per_m: one sigma of inverse depth, 1/m.
    """
    z = samples.z[own]
    rows, columns = np.nonzero(own)
    aside = (rows / max(own.shape[0] - 1, 1) - 0.5) ** 2 + (
        columns / max(own.shape[1] - 1, 1) - 0.5
    ) ** 2
    central = z[aside <= np.partition(aside, len(aside) // 2)[len(aside) // 2]]
    depth_m = quantile(central, 0.5)
    near = np.abs(z - depth_m) < max(0.3, 0.15 * depth_m)
    seen = points[own][near]
    bounds = np.array([quantiles(seen[:, axis], (0.02, 0.98)) for axis in range(3)])
    # Mixed pixels at its outline spoil the bounds of the points, not those of the region in the
    # picture.
    rows, columns = (
        np.flatnonzero(samples.inside.any(axis=1)),
        np.flatnonzero(samples.inside.any(axis=0)),
    )
    centre = (
        depth_m * samples.directions[(rows[0] + rows[-1]) // 2, (columns[0] + columns[-1]) // 2]
    )
    size = bounds[:, 1] - bounds[:, 0]
    # Its back is hidden: an object is about as deep as it is wide, so that its middle may lie up
    # to half of that behind.
    stddev = np.array(
        [0.05 * size[0] + 0.01, 0.05 * size[1] + 0.01, 0.15 * min(size[0], size[1]) + 0.01]
    )
    stddev[2] = float(np.hypot(stddev[2], noise_per_m * depth_m**2))
    return Measured(centre, size[[0, 2, 1]], _UPRIGHT, stddev, None, False, int(near.sum()))
