# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where depth shows the floor, and what stands on it."""

from __future__ import annotations

import math

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import Floor, NoDepthError

# What stands lower does not stop a robot's wheels; what hangs higher lets it pass.
OBSTACLE_LEAST_M = 0.08
OBSTACLE_MOST_M = 2.0
OBSTACLE_SAMPLES = 60000


def floor_seen(scene: Scene, places: np.ndarray) -> np.ndarray:
    """Whether depth shows the floor (...) at floor coordinates (..., 2). Raises NoDepthError.

    Each place is looked up by projecting it into the picture, so that far floor, whose samples lie
    metres apart, is seen as well as near floor.
    """
    depth, camera, floor = _needed(scene)
    points = floor.points(places)
    pixels = np.nan_to_num(np.round(camera.project(points)), nan=-1.0)
    height, width = depth.shape
    columns, rows = pixels[..., 0].astype(int), pixels[..., 1].astype(int)
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    raw = depth.raw[np.where(inside, rows, 0), np.where(inside, columns, 0)]
    measured_z = raw.astype(np.float64) * depth.metres_per_unit
    # A sample that is dz nearer than the floor shows something dz / z * camera height above it.
    height_m = (1.0 - measured_z / points[..., 2]) * floor.offset_m
    near_floor = np.abs(height_m) < least_obstacle_m(floor)
    return inside & (measured_z > 0.0) & np.isfinite(measured_z) & near_floor


def obstacle_points(scene: Scene) -> np.ndarray:
    """Floor coordinates (N, 2) of depth samples above the floor and below a robot's top.

    Raises NoDepthError.
    """
    depth, camera, floor = _needed(scene)
    height, width = depth.shape
    stride = max(1, round(math.sqrt(width * height / OBSTACLE_SAMPLES)))
    window = (0, 0, width, height)
    z = depth.crop_m(window, stride).astype(np.float64)
    x, y = camera.rays(window, stride)
    points = np.stack(np.broadcast_arrays(x * z, y * z, z), axis=-1).reshape(-1, 3)
    heights_m = floor.heights_m(points)
    standing = (heights_m > least_obstacle_m(floor)) & (heights_m < OBSTACLE_MOST_M)
    return floor.coordinates(points[standing])


def least_obstacle_m(floor: Floor) -> float:
    """Height above which a sample is no floor: noise lifts samples of far floor, too."""
    return OBSTACLE_LEAST_M + 3.0 * floor.stddev_m


def _needed(scene: Scene) -> tuple[DepthImage, Camera, Floor]:
    floor = scene.measurements.floor
    if scene.depth is None or scene.camera is None or floor is None:
        raise NoDepthError(
            'the floor cannot be seen here; metric depth, camera_info and a view of some free '
            'floor would help'
        )
    return scene.depth, scene.camera, floor
