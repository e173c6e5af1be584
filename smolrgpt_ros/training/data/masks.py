# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Masks as a segmenting or a plain detector gives them."""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.warehouse.noise import SensorNoise, noisy_mask
from smolrgpt_ros.warehouse.render import Frame


def instance_mask(
    frame: Frame, index: int, rng: np.random.Generator, noise: SensorNoise | None
) -> np.ndarray:
    """Bool (H, W): what is seen of a thing, with a wandering border where there is noise."""
    mask = frame.mask(index)
    if noise is None:
        return mask
    return noisy_mask(mask, noise.border_px * frame.camera.width / 640.0, rng)


def box_mask(
    frame: Frame, index: int, rng: np.random.Generator, noise: SensorNoise | None
) -> np.ndarray:
    """Bool (H, W): the bounding box, filled; its sides a little off where there is noise."""
    box = np.array(frame.box_px(index))
    width, height = frame.camera.width, frame.camera.height
    if noise is not None:
        box += rng.normal(0.0, noise.box_px * width / 640.0, 4)
    x0, y0 = (int(np.clip(np.rint(v), 0, limit - 1)) for v, limit in zip(box, (width, height)))
    x1, y1 = (
        int(np.clip(np.rint(v), low + 1, limit))
        for v, low, limit in zip(box[2:], (x0, y0), (width, height))
    )
    mask = np.zeros((height, width), bool)
    mask[y0:y1, x0:x1] = True
    return mask
