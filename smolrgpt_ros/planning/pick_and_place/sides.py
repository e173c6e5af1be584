# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which sides of a measured object are driven to, and in which order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from smolrgpt_ros.msg import ApproachSide
from smolrgpt_ros.planning.pick_and_place.places import FloorPose
from smolrgpt_ros.planning.replies import PickTarget

# An approach pose is driven to where the pallet's place is known this well; it is corrected there.
_DOUBT_M = 0.2
_SAME_SIDE = math.radians(45.0)
# Where the usual distance is too near to something behind, or to something beside.
_SHIFTS_M = (0.0, 0.2, 0.4, -0.3)


def usable_sides(
    target: PickTarget,
    *,
    occupied_too: bool,
    nearer_too: bool = False,
    avoided: Sequence[FloorPose] = (),
) -> list[FloorPose]:
    """Free sides, nearest first, then those that nobody has seen enough of.

    Args:
        occupied_too: then those where something was measured, too: what is so near to the pallet
            may leave room enough for Nav2, which does not drive where there is none.
        nearer_too: then all of them a bit nearer to the pallet, and a bit farther.
        avoided: poses that led to nothing; what looks the same way as most of them comes last.
    """
    states = [ApproachSide.FREE, ApproachSide.UNSEEN]
    if occupied_too:
        states.append(ApproachSide.OCCUPIED)
    poses = [
        floor_pose(side.pose) for state in states for side in target.sides if side.state == state
    ]
    poses.sort(key=lambda pose: sum(pose.angle_to(other) < _SAME_SIDE for other in avoided))
    return [
        pose.moved(ahead_m) for ahead_m in _SHIFTS_M[: None if nearer_too else 1] for pose in poses
    ]


def too_doubtful(found: Any) -> str:
    """Why an object's place is not known well enough to drive up to it; '' where it is."""
    stddev_m = max(found.position_stddev.x, found.position_stddev.y)
    if stddev_m <= _DOUBT_M:
        return ''
    return f'its place is known to {stddev_m:.2f} m only'


def floor_pose(pose: Any) -> FloorPose:
    """A message's pose, its z axis up."""
    q = pose.orientation
    yaw = math.atan2(2.0 * (q.w * q.z + q.x * q.y), 1.0 - 2.0 * (q.y * q.y + q.z * q.z))
    return FloorPose(pose.position.x, pose.position.y, yaw)
