# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions by the action from the planners' client, and pick targets in a level frame."""

from __future__ import annotations

import threading

import pytest
from geometry_msgs.msg import TransformStamped
from planner import Planner
from robot import Robot, good_shot, ids_of
from tf2_msgs.msg import TFMessage

from smolrgpt_ros.action import AskSpatial
from smolrgpt_ros.msg import ApproachSide
from smolrgpt_ros.planning.calling import Patience
from smolrgpt_ros.planning.errors import PickTargetError, SpatialQueryError, Status
from smolrgpt_ros.ros.filming import film
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.warehouse.filming import OPTICAL_FRAME, Film

PALLETS = ids_of(good_shot(), 'pallet')
DISTANCE = f'how far is {PALLETS[0]} from {PALLETS[1]}?'
PATIENT = Patience(timeout_s=30.0)


@pytest.fixture(autouse=True)
def picture(robot: Robot) -> None:
    """A fresh picture for every test."""
    robot.show()


@pytest.fixture
def level(robot: Robot) -> None:
    """The camera's place above base_link, as Film has it, on TF: a level frame."""
    _, base_from_camera = film(Film(seed=1, size_px=(640, 480), viewpoint='high'))
    robot.tf_static.publish(TFMessage(transforms=[stamped(base_from_camera)]))


def stamped(base_from_camera: Pose) -> TransformStamped:
    """A transform whose rotation is Rz(-90) Rx(-90 - pitch): x right, z ahead and down."""
    message = TransformStamped(child_frame_id=OPTICAL_FRAME)
    message.header.frame_id = 'base_link'
    r = base_from_camera.rotation
    w = 0.5 * (1.0 + r.trace()) ** 0.5
    rotation, translation = message.transform.rotation, message.transform.translation
    rotation.w = w
    rotation.x = (r[2, 1] - r[1, 2]) / (4.0 * w)
    rotation.y = (r[0, 2] - r[2, 0]) / (4.0 * w)
    rotation.z = (r[1, 0] - r[0, 1]) / (4.0 * w)
    translation.x, translation.y, translation.z = base_from_camera.translation.tolist()
    return message


def test_a_goal_tells_the_measured_answer_first(planner: Planner):
    heard: list[AskSpatial.Feedback] = []
    goal = planner.client.ask_aloud(DISTANCE, patience=PATIENT, on_feedback=heard.append)
    reply = goal.wait()
    assert goal.done
    assert reply.value == planner.client.ask(DISTANCE).value
    if heard:  # feedback may be overtaken by the result, which travels another way
        assert heard[0].stage == AskSpatial.Feedback.GEOMETRIC
        assert goal.measured == reply


def test_a_goal_that_cannot_be_answered_raises_as_the_plain_call_does(planner: Planner):
    with pytest.raises(SpatialQueryError) as plain:
        planner.client.ask('where is ghost_7?')
    with pytest.raises(SpatialQueryError) as aloud:
        planner.client.ask_aloud('where is ghost_7?', patience=PATIENT).wait()
    assert (aloud.value.status, aloud.value.message) == (plain.value.status, plain.value.message)


def test_what_raises_in_a_feedback_callback_costs_no_answer(planner: Planner):
    def raising(feedback: AskSpatial.Feedback) -> None:
        raise ValueError('the planner has a bug')

    goal = planner.client.ask_aloud(DISTANCE, patience=PATIENT, on_feedback=raising)
    assert goal.wait().value > 0.0
    assert planner.client.ask(DISTANCE, patience=PATIENT).value > 0.0


def test_a_goal_taken_back_ends_at_once_and_twice_is_fine(planner: Planner):
    goal = planner.client.ask_aloud(
        DISTANCE, target_frame='moon', patience=Patience(30.0, retries=10_000)
    )
    threading.Timer(0.2, goal.cancel).start()
    with pytest.raises(SpatialQueryError) as caught:
        goal.wait()
    assert caught.value.status is Status.CANCELLED
    goal.cancel()


def test_a_pick_target_is_a_goal_for_nav2(planner: Planner, level: None):
    found = []
    for object_id in PALLETS:
        try:
            found.append(
                planner.client.pick_target(
                    object_id, target_frame='base_link', robot_width_m=0.3, patience=PATIENT
                )
            )
        except PickTargetError as error:
            assert error.status in (Status.NO_FREE_SIDE, Status.NO_DEPTH)  # noqa: PT017
    assert found
    for target in found:
        goal = target.goal
        assert goal.header.frame_id == 'base_link'
        assert goal.header == target.pose.header
        assert goal.pose == target.sides[0].pose
        assert target.goals[0] == goal
        assert target.thing.id == target.object_id


def test_no_free_side_tells_the_sides_all_the_same(planner: Planner, level: None):
    with pytest.raises(PickTargetError) as caught:
        planner.client.pick_target(
            PALLETS[0], target_frame='base_link', robot_width_m=15.0, patience=PATIENT
        )
    assert caught.value.status is Status.NO_FREE_SIDE
    assert 'known to have room' in caught.value.message
    known = caught.value.known
    assert len(known.sides) == 4
    assert known.goals == ()
    assert all(side.state != ApproachSide.FREE for side in known.sides)
