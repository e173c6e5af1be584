# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How noisy a depth picture is, from the picture itself."""

from __future__ import annotations

import math

import numpy as np

from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.robust import quantile

_LEAST_SAMPLES = 20
# Of the median absolute second difference of white noise: 0.6745 sqrt(1 + 4 + 1) sigma.
_SIGMAS = 0.6745 * math.sqrt(6.0)


def inverse_depth_noise(depth: DepthImage) -> float:
    """One sigma of inverse depth, 1/m, the same over the whole picture for a stereo camera.

    Inverse depth is linear over a plane, so that second differences along a row vanish on planes
    and leave the noise: their median absolute value is 0.6745 * sqrt(6) sigma (Immerkaer, "Fast
    noise variance estimation", 1996, in one dimension). Object edges are few among the samples and
    do not move a median.
    """
    height, width = depth.shape
    apart = 3 if width > 64 else 1
    strides = max(1, width // 64), max(1, height // 12)
    left, middle, right = (
        1.0 / depth.crop_m((at, height // 24, width - 2 * apart + at, height), strides)
        for at in (0, apart, 2 * apart)
    )
    bends = np.abs(left + right - 2.0 * middle)
    bends = bends[np.isfinite(bends)]
    if len(bends) < _LEAST_SAMPLES:
        return 0.0
    return quantile(bends, 0.5) / _SIGMAS
