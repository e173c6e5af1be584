# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The depth samples of one region: a strided window of the picture as points."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.region import Region

_SAMPLES = 1200


@dataclass(frozen=True, eq=False)
class Samples:
    """A strided window around a region, (R, C) samples.

    Attributes:
        directions: (R, C, 3) rays with z = 1.
        z: (R, C) metres, NaN where nothing was measured.
        inside: (R, C) bool, samples of the mask, or of the box where there is no mask.
        rows, columns: (R,), (C,) their pixels.
        stride: pixels from sample to sample.
    """

    directions: np.ndarray
    z: np.ndarray
    inside: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    stride: int

    def points(self, chosen: np.ndarray) -> np.ndarray:
        """Points (N, 3) of the chosen samples (R, C), camera frame."""
        return self.directions[chosen] * self.z[chosen][:, None]


def region_samples(
    region: Region, depth: DepthImage, camera: Camera, margin: float = 0.0
) -> Samples:
    """Samples of a region's box, at most about 1200.

    With a margin as a share of the box's sides.
    """
    height, width = depth.shape
    x0, y0, x1, y1 = region.window_px()
    stride = max(1, math.ceil(math.sqrt((x1 - x0) * (y1 - y0) / _SAMPLES)))
    grow_x, grow_y = int((x1 - x0) * margin), int((y1 - y0) * margin)
    window = (
        max(0, x0 - grow_x + stride // 2), max(0, y0 - grow_y + stride // 2),
        min(width, x1 + grow_x), min(height, y1 + grow_y),
    )  # fmt: skip
    z = depth.crop_m(window, stride)
    rows = np.arange(window[1], window[3], stride)
    columns = np.arange(window[0], window[2], stride)
    if region.mask is not None:
        inside = region.mask[window[1] : window[3] : stride, window[0] : window[2] : stride]
    else:
        inside = ((rows >= y0) & (rows < y1))[:, None] & ((columns >= x0) & (columns < x1))[None, :]
    x, y = camera.rays(window, stride)
    directions = np.empty((*z.shape, 3))
    directions[..., 0], directions[..., 1], directions[..., 2] = x, y, 1.0
    return Samples(directions, z, inside, rows, columns, stride)


def eroded(mask: np.ndarray, samples: Samples, by_px: int = 1) -> np.ndarray:
    """Samples (R, C) of a mask (H, W) that keep a distance to its border.

    Where depth mixes two surfaces.
    """
    height, width = mask.shape
    top, left = int(samples.rows[0]), int(samples.columns[0])
    bottom, right = int(samples.rows[-1]) + 1, int(samples.columns[-1]) + 1
    inner = samples.inside.copy()
    for down, along in ((-by_px, 0), (by_px, 0), (0, -by_px), (0, by_px)):
        if (
            top + down >= 0
            and bottom + down <= height
            and left + along >= 0
            and right + along <= width
        ):
            rows, columns = slice(top + down, bottom + down), slice(left + along, right + along)
            inner &= mask[rows, columns][:: samples.stride, :: samples.stride]
        # Towards the picture's border the mask does not end, the picture does.
    return inner
