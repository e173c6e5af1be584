# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The depth samples of one region: a strided window of the picture as points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.region import Region

# A mask's border is known to the pixel, which more samples make use of.
_SAMPLES_OF_MASK = 1200
_SAMPLES_OF_BOX = 1000


@dataclass(frozen=True, eq=False)
class Samples:
    """A strided window around a region, (R, C) samples.

    Attributes:
        x: rays' x/z, float32, (1, C), or (R, C) where the lens bends them.
        y: rays' y/z, float32, (R, 1) or (R, C) likewise.
        z: (R, C) metres, NaN where nothing was measured.
        inside: (R, C) bool, samples of the mask, or of the box where there is no mask.
        window_px: (x0, y0, x1, y1), the first sample at x0, y0.
        stride: pixels from sample to sample.
        box: (first row, first column, end row, end column) of the samples in the region's box.
    """

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    inside: np.ndarray
    window_px: tuple[int, int, int, int]
    stride: int
    box: tuple[int, int, int, int]

    @cached_property
    def rows(self) -> np.ndarray:
        """(R,) pixel rows of the samples."""
        return np.arange(self.window_px[1], self.window_px[3], self.stride)

    @cached_property
    def columns(self) -> np.ndarray:
        """(C,) pixel columns of the samples."""
        return np.arange(self.window_px[0], self.window_px[2], self.stride)

    @cached_property
    def directions(self) -> np.ndarray:
        """(R, C, 3) rays with z = 1."""
        directions = np.empty((*self.z.shape, 3))
        directions[..., 0], directions[..., 1], directions[..., 2] = self.x, self.y, 1.0
        return directions


def region_samples(
    region: Region, depth: DepthImage, camera: Camera, margin: float = 0.0
) -> Samples:
    """Samples of a region's box, at most about 1000.

    With a margin as a share of the box's sides.
    """
    height, width = depth.shape
    x0, y0, x1, y1 = region.window_px()
    most = _SAMPLES_OF_BOX if region.mask is None else _SAMPLES_OF_MASK
    stride = max(1, math.ceil(math.sqrt((x1 - x0) * (y1 - y0) / most)))
    grow_x, grow_y = int((x1 - x0) * margin), int((y1 - y0) * margin)
    left, top = max(0, x0 - grow_x + stride // 2), max(0, y0 - grow_y + stride // 2)
    right, bottom = min(width, x1 + grow_x), min(height, y1 + grow_y)
    window = left, top, right, bottom
    z = depth.crop_m(window, stride)
    box = (
        max(0, -((top - y0) // stride)), max(0, -((left - x0) // stride)),
        min(z.shape[0], -((top - y1) // stride)), min(z.shape[1], -((left - x1) // stride)),
    )  # fmt: skip
    if region.mask is not None:
        inside = region.mask[top:bottom:stride, left:right:stride]
    else:
        inside = np.zeros(z.shape, dtype=bool)
        inside[box[0] : box[2], box[1] : box[3]] = True
    x, y = _rays(camera, window, stride)
    return Samples(x, y, z, inside, window, stride, box)


def _rays(
    camera: Camera, window_px: tuple[int, int, int, int], stride: int
) -> tuple[np.ndarray, np.ndarray]:
    """`Camera.rays` in single precision."""
    if camera.is_distorted:
        x, y = camera.rays(window_px, stride)
        return x.astype(np.float32), y.astype(np.float32)
    x, y = _straight_rays(camera)
    x0, y0, x1, y1 = window_px
    return x[:, x0:x1:stride], y[y0:y1:stride]


@lru_cache(maxsize=8)
def _straight_rays(camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Rays x/z (1, W) of all columns and y/z (H, 1) of all rows."""
    x, y = camera.rays((0, 0, camera.width, camera.height))
    return x.astype(np.float32), y.astype(np.float32)


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
