# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the node publishes of an answer, and inputs that are switched on by parameters."""

from __future__ import annotations

import array
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from robot import Robot, good_shot, ids_of
from sensor_msgs.msg import Image
from vision_msgs.msg import Detection3DArray
from visualization_msgs.msg import Marker, MarkerArray

from smolrgpt_ros.msg import SpatialAnswer
from smolrgpt_ros.ros.conversions import colour_from, rotation_from_quaternion
from smolrgpt_ros.ros.status import STATUS_NAMES

PALLETS = ids_of(good_shot(), 'pallet')
QUESTION = f'how far is {PALLETS[0]} from {PALLETS[1]}?'
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.fixture(scope='module')
def full_robot(module_ros_domain: int) -> Iterator[Robot]:
    """A robot with mask and with the depth camera's own camera_info."""
    robot = Robot(**{'use_mask': True, 'use_depth_camera_info': True, 'qos.mask.reliability': 'reliable'})
    robot.activate()
    robot.wait_for(robot.mask.get_subscription_count, 'mask')
    robot.wait_for(robot.depth_camera_info.get_subscription_count, 'depth_camera_info')
    yield robot
    robot.close()


def subscribed(robot: Robot, message_type: type, topic: str, qos: Any = LATCHED) -> list:
    heard: list = []
    robot.tester.create_subscription(message_type, topic, heard.append, qos)
    robot.wait_for(lambda: robot.tester.count_publishers(topic), topic)
    return heard


def test_all_that_is_published_of_an_answer(robot: Robot):
    answers = subscribed(robot, SpatialAnswer, '/spatial_query/answers', 10)
    objects = subscribed(robot, Detection3DArray, '/spatial_query/objects')
    markers = subscribed(robot, MarkerArray, '/spatial_query/markers')
    overlays = subscribed(robot, Image, '/spatial_query/overlay')
    shot = good_shot()
    robot.show(shot)

    def all_published() -> bool:
        response = robot.ask(QUESTION)
        assert STATUS_NAMES[response.status] == 'OK', response.message
        return bool(answers and objects and markers and overlays)

    # The first answers may come before the middleware has connected the subscriptions.
    robot.wait_for(all_published, 'answers, objects, markers and overlay')
    answer = robot.ask(QUESTION).answer
    robot.wait_for(lambda: answers[-1].query_id == answer.query_id, 'the answer')
    assert answers[-1] == answer
    assert [detection.id for detection in objects[-1].detections] == PALLETS[:2]
    for detection, thing in zip(objects[-1].detections, answer.objects, strict=True):
        centre, size, q = detection.bbox.center.position, detection.bbox.size, detection.bbox.center.orientation
        assert (centre.x, centre.y, centre.z) == pytest.approx((thing.position.x, thing.position.y, thing.position.z))
        # The aligned extent of the answer is |R| s of the oriented box.
        aligned = np.abs(rotation_from_quaternion((q.x, q.y, q.z, q.w))) @ [size.x, size.y, size.z]
        np.testing.assert_allclose(aligned, [thing.size.x, thing.size.y, thing.size.z], rtol=1e-6)
        assert detection.results[0].pose.covariance[14] == pytest.approx(thing.position_stddev.z**2)
    assert markers[-1].markers[0].action == Marker.DELETEALL
    texts = [marker.text for marker in markers[-1].markers if marker.type == Marker.TEXT_VIEW_FACING]
    assert texts == [*PALLETS[:2], answer.text]
    overlay = overlays[-1]
    assert (overlay.width, overlay.height, overlay.encoding) == (640, 480, 'rgb8')
    assert overlay.header.stamp == answer.header.stamp
    assert (colour_from(overlay) != colour_from(shot.image)).any()


def test_diagnostics_speak_of_every_input(robot: Robot):
    start_ns = robot.now_ns()
    for step in range(8):
        robot.publish(good_shot(), start_ns + step * 33_000_000)
    for topic in ('image', 'depth', 'camera_info', 'detections'):
        heard = robot.hear(f'input {topic}')
        assert heard.values['topic'] == f'/{topic}'
        assert heard.values['publishers'] == '1'
    assert robot.hear('input image').values['encoding'] == 'rgb8'
    assert robot.hear('input depth').values['encoding'] == '16UC1'
    assert int(robot.hear('questions').values['OK']) > 0
    robot.hear('input image', 'silent for')


def test_publishers_that_cannot_be_heard_are_named(ros_domain: int):
    robot = Robot()
    try:
        best_effort = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)
        robot.tester.destroy_publisher(robot.depth)
        robot.depth = robot.tester.create_publisher(Image, 'depth', best_effort)
        robot.node.trigger_configure()
        robot.node.trigger_activate()
        heard = robot.hear('input depth', '/tester publishes on /depth', 'qos.depth.reliability')
        assert heard.level == 2
        response = robot.ask(QUESTION)
        assert STATUS_NAMES[response.status] == 'NO_FRAME'
        assert 'qos.depth.reliability' in response.message
    finally:
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
