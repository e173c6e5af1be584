# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Inputs that parameters switch on: masks, and the depth camera's own camera_info."""

from __future__ import annotations

import array
import math
from collections.abc import Iterator

import numpy as np
import pytest
from robot import Robot, good_shot, ids_of

from smolrgpt_ros.ros.status import STATUS_NAMES

PALLETS = ids_of(good_shot(), 'pallet')
QUESTION = f'how far is {PALLETS[0]} from {PALLETS[1]}?'


@pytest.fixture(scope='module')
def full_robot(module_ros_domain: int) -> Iterator[Robot]:
    """A robot with mask and with the depth camera's own camera_info."""
    robot = Robot(
        **{'use_mask': True, 'use_depth_camera_info': True, 'qos.mask.reliability': 'reliable'}
    )
    robot.activate()
    robot.wait_for(robot.mask.get_subscription_count, 'mask')
    robot.wait_for(robot.depth_camera_info.get_subscription_count, 'depth_camera_info')
    yield robot
    robot.close()


def test_masks_reach_the_scene(full_robot: Robot):
    full_robot.show()
    assert STATUS_NAMES[full_robot.ask(QUESTION).status] == 'OK'
    regions = full_robot.node.session.builder.latest.scene.regions
    assert all(region.mask is not None for region in regions)


def test_a_mask_of_another_size_is_told_and_boxes_go_on(full_robot: Robot):
    shot = good_shot()
    shot.mask.height, shot.mask.data = 240, shot.mask.data[: 240 * shot.mask.step]
    full_robot.show(shot)
    assert STATUS_NAMES[full_robot.ask(QUESTION).status] == 'OK'
    full_robot.hear('scene', '640x240')


def test_smaller_depth_is_registered_by_its_own_camera_info(full_robot: Robot):
    full_robot.show()
    exact = full_robot.ask(QUESTION).answer.value
    shot = good_shot()
    half = np.frombuffer(shot.depth.data, np.uint16).reshape(480, 640)[::2, ::2]
    shot.depth.height, shot.depth.width, shot.depth.step = 240, 320, 640
    shot.depth.data = array.array('B', half.tobytes())
    own = good_shot().camera_info
    own.width, own.height = 320, 240
    own.k = [value / 2.0 for value in own.k[:8]] + [1.0]
    full_robot.depth_camera_info.publish(own)
    session = full_robot.node.session
    full_robot.wait_for(lambda: session._depth_camera_info is not None, 'depth_camera_info')
    full_robot.show(shot)
    response = full_robot.ask(QUESTION)
    assert STATUS_NAMES[response.status] == 'OK', response.message
    assert response.answer.value == pytest.approx(exact, rel=0.1)
    assert not math.isnan(response.answer.stddev)
