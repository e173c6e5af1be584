# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is still answered from damaged input, and as of when; `faults` has the table of faults."""

from __future__ import annotations

import math

import pytest
from broken_messages import truncated_depth
from geometry_msgs.msg import TransformStamped
from robot import Robot, good_shot, ids_of
from tf2_msgs.msg import TFMessage

from smolrgpt_ros.ros.answer_messages import time_from
from smolrgpt_ros.ros.status import STATUS_NAMES

PALLETS = ids_of(good_shot(), 'pallet')
QUESTION = f'how far is {PALLETS[0]} from {PALLETS[1]}?'


def test_left_right_needs_no_depth(robot: Robot):
    shot = good_shot()
    truncated_depth(shot)
    robot.show(shot)
    response = robot.ask(f'is {PALLETS[0]} left of {PALLETS[1]}?')
    assert STATUS_NAMES[response.status] == 'OK', response.message
    assert all(math.isnan(thing.position.x) for thing in response.answer.objects)


def test_time_jumping_back_clears_and_goes_on(robot: Robot):
    robot.show()
    old_ns = robot.now_ns() - 3600 * 10**9
    # What a bag played again looks like: every input an hour back.
    for step in range(3):
        robot.publish(good_shot(), old_ns + step * 33_000_000)
    robot.hear('matching', 'time jumped back')
    response = robot.ask(QUESTION, max_age=7200.0)
    assert STATUS_NAMES[response.status] == 'OK', response.message
    assert response.answer.header.stamp.sec == (old_ns + 66_000_000) // 10**9
    response = robot.ask(QUESTION)
    assert STATUS_NAMES[response.status] == 'STALE'
    assert '3600' in response.message
    robot.show()
    assert STATUS_NAMES[robot.ask(QUESTION).status] == 'OK'


def test_tf_at_the_stamp_of_the_picture(robot: Robot):
    """The camera moves 1 m each second.

    The answer holds for the picture's moment, not for the newest TF.
    """
    stamp_ns = robot.show()

    def at(moment_ns: int, x: float) -> TransformStamped:
        message = TransformStamped(child_frame_id='camera_color_optical_frame')
        message.header.stamp = time_from(moment_ns)
        message.header.frame_id = 'moving'
        message.transform.translation.x = x
        message.transform.rotation.w = 1.0
        return message

    robot.wait_for(robot.tf.get_subscription_count, 'tf')
    robot.tf.publish(TFMessage(transforms=[at(stamp_ns - 10**9, 0.0)]))
    robot.tf.publish(TFMessage(transforms=[at(stamp_ns + 10**9, 2.0)]))
    here = robot.ask(f'where is {PALLETS[0]}?').answer.objects[0].position
    response = robot.ask(f'where is {PALLETS[0]}?', target_frame='moving')
    assert STATUS_NAMES[response.status] == 'OK', response.message
    assert response.answer.header.frame_id == 'moving'
    there = response.answer.objects[0].position
    assert there.x - here.x == pytest.approx(1.0, abs=1e-3)
    assert there.z == pytest.approx(here.z, abs=1e-6)
    robot.tf.publish(TFMessage(transforms=[at(stamp_ns + 10**9, math.nan)]))
    assert STATUS_NAMES[robot.ask(QUESTION).status] == 'OK'
