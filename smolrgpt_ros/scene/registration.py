# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Depth of another camera, or of another size, as the colour camera would have seen it."""

from __future__ import annotations

import math

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthError, DepthImage
from smolrgpt_ros.scene.pose import Pose

# Neighbours that differ by more than this share of their depth belong to two surfaces: nothing
# between them.
_STEP_OF_ONE_SURFACE = 0.03
_LEAST_SHARE_VISIBLE = 0.01


def register(
    depth: DepthImage,
    depth_camera: Camera | None,
    colour_camera: Camera,
    colour_from_depth: Pose | None,
) -> DepthImage:
    """Depth (H, W) in the colour camera's pixels, float32 metres, 0 where nothing was measured.

    Every depth pixel is carried into the colour picture; where several meet, the nearest is kept.
    Where the colour picture is finer, the surface between neighbouring pixels of one surface is
    filled in by interpolation; across depth steps it is not, so that no surface is invented between
    an object and what is behind it.

    Args:
        depth_camera: model of the camera that measured the depth, from its own camera_info.
        colour_from_depth: where the depth camera stands; None: both share one optical frame.

    Raises:
        DepthError: no model of the depth camera, or one of another size, or hardly a pixel in
            common.
    """
    height, width = depth.shape
    if depth_camera is None:
        if (width, height) != (colour_camera.width, colour_camera.height):
            raise DepthError(
                f'depth is {width}x{height} and colour '
                f'{colour_camera.width}x{colour_camera.height}; publish the '
                "depth camera's own camera_info, or use the depth aligned to colour"
            )
        return depth
    if (width, height) != (depth_camera.width, depth_camera.height):
        raise DepthError(
            f'depth is {width}x{height}, but its camera_info describes '
            f'{depth_camera.width}x{depth_camera.height}; '
            'subscribe to the camera_info beside the depth'
        )
    if depth_camera == colour_camera and colour_from_depth is None:
        return depth
    points = _points(depth, depth_camera, colour_from_depth)
    with np.errstate(invalid='ignore', divide='ignore'):
        seen = np.concatenate([colour_camera.project(points), points[..., 2:]], axis=-1)
    factor = _refinement(depth_camera, colour_camera)
    seen = _refined(seen, factor).reshape(-1, 3)
    registered = _z_buffer(seen, colour_camera.width, colour_camera.height)
    measured = np.count_nonzero(np.isfinite(points[..., 2]))
    if measured and np.count_nonzero(registered) < _LEAST_SHARE_VISIBLE * measured:
        raise DepthError(
            'the depth camera sees nothing of what the colour camera sees; '
            'check the transform between their frames and both camera_info topics'
        )
    return DepthImage(registered, 1.0)


def _points(depth: DepthImage, camera: Camera, colour_from_depth: Pose | None) -> np.ndarray:
    """Points (H, W, 3) in the colour camera's frame, NaN where nothing was measured."""
    z = depth.metres().astype(np.float64)
    x, y = camera.rays((0, 0, camera.width, camera.height))
    points = np.stack([x * z, y * z, z], axis=-1)
    return points if colour_from_depth is None else colour_from_depth.apply(points)


def _refinement(depth_camera: Camera, colour_camera: Camera) -> int:
    """How many samples a side a depth pixel needs to leave no colour pixel empty."""
    finer = max(colour_camera.fx / depth_camera.fx, colour_camera.fy / depth_camera.fy)
    return max(1, min(8, math.ceil(finer * 1.05))) if finer > 1.0 else 1


def _refined(seen: np.ndarray, factor: int) -> np.ndarray:
    """Pixels and depth (H, W, 3) interpolated to (H * factor, W * factor, 3).

    Pixel blocks at depth steps.
    """
    if factor == 1:
        return seen
    for axis in (0, 1):
        seen = _refined_along(seen, factor, axis)
    return seen


def _refined_along(seen: np.ndarray, factor: int, axis: int) -> np.ndarray:
    """Each sample becomes `factor` ones, spread over its pixel.

    Sloped towards neighbours of its surface.
    """
    forward = np.diff(seen, axis=axis)
    z = seen[..., 2]
    nearer = np.minimum(np.delete(z, -1, axis=axis), np.delete(z, 0, axis=axis))
    with np.errstate(invalid='ignore'):
        broken = ~(np.abs(forward[..., 2]) < _STEP_OF_ONE_SURFACE * nearer)
    # Over a step the pixel keeps its depth and its share of the picture: half the way to its
    # neighbour.
    forward = np.where(broken[..., None], 0.0, forward)
    pad_after = [(0, 0)] * 3
    pad_after[axis] = (0, 1)
    pad_before = [(0, 0)] * 3
    pad_before[axis] = (1, 0)
    ahead, behind = np.pad(forward, pad_after), np.pad(forward, pad_before)
    ahead_known = np.pad(~broken, pad_after[:2])[..., None]
    behind_known = np.pad(~broken, pad_before[:2])[..., None]
    # A sample with one neighbour only continues that slope; one with none lies flat, one pixel
    # wide.
    steps = np.abs(np.diff(seen[..., 1 - axis], axis=axis))
    steps = steps[np.isfinite(steps)]
    typical = float(np.median(steps)) if steps.size else 1.0
    flat = np.zeros_like(ahead)
    flat[..., 1 - axis] = typical
    ahead = np.where(ahead_known, ahead, np.where(behind_known, behind, flat))
    behind = np.where(behind_known, behind, ahead)
    offsets = (np.arange(factor) + 0.5) / factor - 0.5
    parts = [seen + offset * (ahead if offset > 0 else behind) for offset in offsets]
    stacked = np.stack(parts, axis=axis + 1)
    shape = list(seen.shape)
    shape[axis] *= factor
    return stacked.reshape(shape)


def _z_buffer(seen: np.ndarray, width: int, height: int) -> np.ndarray:
    """Nearest depth (height, width) of samples (N, 3) as pixel x, pixel y, z; 0 where none fell."""
    with np.errstate(invalid='ignore'):
        inside = (
            (seen[:, 2] > 0.0)
            & (seen[:, 0] > -0.5)
            & (seen[:, 0] < width - 0.5)
            & (seen[:, 1] > -0.5)
            & (seen[:, 1] < height - 0.5)
        )
    seen = seen[inside]
    pixels = np.rint(seen[:, 1]).astype(np.intp) * width + np.rint(seen[:, 0]).astype(np.intp)
    nearest = np.full(width * height, np.inf, dtype=np.float32)
    np.minimum.at(nearest, pixels, seen[:, 2].astype(np.float32))
    nearest[np.isinf(nearest)] = 0.0
    return nearest.reshape(height, width)
