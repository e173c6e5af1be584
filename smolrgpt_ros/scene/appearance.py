# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What boxes look like: small histograms of their colours, cheap to take and to compare."""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.scene.region import Region

LEVELS = 4
"""Steps of each of red, green and blue; a histogram has LEVELS ** 3 entries."""

SIDE = 12
"""Pixels looked at along each side of a box."""

_CUT = 0.15  # share of a box left out at each side: there is more background than object
_WEIGHTS = np.array([LEVELS**2, LEVELS, 1])


def appearance(colour: np.ndarray, region: Region) -> np.ndarray:
    """(LEVELS ** 3,) roots of colour shares in the middle of a region's box, unit length.

    Args:
        colour: RGB uint8 (H, W, 3).
    """
    vector: np.ndarray = appearances(colour, np.array([region.box_px]))[0]
    return vector


def appearances(colour: np.ndarray, boxes_px: np.ndarray) -> np.ndarray:
    """(N, LEVELS ** 3) as `appearance`, of boxes (N, 4)."""
    rows, columns = sampled_pixels(boxes_px, (colour.shape[0], colour.shape[1]))
    steps = colour[rows, columns] // np.uint8(256 // LEVELS)  # (N, SIDE, SIDE, 3)
    count, bins = len(boxes_px), LEVELS**3
    codes = (steps @ _WEIGHTS).reshape(count, -1) + bins * np.arange(count)[:, None]
    shares = np.bincount(codes.ravel(), minlength=count * bins) / SIDE**2
    return np.sqrt(shares).reshape(count, bins)


def sampled_pixels(boxes_px: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Rows (N, SIDE, 1) and columns (N, 1, SIDE) between the sides of boxes (N, 4), off them.

    Args:
        shape: height and width of the picture.
    """
    rows = _sampled(boxes_px[:, 1], boxes_px[:, 3], shape[0])
    columns = _sampled(boxes_px[:, 0], boxes_px[:, 2], shape[1])
    return rows[:, :, None], columns[:, None, :]


_STEPS = np.linspace(_CUT, 1.0 - _CUT, SIDE)


def _sampled(low: np.ndarray, high: np.ndarray, size: int) -> np.ndarray:
    """(N, SIDE) pixels."""
    places = low[:, None] + (high - low)[:, None] * _STEPS
    return np.clip(places, 0, size - 1).astype(np.intp)
