# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which sides of a pallet are driven to, and in which order."""

from __future__ import annotations

import math

import pytest
from geometry_msgs.msg import PoseWithCovarianceStamped

from smolrgpt_ros.msg import ApproachSide, SpatialObject
from smolrgpt_ros.planning.pick_and_place.places import FloorPose
from smolrgpt_ros.planning.pick_and_place.sides import too_doubtful, usable_sides
from smolrgpt_ros.planning.replies import PickTarget

FREE, OCCUPIED, UNSEEN = ApproachSide.FREE, ApproachSide.OCCUPIED, ApproachSide.UNSEEN
WEST, SOUTH, EAST = 0.0, math.pi / 2.0, math.pi


def side(state: int, yaw: float) -> ApproachSide:
    """A side from which the robot looks along `yaw`, 2 m before an object at the origin."""
    found = ApproachSide(state=state)
    found.pose.position.x, found.pose.position.y = -2.0 * math.cos(yaw), -2.0 * math.sin(yaw)
    found.pose.orientation.z, found.pose.orientation.w = math.sin(yaw / 2.0), math.cos(yaw / 2.0)
    return found


def yaws(poses: list[FloorPose]) -> list[float]:
    return [round(pose.yaw, 3) for pose in poses]


TARGET = PickTarget(
    'pallet_1', PoseWithCovarianceStamped(), SpatialObject(),
    (side(FREE, WEST), side(OCCUPIED, SOUTH), side(UNSEEN, EAST)),
)  # fmt: skip


@pytest.mark.parametrize(
    ('occupied_too', 'avoided', 'expected'),
    [
        pytest.param(False, None, [WEST, EAST], id='free ones, then unseen ones'),
        pytest.param(True, None, [WEST, EAST, SOUTH], id='occupied ones at last'),
        pytest.param(True, WEST, [EAST, SOUTH, WEST], id='the one that misled after all others'),
    ],
)
def test_order(occupied_too: bool, avoided: float | None, expected: list[float]):
    misled = [] if avoided is None else [FloorPose(0.0, 0.0, avoided)]
    found = usable_sides(TARGET, occupied_too=occupied_too, avoided=misled)
    assert yaws(found) == [round(yaw, 3) for yaw in expected]


def test_every_side_at_its_own_distance_comes_before_others():
    found = usable_sides(TARGET, occupied_too=False, nearer_too=True)
    far = [round(math.hypot(pose.x, pose.y), 2) for pose in found]
    assert far == [2.0, 2.0, 1.8, 1.8, 1.6, 1.6, 2.3, 2.3]
    assert all(pose.aside_m(found[0]) == pytest.approx(0.0, abs=1e-9) for pose in found)


@pytest.mark.parametrize(
    ('stddev_m', 'doubtful'),
    [pytest.param(0.1, False, id='known'), pytest.param(0.3, True, id='not known')],
)
def test_doubt(stddev_m: float, doubtful: bool):
    found = SpatialObject()
    found.position_stddev.y = stddev_m
    assert bool(too_doubtful(found)) is doubtful
