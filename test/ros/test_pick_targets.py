# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The service /pick_target of the real node: poses in the map, and why there is none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from geometry_msgs.msg import TransformStamped
from rclpy.client import Client
from robot import Robot, good_shot, ids_of
from tf2_msgs.msg import TFMessage

from smolrgpt_ros.msg import ApproachSide
from smolrgpt_ros.ros.status import OUTCOME_NAMES
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.srv import PickTarget
from smolrgpt_ros.warehouse.filming import OPTICAL_FRAME, Film
from smolrgpt_ros.warehouse.synthesis import asked_frame

FILM = Film(seed=1, size_px=(640, 480), viewpoint='high')  # that of `good_shot`
FRAME = asked_frame(FILM.seed, FILM.number, size_px=FILM.size_px, viewpoint=FILM.viewpoint).frame
SHOT = good_shot()
PALLET = ids_of(SHOT, 'pallet')[0]


def transform_of(pose: Pose, parent: str, child: str) -> TransformStamped:
    """A static transform of a pose, by the matrix's quaternion (Shepperd, w > 0)."""
    message = TransformStamped(child_frame_id=child)
    message.header.frame_id = parent
    r = pose.rotation
    w, x, y, z = (
        0.5 * math.sqrt(max(0.0, 1.0 + a * r[0, 0] + b * r[1, 1] + c * r[2, 2]))
        for a, b, c in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
    )
    rotation, translation = message.transform.rotation, message.transform.translation
    rotation.w = w
    rotation.x = math.copysign(x, r[2, 1] - r[1, 2])
    rotation.y = math.copysign(y, r[0, 2] - r[2, 0])
    rotation.z = math.copysign(z, r[1, 0] - r[0, 1])
    translation.x, translation.y, translation.z = pose.translation.tolist()
    return message


@pytest.fixture(scope='module')
def client(robot: Robot) -> Client:
    client = robot.tester.create_client(PickTarget, 'pick_target')
    assert client.wait_for_service(10.0)
    return client


@pytest.fixture(scope='module')
def mapped(robot: Robot, client: Client) -> Robot:
    """The robot, with the camera's true place in the map on TF."""
    stamped = transform_of(FRAME.world_from_camera, 'map', OPTICAL_FRAME)
    robot.tf_static.publish(TFMessage(transforms=[stamped]))

    def known() -> bool:
        robot.show()
        asked = robot.ask(f'where is {PALLET}?', target_frame='map')
        return OUTCOME_NAMES[asked.status] == 'OK'

    robot.wait_for(known, 'the map')
    return robot


def pick(robot: Robot, client: Client, object_id: str = PALLET, **fields: Any) -> Any:
    robot.show()
    request = PickTarget.Request(object_id=object_id, **fields)
    return robot.result_of(client.call_async(request))


def yaw_of(pose: Any) -> float:
    assert (pose.orientation.x, pose.orientation.y) == (0.0, 0.0)
    return 2.0 * math.atan2(pose.orientation.z, pose.orientation.w)


@pytest.mark.parametrize('standoff_m', [0.0, 0.6, 1.5])
def test_a_pose_in_the_map_looks_at_the_object(mapped: Robot, client: Client, standoff_m: float):
    response = pick(
        mapped, client, target_frame='map', standoff=standoff_m, robot_width=0.4, robot_length=0.4
    )
    assert OUTCOME_NAMES[response.status] in ('OK', 'NO_FREE_SIDE'), response.message
    assert response.pose.header.frame_id == 'map'
    assert response.object.id == PALLET
    centre = response.object.position
    assert len(response.sides) == 4
    truth = next(thing.centre for thing in FRAME.world.things if thing.id == PALLET)
    assert math.hypot(centre.x - truth[0], centre.y - truth[1]) < 0.3
    wanted_m = standoff_m or mapped.node.settings.pick_standoff
    for side in response.sides:
        base = side.pose.position
        assert base.z == pytest.approx(0.0, abs=0.1)
        away_m = math.hypot(base.x - centre.x, base.y - centre.y)
        assert wanted_m < away_m < wanted_m + 1.5
        bearing = math.atan2(centre.y - base.y, centre.x - base.x)
        assert math.cos(yaw_of(side.pose) - bearing) > 0.999
    assert response.pose.pose.pose == response.sides[0].pose
    covariance = np.array(response.pose.pose.covariance).reshape(6, 6)
    assert covariance == pytest.approx(covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > -1e-12
    assert covariance[0, 0] > 0.0
    assert covariance[5, 5] > 0.0


def test_states_and_status_agree(mapped: Robot, client: Client):
    statuses = set()
    for object_id in ids_of(SHOT, 'pallet'):
        for width_m in (0.3, 15.0):
            response = pick(mapped, client, object_id, target_frame='map', robot_width=width_m)
            status = OUTCOME_NAMES[response.status]
            if status == 'NO_DEPTH':
                continue
            statuses.add(status)
            free = [side.state == ApproachSide.FREE for side in response.sides]
            assert (status == 'OK') == free[0] == any(free)
            assert free == sorted(free, reverse=True)
            assert (response.message == '') == (status == 'OK')
    assert statuses == {'OK', 'NO_FREE_SIDE'}


@pytest.mark.parametrize(
    ('object_id', 'fields', 'status', 'fragment'),
    [
        pytest.param('ghost_1', {}, 'UNKNOWN_OBJECT', PALLET, id='unknown'),
        pytest.param('', {}, 'UNKNOWN_OBJECT', PALLET, id='no id'),
        pytest.param(PALLET, {'standoff': -1.0}, 'NOT_UNDERSTOOD', 'standoff is -1 m', id='less'),
        pytest.param(PALLET, {'standoff': math.nan}, 'NOT_UNDERSTOOD', 'nan', id='no number'),
        pytest.param(PALLET, {'robot_width': 1e9}, 'NOT_UNDERSTOOD', 'robot_width', id='huge'),
        pytest.param(PALLET, {'target_frame': 'moon'}, 'NO_TRANSFORM', 'moon', id='no frame'),
        pytest.param(PALLET, {'target_frame': ''}, 'NO_TRANSFORM', 'level', id='camera frame'),
    ],
)
def test_failures(
    mapped: Robot, client: Client, object_id: str, fields: dict, status: str, fragment: str
):
    response = pick(mapped, client, object_id, **{'target_frame': 'map', **fields})
    assert OUTCOME_NAMES[response.status] == status, response.message
    assert fragment in response.message


def test_an_inactive_node_says_so(fresh_robot: Robot):
    client = fresh_robot.tester.create_client(PickTarget, 'pick_target')
    assert client.wait_for_service(10.0)
    request = PickTarget.Request(object_id=PALLET)
    response = fresh_robot.result_of(client.call_async(request))
    assert OUTCOME_NAMES[response.status] == 'INACTIVE'
