# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The mock robot over the real middleware: it drives, films, lifts, and says what it cannot do."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from action_msgs.msg import GoalStatus
from fetching import Driver
from geometry_msgs.msg import PoseStamped
from rcl_interfaces.msg import Parameter as ParameterMessage
from rcl_interfaces.srv import SetParameters
from rclpy.parameter import Parameter
from tf_transformations import quaternion_matrix

from smolrgpt_ros.ros.mock_robot.body import BASE_FROM_CAMERA, Stand
from smolrgpt_ros.ros.mock_robot.errand import Errand, draw_errand
from smolrgpt_ros.ros.mock_robot.messages import stamped_pose

ERRAND = 1


@pytest.fixture(scope='module')
def errand() -> Errand:
    return draw_errand(ERRAND)


@pytest.fixture(scope='module')
def driver(module_ros_domain: int, errand: Errand) -> Iterator[Driver]:
    start = errand.start
    driver = Driver(
        hall=errand.world.seed, start=[start.x, start.y, start.yaw], speed_factor=20.0, rate=10.0
    )
    yield driver
    driver.close()


def dock_of(errand: Errand, driver: Driver, back_m: float = 0.0) -> Stand:
    """Where the fork reaches the right pallet, from a side that the robot can get to."""
    pallet = errand.world.thing(errand.pallet_id)
    for quarter in range(4):
        yaw = pallet.yaw + quarter * math.pi / 2.0
        reach = 1.0 + back_m + pallet.size[quarter % 2] / 2.0
        stand = Stand(
            pallet.centre[0] - reach * math.cos(yaw), pallet.centre[1] - reach * math.sin(yaw), yaw
        )
        result = driver.drive(stand)
        if result.status == GoalStatus.STATUS_SUCCEEDED:
            return stand
    raise AssertionError('no side of the pallet can be reached')


def test_tf_tells_where_the_camera_is(driver: Driver):
    static = driver.latest('/tf_static').transforms[0]
    q, t = static.transform.rotation, static.transform.translation
    matrix = quaternion_matrix((q.x, q.y, q.z, q.w))
    np.testing.assert_allclose(matrix[:3, :3], BASE_FROM_CAMERA.rotation, atol=1e-9)
    np.testing.assert_allclose((t.x, t.y, t.z), BASE_FROM_CAMERA.translation, atol=1e-9)


def test_every_picture_has_a_transform_of_its_stamp(driver: Driver, errand: Errand):
    with driver.hearing('/tf') as tf, driver.hearing('/detections') as pictures:

        def known() -> bool:
            stamps = [
                transform.header.stamp
                for message in tf
                for transform in message.transforms
                if transform.child_frame_id == 'base_link'
            ]
            return any(picture.header.stamp in stamps for picture in pictures)

        driver.wait_for(known, 'a picture and its transform')
    seen = {detection.id for detection in pictures[-1].detections}
    assert seen & {errand.pallet_id, errand.transporter_id, errand.buffer_id}


def test_it_drives_and_tells_how_far_it_is(driver: Driver, errand: Errand):
    told: list[float] = []
    goal = Stand(errand.start.x, errand.start.y, errand.start.yaw + 2.0)
    handle = driver.send(goal, lambda message: told.append(message.feedback.distance_remaining))
    result = driver.result_of(handle.get_result_async())
    assert result.status == GoalStatus.STATUS_SUCCEEDED
    assert result.result.error_code == 0
    at = driver.latest('/odom').pose.pose
    assert (at.position.x, at.position.y) == pytest.approx((goal.x, goal.y), abs=1e-6)
    assert math.remainder(2 * math.atan2(at.orientation.z, at.orientation.w) - goal.yaw,
                          2 * math.pi) == pytest.approx(0.0, abs=1e-6)  # fmt: skip
    assert told == sorted(told, reverse=True)


@pytest.mark.parametrize(
    ('place', 'code'),
    [pytest.param('pallet', 206, id='occupied'), pytest.param('outside', 204, id='outside')],
)
def test_a_goal_out_of_reach_is_aborted_with_the_planners_code(
    driver: Driver, errand: Errand, place: str, code: int
):
    pallet = errand.world.thing(errand.pallet_id)
    x, y = pallet.centre[:2] if place == 'pallet' else (-3.0, 2.0)
    result = driver.drive(Stand(x, y, 0.0))
    assert result.status == GoalStatus.STATUS_ABORTED
    assert result.result.error_code == code
    assert 'goal' in result.result.error_msg


def other_frame(pose: PoseStamped) -> None:
    pose.header.frame_id = 'odom'


def not_a_number(pose: PoseStamped) -> None:
    pose.pose.position.x = math.nan


def no_rotation(pose: PoseStamped) -> None:
    pose.pose.orientation.w = pose.pose.orientation.z = 0.0


@pytest.mark.parametrize('spoil', [other_frame, not_a_number, no_rotation])
def test_a_goal_that_is_no_pose_in_the_map_is_rejected(driver: Driver, spoil):
    pose = stamped_pose(Stand(5.0, 5.0, 0.0), 0)
    spoil(pose)
    assert not driver.send(pose).accepted


def slow(driver: Driver, factor: float) -> None:
    """How fast the robot drives from now on."""
    client = driver.node.create_client(SetParameters, '/mock_robot/set_parameters')
    driver.wait_for(client.service_is_ready, 'parameters')
    message: ParameterMessage = Parameter('speed_factor', value=factor).to_parameter_msg()
    response = driver.result_of(client.call_async(SetParameters.Request(parameters=[message])))
    assert response.results[0].successful
    driver.node.destroy_client(client)


def test_a_drive_can_be_cancelled_and_overtaken(driver: Driver, errand: Errand):
    slow(driver, 1.0)
    away = Stand(errand.start.x, errand.start.y, errand.start.yaw - 1.0)
    handle = driver.send(away)
    driver.result_of(handle.cancel_goal_async())
    assert driver.result_of(handle.get_result_async()).status == GoalStatus.STATUS_CANCELED
    first = driver.send(away)
    second = driver.send(errand.start)
    slow(driver, 20.0)  # not before, or the first may be there already
    overtaken = driver.result_of(first.get_result_async())
    assert overtaken.status == GoalStatus.STATUS_ABORTED
    assert 'newer goal' in overtaken.result.error_msg
    result = driver.result_of(second.get_result_async())
    assert result.status == GoalStatus.STATUS_SUCCEEDED


def test_it_fetches_a_pallet(driver: Driver, errand: Errand):
    assert 'empty' in driver.move_fork(False).message
    far = driver.move_fork(True)
    assert not far.success
    assert 'the fork' in far.message
    stand = dock_of(errand, driver)
    lifted = driver.move_fork(True)
    assert lifted.success, lifted.message
    assert lifted.message == f'lifted {errand.pallet_id}'
    assert not driver.move_fork(True).success
    assert driver.robot.hall.carried == errand.pallet_id
    assert driver.move_fork(False).success
    pallet = errand.world.thing(errand.pallet_id)

    # Lifted at the nominal reach and set down without driving, it stands where it stood.
    truth = driver.latest('/mock_robot/truth')
    at = next(d.bbox for d in truth.detections if d.id == errand.pallet_id).center.position
    assert (at.x, at.y, at.z) == pytest.approx(pallet.centre, abs=0.01)
    assert driver.robot.stand.x == pytest.approx(stand.x)
