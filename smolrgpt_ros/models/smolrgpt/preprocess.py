# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures to what the vision encoder expects, in the conventions it was trained with."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from PIL import Image
from scipy.ndimage import distance_transform_edt
from torch import Tensor

#: limit of a point's coordinates, in scales
_FARTHEST = 4.0

#: `training`: nearest resize, [0, 1] (training and validation). `rgb`: as a colour picture, [-1, 1]
#: (the published script for the test set). `points`: not the dataset's 8 bits but the robot's
#: metric depth, as the point of each pixel in the camera's frame; our own checkpoints are trained
#: so, since neither metres nor the lens can be had back from 8 relative bits.
DepthConvention = Literal['training', 'rgb', 'points']

#: Directions (x/z, y/z) of a picture's pixels, each broadcastable to (H, W)
Rays = tuple[np.ndarray, np.ndarray]


def colour_input(colour: np.ndarray, side: int) -> Tensor:
    """Colour (H, W, 3) uint8 RGB -> (3, side, side) float32 in [-1, 1].

    Bilinear, antialiased, rounded to 8 bits as the published preprocessing does (Pillow).
    """
    _require(colour, 3)
    picture = Image.fromarray(np.ascontiguousarray(colour))
    small = np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR))
    return torch.from_numpy(small / np.float32(127.5) - 1).permute(2, 0, 1)


def depth_input(depth: np.ndarray, side: int, convention: DepthConvention = 'training') -> Tensor:
    """Depth (H, W) uint8 as the dataset stores it -> (3, side, side) float32, equal channels.

    Raises `ValueError` for another picture, and for 'points', which are made of metric depth.
    """
    _require(depth, 2)
    if convention not in ('training', 'rgb'):
        raise ValueError(f"depth convention is {convention!r}, expected 'training' or 'rgb'")
    picture, resampling = Image.fromarray(np.ascontiguousarray(depth)), Image.Resampling
    if convention == 'training':
        small = np.asarray(picture.resize((side, side), resampling.NEAREST))
        plane = small / np.float32(255)
    else:
        small = np.asarray(picture.resize((side, side), resampling.BILINEAR))
        plane = small / np.float32(127.5) - 1
    return torch.from_numpy(plane).expand(3, -1, -1)


def points_input(depth_m: np.ndarray, rays: Rays, side: int, scale_m: float) -> np.ndarray:
    """Metric depth (H, W) -> points (3, side, side) float32: x, y and z - `scale_m`, / `scale_m`.

    In the camera's frame, x right, y down, z ahead; shifted so that they are about zero on average.

    The rays may be those of another resolution of the same picture.

    Nearest resize: a mean across an edge would be a point where nothing is. Holes (zero, negative,
    not finite) take the depth of the closest pixel that has one. Raises `ValueError` without any.
    """
    depth_m = np.asarray(depth_m)
    if depth_m.ndim != 2 or 0 in depth_m.shape:
        raise ValueError(f'depth has shape {depth_m.shape}, expected (height, width)')
    x, y = (_sampled(ray, side) for ray in np.broadcast_arrays(*rays))
    z = _sampled(depth_m, side).astype(np.float32)
    measured = np.isfinite(z) & (z > 0) & np.isfinite(x) & np.isfinite(y)
    if not measured.any():
        raise ValueError(f'none of the {depth_m.size} depth pixels holds a measurement')
    if not measured.all():
        closest = distance_transform_edt(~measured, return_distances=False, return_indices=True)
        z = z[tuple(closest)]
    points = np.stack((np.nan_to_num(x) * z, np.nan_to_num(y) * z, z - scale_m))
    # A speck measured far behind the walls must not drown the rest.
    return np.clip(points / scale_m, -_FARTHEST, _FARTHEST).astype(np.float32)


def _sampled(plane: np.ndarray, side: int) -> np.ndarray:
    """Nearest resize of a plane (h, w) to (side, side)."""
    rows, columns = ((np.arange(side) * 2 + 1) * size // (2 * side) for size in plane.shape)
    return plane[rows[:, None], columns]


def relative_depth(depth_m: np.ndarray) -> np.ndarray:
    """Metric depth (H, W), metres -> the dataset's convention (H, W) uint8: near 0, far 255.

    Linear in depth between the nearest and the farthest measurement of this picture. Holes (zero,
    negative or not finite) take the farther of the closest measurements left and right of them in
    their row, because what a sensor cannot see beside an object is the background; a row without
    any measurement copies the closest row that has some. Raises `ValueError` without measurements.
    """
    depth_m = np.asarray(depth_m, np.float32)
    if depth_m.ndim != 2:
        raise ValueError(f'depth has shape {depth_m.shape}, expected (height, width)')
    measured = np.isfinite(depth_m) & (depth_m > 0)
    if not measured.any():
        raise ValueError(f'none of the {depth_m.size} depth pixels holds a measurement')
    near, far = depth_m[measured].min(), depth_m[measured].max()
    filled = depth_m if measured.all() else fill_holes(depth_m, measured)
    scale = 255.0 / (far - near) if far > near else 0.0
    return np.rint((filled - near) * np.float32(scale)).astype(np.uint8)


def fill_holes(depth_m: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Depth (H, W), filled where `measured` (H, W) is false, as `relative_depth` says."""
    rows = np.flatnonzero(measured.any(1))
    some, known = depth_m[rows], measured[rows]
    column = np.arange(depth_m.shape[1])
    left = np.maximum.accumulate(np.where(known, column, -1), axis=1)
    right = np.minimum.accumulate(np.where(known, column, len(column))[:, ::-1], axis=1)[:, ::-1]
    from_left = np.where(left >= 0, np.take_along_axis(some, np.maximum(left, 0), 1), -np.inf)
    from_right = np.where(
        right < len(column),
        np.take_along_axis(some, np.minimum(right, len(column) - 1), 1),
        -np.inf,
    )
    filled = np.where(known, some, np.maximum(from_left, from_right))
    return filled[_closest(rows, depth_m.shape[0])]


def _closest(rows: np.ndarray, count: int) -> np.ndarray:
    """For each of `count` rows the place in the sorted `rows` of the closest of them."""
    every = np.arange(count)
    after = np.clip(np.searchsorted(rows, every), 0, len(rows) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(rows[before] - every) <= np.abs(rows[after] - every), before, after)


def _require(picture: np.ndarray, dimensions: int) -> None:
    """Demand uint8 (H, W) or (H, W, 3), not empty."""
    wanted = '(height, width, 3)' if dimensions == 3 else '(height, width)'
    if (
        picture.dtype != np.uint8
        or picture.ndim != dimensions
        or 0 in picture.shape
        or (dimensions == 3 and picture.shape[2] != 3)
    ):
        raise ValueError(f'picture is {picture.dtype} {picture.shape}, expected uint8 {wanted}')
