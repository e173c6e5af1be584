# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Measured places back in the picture: an object's centre, a buffer's outline on the floor."""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.measured import Measured, NoDepthError

Point = tuple[float, float]


def anchor_px(scene: Scene, index: int) -> Point:
    """Where a line to a region ends: its measured centre, else the middle of its box."""
    x0, y0, x1, y1 = scene.regions[index].box_px
    measured = measured_or_none(scene, index)
    if measured is not None and scene.camera is not None:
        x, y = scene.camera.project(measured.centre_camera)
        if x0 <= x <= x1 and y0 <= y <= y1:
            return float(x), float(y)
    return (x0 + x1) / 2, (y0 + y1) / 2


def footprint_px(scene: Scene, index: int) -> list[Point]:
    """Corners of a region's footprint on the floor, pixels; [] where it is not known or in view."""
    measured = measured_or_none(scene, index)
    if measured is None or measured.footprint is None or scene.camera is None:
        return []
    floor = scene.measurements.floor
    if floor is None or len(measured.footprint) < 3:
        return []
    corners = scene.camera.project(floor.points(measured.footprint))
    width, height = scene.size_px
    reach = np.array([width, height])
    if not np.isfinite(corners).all() or (np.abs(corners) > 4 * reach).any():
        return []
    return [(float(x), float(y)) for x, y in corners]


def measured_or_none(scene: Scene, index: int) -> Measured | None:
    """Region `index` measured, None where nothing metric is known of it."""
    try:
        return scene.measurements.of(index)
    except NoDepthError:
        return None
