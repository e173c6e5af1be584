# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Masks as a segmenting or a plain detector gives them."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image
from scipy import ndimage

from smolrgpt_ros.scene.resampling import BICUBIC
from smolrgpt_ros.warehouse.noise import SensorNoise
from smolrgpt_ros.warehouse.render import Frame

_BLUR_PX = 1.0
# The border's course changes about every so many pixels.
_STEP_PX = 5
_PAD_PX = 3


def instance_mask(
    frame: Frame, index: int, rng: np.random.Generator, noise: SensorNoise | None
) -> np.ndarray:
    """Bool (H, W): what is seen of a thing, with a wandering border where there is noise."""
    mask = frame.mask(index)
    if noise is None:
        return mask
    return wandering(mask, frame.box_px(index), noise.border_px * frame.camera.width / 640.0, rng)


def wandering(
    mask: np.ndarray,
    box_px: tuple[float, float, float, float],
    border_px: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Let the border of a mask (bounds `box_px`) wander; never empty.

    A blurred border rises by ``1 / (sqrt(2 pi) sigma)`` a pixel, so that another threshold moves
    it: close to `warehouse.noise.noisy_mask`, at a tenth of the time.
    """
    x0, y0, x1, y1 = (int(value) for value in box_px)
    left, top = max(x0 - _PAD_PX, 0), max(y0 - _PAD_PX, 0)
    window = np.s_[top : y1 + _PAD_PX, left : x1 + _PAD_PX]
    part = mask[window]
    blurred = ndimage.gaussian_filter(part.astype(np.float32), _BLUR_PX, mode='nearest', truncate=2)
    height, width = part.shape
    coarse = rng.standard_normal((height // _STEP_PX + 2, width // _STEP_PX + 2), np.float32)
    course = np.asarray(Image.fromarray(coarse).resize((width, height), BICUBIC))
    rise = border_px / (_BLUR_PX * math.sqrt(2.0 * math.pi))
    moved = blurred > 0.5 + np.clip(course * np.float32(rise), -0.45, 0.45)
    noisy = np.zeros_like(mask)
    noisy[window] = moved if moved.any() else part
    return noisy
