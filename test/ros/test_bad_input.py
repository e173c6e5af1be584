# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Malformed messages over the real middleware.

Each gets a status and a sentence, the next good one is answered.
"""

from __future__ import annotations

import array
import copy
import importlib.util
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from geometry_msgs.msg import TransformStamped
from robot import Robot, good_shot, ids_of
from tf2_msgs.msg import TFMessage

from smolrgpt_ros.ros.answer_messages import time_from
from smolrgpt_ros.ros.filming import Shot
from smolrgpt_ros.ros.status import STATUS_NAMES

PALLETS = ids_of(good_shot(), 'pallet')
QUESTION = f'how far is {PALLETS[0]} from {PALLETS[1]}?'


def position_of(shot: Shot, object_id: str) -> int:
    return next(i for i, d in enumerate(shot.detections.detections) if d.id == object_id)


def truncated_depth(shot: Shot) -> None:
    shot.depth.data = shot.depth.data[: len(shot.depth.data) // 2]


def truncated_image(shot: Shot) -> None:
    shot.image.data = shot.image.data[:100]


def empty_image(shot: Shot) -> None:
    shot.image.data = array.array('B')
    shot.image.width = shot.image.height = shot.image.step = 0


def wrong_step(shot: Shot) -> None:
    shot.depth.step = 7


def huge_size(shot: Shot) -> None:
    shot.depth.height = shot.depth.width = 2**31


def unknown_depth_encoding(shot: Shot) -> None:
    shot.depth.encoding = '64FC7'


def colour_as_depth(shot: Shot) -> None:
    shot.depth.encoding, shot.depth.data, shot.depth.step = 'rgb8', shot.image.data, shot.image.step


def unknown_image_encoding(shot: Shot) -> None:
    shot.image.encoding = 'plaid8'


def bayer_image(shot: Shot) -> None:
    shot.image.encoding = 'bayer_rggb8'


def smaller_depth(shot: Shot) -> None:
    half = np.frombuffer(shot.depth.data, np.uint16).reshape(480, 640)[::2, ::2]
    shot.depth.height, shot.depth.width, shot.depth.step = 240, 320, 640
    shot.depth.data = array.array('B', half.tobytes())


def zero_camera_info(shot: Shot) -> None:
    shot.camera_info.k = [0.0] * 9
    shot.camera_info.p = [0.0] * 12


def nan_camera_info(shot: Shot) -> None:
    shot.camera_info.k = [math.nan] * 9


def other_camera_info(shot: Shot) -> None:
    shot.camera_info.width = 1920


def no_depth_at_all(shot: Shot) -> None:
    shot.depth.data = array.array('B', bytes(len(shot.depth.data)))


def nan_depth(shot: Shot) -> None:
    shot.depth.encoding, shot.depth.step = '32FC1', 640 * 4
    shot.depth.data = array.array('B', np.full((480, 640), np.nan, np.float32).tobytes())


def first_box(change: Callable[[object], None]) -> Callable[[Shot], None]:
    def apply(shot: Shot) -> None:
        change(shot.detections.detections[position_of(shot, PALLETS[0])].bbox)

    return apply


def nan_box(box) -> None:
    box.center.position.x = math.nan


def negative_box(box) -> None:
    box.size_x = -20.0


def endless_box(box) -> None:
    box.size_x = math.inf


def outside_box(box) -> None:
    box.center.position.x = 9000.0


def empty_box(box) -> None:
    box.size_x = box.size_y = 0.0


def no_detections(shot: Shot) -> None:
    shot.detections.detections = []


def no_hypotheses_at_all(shot: Shot) -> None:
    for detection in shot.detections.detections:
        detection.results = []


@dataclass(frozen=True)
class Bad:
    """A malformed message and what has to be heard of it."""

    change: Callable[[Shot], None]
    status: str
    said: tuple[str, ...] = ()
    diagnosed: tuple[str, ...] = ()
    question: str = QUESTION


BAD = {
    'truncated depth': Bad(truncated_depth, 'NO_DEPTH', ('depth', 'truncated'), ('truncated',)),
    'wrong step': Bad(wrong_step, 'NO_DEPTH', ('step is 7',), ('step is 7',)),
    'depth of 2^31 pixels': Bad(huge_size, 'NO_DEPTH', ('depth',), ('depth',)),
    'unknown depth encoding': Bad(unknown_depth_encoding, 'NO_DEPTH', ('64FC7',), ('64FC7',)),
    'colour as depth': Bad(colour_as_depth, 'NO_DEPTH', ('rgb8',), ('16UC1',)),
    'depth of another size': Bad(
        smaller_depth, 'NO_DEPTH', ('320x240', '640x480'), ('use_depth_camera_info',)
    ),
    'camera_info of zeros': Bad(
        zero_camera_info, 'NO_DEPTH', ('camera_info', 'zeros'), ('not calibrated',)
    ),
    'camera_info of nan': Bad(nan_camera_info, 'NO_DEPTH', ('nan',), ('nan',)),
    'camera_info of another size': Bad(other_camera_info, 'NO_DEPTH', ('1920',), ('1920',)),
    'no valid depth': Bad(no_depth_at_all, 'NO_DEPTH', (PALLETS[0],)),
    'depth of nan': Bad(nan_depth, 'NO_DEPTH', (PALLETS[0],)),
    # A distance needs no colours: what was good is not lost, and the damage is said.
    'truncated image': Bad(truncated_image, 'OK', (), ('image', 'truncated')),
    'unknown image encoding': Bad(unknown_image_encoding, 'OK', (), ('plaid8',)),
    'Bayer without cv_bridge': Bad(bayer_image, 'OK', (), ('cv_bridge',)),
    'box of nan': Bad(
        first_box(nan_box), 'UNKNOWN_OBJECT', (PALLETS[0], 'nan', 'left out'), ('left out',)
    ),
    'negative box': Bad(
        first_box(negative_box), 'UNKNOWN_OBJECT', ('turned round',), ('left out',)
    ),
    'endless box': Bad(first_box(endless_box), 'UNKNOWN_OBJECT', ('finite',), ('left out',)),
    'box outside': Bad(first_box(outside_box), 'UNKNOWN_OBJECT', ('outside',), ('outside',)),
    'empty box': Bad(first_box(empty_box), 'UNKNOWN_OBJECT', ('empty',), ('left out',)),
    'no detections': Bad(no_detections, 'UNKNOWN_OBJECT', (PALLETS[0],)),
    'no hypotheses': Bad(no_hypotheses_at_all, 'OK'),
}


def without_cv_bridge(name: str) -> bool:
    return importlib.util.find_spec('cv_bridge') is None or 'cv_bridge' not in name


@pytest.mark.parametrize('name', [name for name in BAD if without_cv_bridge(name)])
def test_bad_input_is_told_and_the_next_good_one_answered(robot: Robot, name: str):
    bad = BAD[name]
    shot = good_shot()
    bad.change(shot)
    robot.show(shot)
    response = robot.ask(bad.question)
    assert STATUS_NAMES[response.status] == bad.status, response.message
    for fragment in bad.said:
        assert fragment in response.message
    if bad.diagnosed:
        heard = robot.hear('scene', *bad.diagnosed)
        assert heard.level == 1
    robot.show()
    response = robot.ask(QUESTION)
    assert (STATUS_NAMES[response.status], response.message) == ('OK', '')


def test_left_right_needs_no_depth(robot: Robot):
    shot = good_shot()
    truncated_depth(shot)
    robot.show(shot)
    response = robot.ask(f'is {PALLETS[0]} left of {PALLETS[1]}?')
    assert STATUS_NAMES[response.status] == 'OK', response.message
    assert all(math.isnan(thing.position.x) for thing in response.answer.objects)


def test_500_detections(robot: Robot):
    shot = good_shot()
    pallet = shot.detections.detections[position_of(shot, PALLETS[0])]
    for number in range(500):
        more = copy.deepcopy(pallet)
        more.id = f'more_{number}'
        more.bbox.center.position.x = 20.0 + number
        shot.detections.detections.append(more)
    robot.show(shot)
    response = robot.ask(QUESTION)
    assert STATUS_NAMES[response.status] == 'OK', response.message


def test_duplicate_and_empty_ids(robot: Robot):
    shot = good_shot()
    a, b = (shot.detections.detections[position_of(shot, name)] for name in PALLETS[:2])
    a.id = b.id = 'twin'
    for detection in shot.detections.detections:
        if detection.results[0].hypothesis.class_id == 'shelf':
            detection.id = ''
    robot.show(shot)
    response = robot.ask('where is twin?')
    assert STATUS_NAMES[response.status] in ('UNKNOWN_OBJECT', 'NOT_UNDERSTOOD')
    assert "the id 'twin' is given to 2 detections" in response.message
    response = robot.ask('how many pallets are there?')
    ids = [thing.id for thing in response.answer.objects]
    assert len(ids) == len(set(ids))
    assert '' not in ids


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


def test_depth_behind_colour_is_said_in_words(robot: Robot):
    session = robot.node.session
    start_ns = robot.now_ns()
    for step in range(3):
        robot.publish(good_shot(), start_ns + step * 1_000_000_000, depth=-83_000_000)
    # A whole set later than these settles what became of them.
    dropped = session.synchroniser.dropped
    robot.publish(good_shot(), start_ns + 4_000_000_000)
    robot.wait_for(lambda: session.synchroniser.dropped >= dropped + 3, 'drops')
    heard = robot.hear('matching', 'depth is 83 ms behind colour, slop is 20 ms')
    assert heard.level == 1
    assert int(heard.values['dropped: depth behind']) >= 3


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


def test_missing_tf_waits_no_longer_than_allowed(robot: Robot):
    robot.show()
    response = robot.ask(QUESTION, target_frame='map')
    assert STATUS_NAMES[response.status] == 'NO_TRANSFORM'
    for fragment in ("'camera_color_optical_frame'", "'map'", 'stamp', '0.1 s'):
        assert fragment in response.message
