# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How well rectangles on the floor explain the paint that a picture shows."""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.measured import Floor

# Samples along each side of a supposed rectangle, and how far inside of it paint is looked for, as
# shares of its half.
_ALONG = np.linspace(-0.94, 0.94, 20)
_INSETS_M = (0.03, 0.07, 0.25)
# More contrast says no more. Wood has about half of it, and must not be taken for paint.
_FULL_CONTRAST = 120.0


def paint_under_sides(
    angles: np.ndarray,
    centres: np.ndarray,
    sizes: np.ndarray,
    colour: np.ndarray,
    camera: Camera,
    floor: Floor,
) -> np.ndarray:
    """How saturated the picture is along the sides of each rectangle (A,).

    More than just inside of it.
    """
    half = sizes / 2.0
    sides = [_sides(np.maximum(half - inset_m, 0.1 * half)) for inset_m in _INSETS_M]
    cos, sin = np.cos(angles), np.sin(angles)
    levels = []
    for local in sides:
        turned = np.stack(
            [
                local[..., 0] * cos[:, None] - local[..., 1] * sin[:, None],
                local[..., 0] * sin[:, None] + local[..., 1] * cos[:, None],
            ],
            axis=-1,
        )
        with np.errstate(invalid='ignore'):
            pixels = camera.project(floor.points(turned + centres[:, None]))
        levels.append(_saturation_at(pixels, colour))
    contrast = np.minimum(np.fmax(levels[0], levels[1]) - levels[2], _FULL_CONTRAST)
    # Sides outside of the picture say nothing; few visible ones say little.
    visible = np.isfinite(contrast)
    contrast = np.where(visible, contrast, 0.0).sum(axis=1) / np.maximum(
        visible.sum(axis=1), 0.5 * visible.shape[1]
    )
    # Areas that things are put down in are no stripes: what is thinner was turned wrongly.
    thin = np.minimum(sizes.min(axis=1) / np.minimum(0.3 * sizes.max(axis=1), 1.0), 1.0)
    return contrast * thin + 5.0 * thin


def _sides(half: np.ndarray) -> np.ndarray:
    """Points (A, 4 * 20, 2) along the sides of rectangles of half sizes (A, 2) about the origin."""
    a, b = half[:, :1], half[:, 1:]
    along_a, along_b = a * _ALONG, b * _ALONG
    ones = np.ones_like(_ALONG)
    x = np.concatenate([along_a, along_a, -a * ones, a * ones], axis=1)
    y = np.concatenate([-b * ones, b * ones, along_b, along_b], axis=1)
    return np.stack([x, y], axis=-1)


def _saturation_at(pixels: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """Greatest less smallest channel at pixels (..., 2), NaN outside of the picture."""
    height, width = colour.shape[:2]
    inside = (
        (pixels[..., 0] >= 0)
        & (pixels[..., 0] <= width - 1)
        & (pixels[..., 1] >= 0)
        & (pixels[..., 1] <= height - 1)
    )
    x = np.where(inside, pixels[..., 0], 0.0).round().astype(np.intp)
    y = np.where(inside, pixels[..., 1], 0.0).round().astype(np.intp)
    return np.where(inside, saturation(colour[y, x]), np.nan)


def saturation(colour: np.ndarray) -> np.ndarray:
    """Greatest less smallest channel (...), int16, of colours (..., 3), uint8."""
    # Channel by channel: reducing an axis of three takes numpy several times as long.
    red, green, blue = (colour[..., channel] for channel in range(3))
    greatest = np.maximum(np.maximum(red, green), blue).astype(np.int16)
    levels: np.ndarray = greatest - np.minimum(np.minimum(red, green), blue)
    return levels
