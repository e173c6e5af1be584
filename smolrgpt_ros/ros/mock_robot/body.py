# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the robot is: a straddle carrier, its sizes and where it stands.

A portal on wheels with a fork: the fork reaches ahead, takes a load and draws it in below the
portal, so that a carried load stands over the base. A camera sits on top and looks ahead, down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.warehouse.viewpoint import camera_pose

CAMERA_HEIGHT_M = 2.4
CAMERA_PITCH_DOWN = math.radians(25.0)
CAMERA_VIEW = math.radians(80.0)

RADIUS_M = 0.5
"""Free floor that the base needs around its centre."""
LOADED_RADIUS_M = 0.8
"""The same with a pallet below the portal: half of a pallet's diagonal."""

REACH_M = 1.0
"""From the base's centre to the near side of a load that the fork takes, or sets down."""
REACH_TOLERANCE_M = 0.25
SIDE_TOLERANCE_M = 0.15
YAW_TOLERANCE = math.radians(10.0)
LIFT_M = 0.15
"""How high a carried load is above the floor."""

SPEED_M_S = 1.0
TURN_RAD_S = 1.2


@dataclass(frozen=True)
class Stand:
    """Where the base stands on the floor: metres, and radians about the vertical, in the map."""

    x: float
    y: float
    yaw: float

    @property
    def map_from_base(self) -> Pose:
        """The same as a pose."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        rotation = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        return Pose(rotation, np.array([self.x, self.y, 0.0]))

    @property
    def map_from_camera(self) -> Pose:
        """Pose of the camera's optical frame."""
        return camera_pose(self.x, self.y, CAMERA_HEIGHT_M, self.yaw, CAMERA_PITCH_DOWN)

    def ahead(self, distance_m: float) -> tuple[float, float]:
        """The floor point that far ahead."""
        return (
            self.x + distance_m * math.cos(self.yaw),
            self.y + distance_m * math.sin(self.yaw),
        )

    def to_local(self, x: float, y: float) -> tuple[float, float]:
        """A floor point of the map as (ahead, to the left), metres."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        dx, dy = x - self.x, y - self.y
        return c * dx + s * dy, c * dy - s * dx


BASE_FROM_CAMERA = Stand(0.0, 0.0, 0.0).map_from_camera


def turned(angle: float) -> float:
    """The same angle between -pi and pi."""
    return math.remainder(angle, 2.0 * math.pi)
