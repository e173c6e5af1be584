# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How noisy a depth picture is, from the picture itself."""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.scene.depth import DepthImage


def inverse_depth_noise(depth: DepthImage) -> float:
    """One sigma of inverse depth, 1/m, the same over the whole picture for a stereo camera.

    Inverse depth is linear over a plane, so that second differences along a row vanish on planes
    and leave the
    noise: their median absolute value is 0.6745 * sqrt(6) sigma (Immerkaer, "Fast noise variance
        estimation",
    1996, in one dimension). Object edges are few among the samples and do not move a median.
    """
    height, width = depth.shape
    rows = slice(height // 24, height, max(1, height // 12))
    step = max(1, width // 64)
    apart = 3 if width > 64 else 1
    columns = np.arange(0, width - 2 * apart, step)
    z = (
        depth.raw[rows][:, columns[:, None] + apart * np.arange(3)].astype(np.float64)
        * depth.metres_per_unit
    )
    valid = ((z > 0.0) & (z < np.inf)).all(axis=2)
    if np.count_nonzero(valid) < 20:
        return 0.0
    inverse = 1.0 / z[valid]
    return float(np.median(np.abs(inverse @ np.array([1.0, -2.0, 1.0]))) / (0.6745 * np.sqrt(6.0)))
