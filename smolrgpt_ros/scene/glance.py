# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where the boxes of a picture are, at a glance: all at once, by the depth in their middles."""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.scene.appearance import sampled_pixels
from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.pose import Pose

_SIGMA_M, _SIGMA_SHARE = 0.1, 0.02  # one sigma of such a position, and its growth with depth
_LEAST_COSINE = 0.2


def places_of(
    boxes_px: np.ndarray, depth: DepthImage, camera: Camera, pose: Pose
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is seen in the middles of boxes (N, 4); NaN without depth.

    Returns:
        positions (N, 3) in the fixed frame, variances (N,) along its axes, m^2, and sizes (N, 3).
    """
    samples = depth.at_m(*sampled_pixels(boxes_px, depth.shape))
    z = np.sort(samples.reshape(len(boxes_px), -1), axis=1)  # NaN at the end
    known = np.count_nonzero(z == z, axis=1)
    middle = np.take_along_axis(z, np.maximum(known - 1, 0)[:, None] // 2, axis=1)[:, 0]
    z_m = np.where(known > 0, middle, np.nan).astype(np.float64)
    low, high = boxes_px[:, :2], boxes_px[:, 2:]
    rays = camera.directions((low + high) / 2.0)
    across, up = (z_m[:, None] * (high - low) / (camera.fx, camera.fy)).T
    variances = (_SIGMA_M + _SIGMA_SHARE * z_m) ** 2
    return pose.apply(rays * z_m[:, None]), variances, np.stack([across, across, up], axis=1)


def views_of(boxes_px: np.ndarray, camera: Camera, fixed_from_camera: Pose) -> np.ndarray:
    """(N, 4) as `Sighting.view`, along the lines through the boxes' middles; NaN without rays."""
    x0, y0, x1, y1 = boxes_px.T
    x, y = (x0 + x1) / 2.0, (y0 + y1) / 2.0
    corners = np.stack(
        [np.stack([x, x0, x1, x, x], axis=1), np.stack([y, y, y, y0, y1], axis=1)], axis=2
    )
    rays = camera.directions(corners) @ fixed_from_camera.rotation.T  # (N, 5, 3)
    rays /= np.sqrt((rays**2).sum(axis=2, keepdims=True))
    azimuth = np.arctan2(rays[:, 0, 1], rays[:, 0, 0])
    elevation = np.arcsin(np.clip(rays[:, 0, 2], -1.0, 1.0))
    # Half angles between opposite sides: azimuths would widen towards the zenith.
    cosines = np.einsum('nkd,nkd->nk', rays[:, 1::2], rays[:, 2::2])
    across, up = (np.arccos(np.clip(cosines, -1.0, 1.0)) / 2.0).T
    widened = across / np.maximum(np.cos(elevation), _LEAST_COSINE)
    return np.stack([azimuth, elevation, widened, up], axis=1)
