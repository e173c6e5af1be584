# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Masks tinted and outlined in place, touching only the pixels of the region's own box."""

from __future__ import annotations

import math

import numpy as np

from smolrgpt_ros.drawing.palette import Colour

Window = tuple[int, int, int, int]


def window_of(box_px: tuple[float, float, float, float], size_px: tuple[int, int]) -> Window:
    """Whole pixels (x0, y0, x1, y1) that a box covers, inside a picture of (width, height)."""
    width, height = size_px
    x0, x1 = (min(max(value, 0), width) for value in (math.floor(box_px[0]), math.ceil(box_px[2])))
    y0, y1 = (min(max(value, 0), height) for value in (math.floor(box_px[1]), math.ceil(box_px[3])))
    return x0, y0, x1, y1


def tint(
    canvas: np.ndarray, window: Window, colour: Colour, strength: float, mask: np.ndarray | None
) -> None:
    """Mix a colour into a window of an RGB picture (H, W, 3), only where `mask` (H, W) is true."""
    x0, y0, x1, y1 = window
    view = canvas[y0:y1, x0:x1]
    share = round(256 * strength)
    levels = np.arange(256) * (256 - share)
    inside = True if mask is None else mask[y0:y1, x0:x1]
    for channel, value in enumerate(colour):
        # A table of all 256 levels is several times faster than arithmetic on every pixel.
        table = ((levels + value * share) >> 8).astype(np.uint8)
        np.copyto(view[..., channel], table[view[..., channel]], where=inside)


def outline_mask(
    canvas: np.ndarray, window: Window, colour: Colour, width_px: int, mask: np.ndarray
) -> None:
    """Draw the inner edge of a mask (H, W) in a window of an RGB uint8 picture (H, W, 3)."""
    x0, y0, x1, y1 = window
    inside = mask[y0:y1, x0:x1]
    canvas[y0:y1, x0:x1][inside & ~eroded(inside, width_px)] = colour


def eroded(mask: np.ndarray, radius_px: int) -> np.ndarray:
    """A mask (H, W) without its pixels within `radius_px` rows or columns of the outside."""
    # Rows, then columns: the cost grows with the square's side, not with its area.
    kept = np.pad(mask, radius_px)
    for axis in (0, 1):
        shifted = kept
        for step in range(1, radius_px + 1):
            shifted = shifted & np.roll(kept, step, axis) & np.roll(kept, -step, axis)
        kept = shifted
    return kept[radius_px : -radius_px or None, radius_px : -radius_px or None]
