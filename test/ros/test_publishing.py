# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the node publishes: answers, objects, markers, overlay, diagnostics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from robot import Robot, good_shot, ids_of
from sensor_msgs.msg import Image
from vision_msgs.msg import Detection3DArray
from visualization_msgs.msg import Marker, MarkerArray

from smolrgpt_ros.messages.conversions import colour_from, rotation_from_quaternion
from smolrgpt_ros.msg import SpatialAnswer
from smolrgpt_ros.ros.status import STATUS_NAMES

PALLETS = ids_of(good_shot(), 'pallet')
QUESTION = f'how far is {PALLETS[0]} from {PALLETS[1]}?'
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


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
        centre, size, q = (
            detection.bbox.center.position,
            detection.bbox.size,
            detection.bbox.center.orientation,
        )
        assert (centre.x, centre.y, centre.z) == pytest.approx(
            (thing.position.x, thing.position.y, thing.position.z)
        )
        # The aligned extent of the answer is |R| s of the oriented box.
        aligned = np.abs(rotation_from_quaternion((q.x, q.y, q.z, q.w))) @ [size.x, size.y, size.z]
        np.testing.assert_allclose(aligned, [thing.size.x, thing.size.y, thing.size.z], rtol=1e-6)
        assert detection.results[0].pose.covariance[14] == pytest.approx(thing.position_stddev.z**2)
    assert markers[-1].markers[0].action == Marker.DELETEALL
    texts = [
        marker.text for marker in markers[-1].markers if marker.type == Marker.TEXT_VIEW_FACING
    ]
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


def test_an_answer_that_cannot_be_published_costs_nobody_an_answer(
    robot: Robot, monkeypatch: pytest.MonkeyPatch
):
    robot.show()

    def broken(answered: Any) -> None:
        raise RuntimeError('the middleware is gone')

    monkeypatch.setattr(robot.node._answer_publishers, 'publish', broken)
    futures = [robot.ask_async(QUESTION) for _ in range(10)]
    assert {STATUS_NAMES[robot.result_of(future).status] for future in futures} == {'OK'}
    monkeypatch.undo()
    assert STATUS_NAMES[robot.ask(QUESTION).status] == 'OK'
