# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Objects that stand on the floor: the footprint below what is seen of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smolrgpt_ros.scene.measured import Floor, Measured
from smolrgpt_ros.scene.rectangle import Rectangle, smallest_rectangle
from smolrgpt_ros.scene.samples import Samples

if TYPE_CHECKING:
    from smolrgpt_ros.scene.frame import Scene


def measure_standing(
    points: np.ndarray,
    samples: Samples,
    own: np.ndarray,
    floor: Floor,
    spread_m: np.ndarray,
    class_id: str,
    scene: Scene,
) -> Measured:
    """Box of an object from its points (N, 3) on a floor."""
    heights = floor.heights_m(points)
    plan = floor.coordinates(points)
    sigma_m = float(np.median(spread_m))
    rectangle = smallest_rectangle(trimmed(plan, sigma_m))
    top = float(np.percentile(heights, 99.0)) if sigma_m > 0.005 else float(heights.max())
    return boxed(rectangle, 0.0, top, floor, np.full(3, max(0.03, sigma_m)), len(points))


def trimmed(plan: np.ndarray, sigma_m: float) -> np.ndarray:
    """Points (N, 2) without the few farthest ones along and across the ray, where there is noise."""
    if sigma_m < 0.003 or len(plan) < 50:
        return plan
    middle = np.median(plan, axis=0)
    ray = middle / max(float(np.linalg.norm(middle)), 1e-6)
    along = plan @ ray
    low, high = np.percentile(along, [1.5, 98.5])
    return plan[(along >= low) & (along <= high)]


def boxed(
    rectangle: Rectangle, bottom_m: float, top_m: float, floor: Floor, stddev: np.ndarray, count: int
) -> Measured:
    """A measured box over a rectangle on the floor."""
    rotation = np.column_stack([*(rectangle.axes @ floor.axes), floor.normal])
    return Measured(
        centre_camera=floor.points(rectangle.centre, (bottom_m + top_m) / 2.0),
        size=np.array([*rectangle.size, top_m - bottom_m]),
        rotation=rotation,
        stddev_camera=stddev,
        footprint=rectangle.corners,
        standing=True,
        foreground_points=count,
        bottom_m=bottom_m,
    )
