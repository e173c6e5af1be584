# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Objects that a picture does not show, put where they were seen last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.measured import Floor, Measured
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.region import Region

_LEAST_DEPTH_M = 0.05  # what lies behind the camera is to one side of it, however far it turns
_LEAST_BOX_PX = 2.0
_BESIDE_WIDTHS = 20.0  # as far beside the picture as a column is told


@dataclass(frozen=True, eq=False)
class LastSeen:
    """An object as it was seen last, in the fixed frame.

    Attributes:
        centre_fixed: (3,) metres.
        covariance_fixed: (3, 3) of the centre by now, m^2: as measured, and what may have happened
            since.
        size: (3,) length, width, height along the columns of `rotation_fixed`, metres.
        rotation_fixed: (3, 3) axes of its box as columns.
        bottom_m: its underside above the floor, metres; 0 where it stands.
        stamp_ns: of the picture that showed it.
        age_s: since then.
    """

    id: str
    class_id: str
    centre_fixed: np.ndarray
    covariance_fixed: np.ndarray
    size: np.ndarray
    rotation_fixed: np.ndarray
    bottom_m: float
    stamp_ns: int
    age_s: float


@dataclass(frozen=True, eq=False)
class Recalled:
    """What is remembered of a region's object, in this picture's camera frame.

    Attributes:
        stamp_ns: of the picture that showed it.
        age_s: how much older that is than the newest picture.
    """

    measured: Measured
    stamp_ns: int
    age_s: float


def with_recalled(scene: Scene, objects: Sequence[LastSeen], fixed_from_camera: Pose) -> Scene:
    """The scene with regions for objects that it does not show, behind its own.

    What has been measured stays measured. Without a camera there is nothing to add to.
    """
    if scene.camera is None or not objects:
        return scene
    floor = scene.measurements.floor if scene.depth is not None else None
    camera_from_fixed = fixed_from_camera.inverse()
    added = tuple(_region(thing, camera_from_fixed, scene.camera, floor) for thing in objects)
    extended = replace(scene, regions=(*scene.regions, *added))
    # Where a cached property keeps its value.
    vars(extended)['measurements'] = scene.measurements.extended(extended)
    return extended


def oldest_ns(scene: Scene) -> int:
    """Stamp of the oldest picture that a region of a scene was seen in."""
    recalled = [region.recalled for region in scene.regions]
    return min([scene.stamp_ns, *(known.stamp_ns for known in recalled if known is not None)])


def _region(
    thing: LastSeen, camera_from_fixed: Pose, camera: Camera, floor: Floor | None
) -> Region:
    turn = camera_from_fixed.rotation
    centre = camera_from_fixed.apply(thing.centre_fixed)
    rotation = turn @ thing.rotation_fixed
    covariance = turn @ thing.covariance_fixed @ turn.T
    measured = Measured(
        centre_camera=centre,
        size=thing.size,
        rotation=rotation,
        stddev_camera=np.sqrt(np.diagonal(covariance)),
        footprint=None if floor is None else _footprint(centre, rotation, thing.size, floor),
        standing=thing.bottom_m == 0.0,
        foreground_points=0,
        bottom_m=thing.bottom_m,
    )
    return Region(
        _box_px(centre, thing.size, camera), thing.class_id, 1.0, thing.id,
        recalled=Recalled(measured, thing.stamp_ns, thing.age_s),
    )  # fmt: skip


def _footprint(
    centre: np.ndarray, rotation: np.ndarray, size: np.ndarray, floor: Floor
) -> np.ndarray:
    """(4, 2) corners of the box from above, in order, floor coordinates."""
    along, across = (floor.axes @ rotation[:, k] * size[k] / 2.0 for k in (0, 1))
    middle = floor.axes @ centre
    corners = [middle + a * along + b * across for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return np.array(corners)


def _box_px(
    centre: np.ndarray, size: np.ndarray, camera: Camera
) -> tuple[float, float, float, float]:
    """About where an object would be in the picture; beside it for what lies behind the camera."""
    z = max(float(centre[2]), _LEAST_DEPTH_M)
    most = _BESIDE_WIDTHS * camera.width
    x = min(max(camera.cx + camera.fx * float(centre[0]) / z, -most), most)
    y = min(max(camera.cy + camera.fy * float(centre[1]) / z, -most), most)
    across = math.hypot(float(size[0]), float(size[1])) / math.sqrt(2.0)
    half_x = min(max(camera.fx * across / z, _LEAST_BOX_PX), camera.width) / 2.0
    half_y = min(max(camera.fy * float(size[2]) / z, _LEAST_BOX_PX), camera.height) / 2.0
    return x - half_x, y - half_y, x + half_x, y + half_y
