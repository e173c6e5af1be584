# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures to what the vision encoder expects, in the conventions it was trained with."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor

#: `training`: nearest resize, [0, 1] (training and validation). `rgb`: as a colour picture, [-1, 1]
#: (the published script for the test set).
DepthConvention = Literal['training', 'rgb']


def colour_input(colour: np.ndarray, side: int) -> Tensor:
    """Colour (H, W, 3) uint8 RGB -> (3, side, side) float32 in [-1, 1].

    Bilinear, antialiased, rounded to 8 bits as the published preprocessing does (Pillow).
    """
    _require(colour, 3)
    picture = Image.fromarray(np.ascontiguousarray(colour))
    small = np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR))
    return torch.from_numpy(small / np.float32(127.5) - 1).permute(2, 0, 1)


def depth_input(depth: np.ndarray, side: int, convention: DepthConvention = 'training') -> Tensor:
    """Depth (H, W) uint8 as the dataset stores it -> (3, side, side) float32, equal channels."""
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
