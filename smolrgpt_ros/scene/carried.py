# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whether what is seen of an object ends above the floor because it is carried.

Or because something hides its foot.
"""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.overhead import Overhead
from smolrgpt_ros.scene.robust import quantile
from smolrgpt_ros.scene.samples import Samples

# Lower than this nothing is carried: beds and forks of vehicles are higher.
_LEAST_LIFT_M = 0.12
_LOOK_BELOW_PX = 4
_NEARER_M = 0.2


def bottom_height(
    seen: Overhead, samples: Samples, places: np.ndarray, depth: DepthImage, sigma_m: float
) -> float:
    """Height of the object's underside above the floor.

    Metres: 0 where it stands on it or its foot is hidden.

    Args:
        seen: the object's samples (N,).
        places: (N,) their places in the flat window.
        sigma_m: one sigma of depth at the object.
    """
    lowest = quantile(seen.heights, 0.02)
    if lowest < _LEAST_LIFT_M + sigma_m:
        return 0.0
    own = np.zeros(samples.z.shape, dtype=bool)
    own.ravel()[places] = True
    columns = np.flatnonzero(own.any(axis=0))
    rows = own.shape[0] - 1 - np.argmax(own[::-1, columns], axis=0)
    below = samples.rows[rows] + samples.stride + _LOOK_BELOW_PX
    inside = below < depth.shape[0]
    if not inside.any():
        return 0.0
    z = (
        depth.raw[below[inside], samples.columns[columns[inside]]].astype(float)
        * depth.metres_per_unit
    )
    known = (z > 0.0) & np.isfinite(z)
    if not known.any():
        return 0.0
    own_z = samples.z[rows[inside], columns[inside]]
    nearer = z[known] < own_z[known] - _NEARER_M - 2.0 * sigma_m
    return 0.0 if np.mean(nearer) > 0.4 else lowest
