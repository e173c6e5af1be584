# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a box looks like: a small histogram of its colours, cheap to take and to compare."""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.scene.region import Region

LEVELS = 4
"""Steps of each of red, green and blue; a histogram has LEVELS ** 3 entries."""

SIDE = 12
"""Pixels looked at along each side of a box."""

_CUT = 0.15  # share of a box left out at each side: there is more background than object


def appearance(colour: np.ndarray, region: Region) -> np.ndarray:
    """(LEVELS ** 3,) roots of colour shares in the middle of a region's box, unit length.

    Args:
        colour: RGB uint8 (H, W, 3).
    """
    x0, y0, x1, y1 = region.box_px
    rows = sampled(y0, y1, colour.shape[0])
    columns = sampled(x0, x1, colour.shape[1])
    pixels = colour[rows[:, None], columns].reshape(-1, 3).astype(np.intp) * LEVELS // 256
    codes = (pixels[:, 0] * LEVELS + pixels[:, 1]) * LEVELS + pixels[:, 2]
    shares = np.bincount(codes, minlength=LEVELS**3) / len(codes)
    return np.sqrt(shares)


def sampled(low: float, high: float, size: int) -> np.ndarray:
    """(SIDE,) pixels between the sides of a box, away from them."""
    cut = _CUT * (high - low)
    return np.clip(np.linspace(low + cut, high - cut, SIDE), 0, size - 1).astype(np.intp)
