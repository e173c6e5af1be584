# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Ids that last, and objects that are out of view, through the real node and middleware."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from geometry_msgs.msg import TransformStamped
from robot import Robot
from tf2_msgs.msg import TFMessage
from tf_transformations import quaternion_from_matrix

from smolrgpt_ros.ros.answer_messages import time_from
from smolrgpt_ros.ros.filming import Shot, film
from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.srv import SpatialQuery
from smolrgpt_ros.warehouse.filming import OPTICAL_FRAME, Film, compose

PERIOD_NS = 100_000_000
FRAMES = 24
DROPPED = 0.25
QUESTION = 'how many pallets are there?'


@cache
def _drive() -> tuple[tuple[Shot, ...], Pose]:
    return film(
        Film(seed=3, size_px=(320, 240), viewpoint='high', noise=True, drive_m=2.5, length=FRAMES)
    )


class Drive:
    """A robot whose camera drives, with TF; detections as a test wants them."""

    def __init__(self, **parameters: Any):
        # Stamps go on by a tenth of a second, however long the machine takes for a picture.
        self.robot = Robot(**{'max_age': 600.0, **parameters})
        self.robot.activate()
        self.shots, self.base_from_camera = _drive()
        self.robot.wait_for(self.robot.tf.get_subscription_count, 'tf')
        self.begun_ns = self.robot.now_ns() - FRAMES * PERIOD_NS
        self.number = 0
        self.moved = False
        self.truth: dict[tuple[int, int, int, int], str] = {}

    def show(self, change: Callable[[list[Any]], list[Any]], *, tf: bool = True) -> int:
        """Publish the next picture of the drive; `change` makes other detections of the true ones.

        Detections lose their ids after the true ones have been written down by their boxes.
        """
        shot = copy.deepcopy(self.shots[min(self.number, FRAMES - 1)])
        stamp_ns = self.begun_ns + self.number * PERIOD_NS
        self.number += 1
        if tf:
            self._place(compose(shot.map_from_base, self.base_from_camera), stamp_ns)
        self.truth = {}
        kept = []
        for detection in change(list(shot.detections.detections)):
            box = detection.bbox
            x, y = box.center.position.x, box.center.position.y
            corner = int(x - box.size_x / 2.0), int(y - box.size_y / 2.0)
            self.truth[corner] = detection.results[0].hypothesis.class_id + '/' + detection.true_id
            kept.append(detection.message)
        shot.detections.detections = kept
        session = self.robot.node.session
        matched = session.synchroniser.matched
        self.robot.publish(shot, stamp_ns)
        self.robot.wait_for(lambda: session.synchroniser.matched > matched, 'a matched set')
        return stamp_ns

    def _place(self, map_from_camera: Pose, stamp_ns: int) -> None:
        message = TransformStamped(child_frame_id=OPTICAL_FRAME)
        message.header.stamp, message.header.frame_id = time_from(stamp_ns), 'odom'
        matrix = np.eye(4)
        matrix[:3, :3] = map_from_camera.rotation
        rotation, place = message.transform.rotation, message.transform.translation
        rotation.x, rotation.y, rotation.z, rotation.w = map(float, quaternion_from_matrix(matrix))
        place.x, place.y, place.z = map(float, map_from_camera.translation)
        self.robot.tf.publish(TFMessage(transforms=[message]))

    def named(self) -> dict[str, str]:
        """True name -> id of each pallet of the newest picture, as an answer tells it."""
        response = self.robot.ask(QUESTION)
        assert STATUS_NAMES[response.status] == 'OK', response.message
        assert response.answer.objects
        return {
            self.truth[thing.roi.x_offset, thing.roi.y_offset]: thing.id
            for thing in response.answer.objects
        }

    def close(self) -> None:
        self.robot.close()


class Told:
    """A detection message with the true name beside it."""

    def __init__(self, message: Any):
        self.message, self.true_id = message, message.id
        self.bbox, self.results = message.bbox, message.results
        message.id = ''


def without_ids(drop: float, rng: np.random.Generator) -> Callable[[list[Any]], list[Any]]:
    return lambda messages: [Told(message) for message in messages if rng.random() >= drop]


def renumbered(number: int) -> Callable[[list[Any]], list[Any]]:
    """Ids as of a detector that numbers anew in each picture."""

    def change(messages: list[Any]) -> list[Any]:
        order = np.random.default_rng(number).permutation(len(messages))
        told = [Told(message) for message in messages]
        for place, thing in zip(order, told, strict=True):
            thing.message.id = f'track-{place}'
        return told

    return change


@pytest.fixture
def drive(ros_domain: int) -> Iterator[Drive]:
    """A drive that begins."""
    drive = Drive(**{'tracking.rate': 0.0})
    yield drive
    drive.close()


def switches(seen: list[dict[str, str]]) -> tuple[int, int]:
    """How often a true object's id changed, and how many were seen."""
    last: dict[str, str] = {}
    changed = count = 0
    for names in seen:
        for true, id in names.items():
            changed += last.get(true, id) != id
            count += 1
            last[true] = id
    return changed, count


def test_ids_last_through_dropped_detections_and_a_round_of_the_lifecycle(drive: Drive):
    rng, seen = np.random.default_rng(0), []
    for number in range(FRAMES):
        if number == FRAMES // 2:
            drive.robot.node.trigger_deactivate()
            drive.robot.activate()
            drive.robot.wait_for(drive.robot.tf.get_subscription_count, 'tf')
        drive.show(without_ids(DROPPED, rng))
        seen.append(drive.named())
    changed, count = switches(seen)
    assert count > 3 * FRAMES
    assert changed <= 0.01 * count, f'{changed} of {count}'
    # Far fewer than left-to-right names would keep: each object has one id only.
    ids = {true: {names[true] for names in seen if true in names} for true in set().union(*seen)}
    assert all(len(known) == 1 for known in ids.values()), ids
    assert len(set().union(*ids.values())) == len(ids)


def test_ids_last_where_the_detector_numbers_anew(drive: Drive):
    seen = []
    for number in range(8):
        drive.show(renumbered(number))
        seen.append(drive.named())
    changed, count = switches(seen)
    assert count > 16
    # The first renumbering has to be seen before it can be overruled.
    assert switches(seen[2:])[0] == 0, (changed, count)


def test_ids_last_through_a_gap_of_tf_and_diagnostics_say_so(drive: Drive):
    seen, rng = [], np.random.default_rng(0)
    for number in range(6):
        drive.show(without_ids(0.0, rng), tf=number != 3)
        seen.append(drive.named())
        if number == 3:
            drive.robot.hear('scene', 'followed in the picture alone')
    assert switches(seen)[0] == 0


def test_the_node_follows_between_questions(ros_domain: int):
    drive = Drive(**{'tracking.rate': 50.0})
    rng = np.random.default_rng(0)
    try:
        drive.show(without_ids(0.0, rng))
        first = drive.named()
        identities = drive.robot.node.identities
        for _ in range(5):
            stamp_ns = drive.show(without_ids(0.0, rng))
            drive.robot.wait_for(
                lambda wanted=stamp_ns: identities.newest_ns == wanted, 'an update nobody asked for'
            )
        assert switches([first, drive.named()])[0] == 0
    finally:
        drive.close()


@pytest.fixture
def remembering(ros_domain: int) -> Iterator[Drive]:
    """A drive that remembers, with one pallet seen at first and then lost."""
    drive = Drive(**{'tracking.rate': 0.0, 'memory.keep': 20.0})
    yield drive
    drive.close()


def position_of(response: SpatialQuery.Response) -> np.ndarray:
    assert STATUS_NAMES[response.status] == 'OK', response.message
    place = response.answer.objects[0].position
    return np.array([place.x, place.y, place.z])


def without(true: str) -> Callable[[list[Any]], list[Any]]:
    return lambda messages: [
        told for told in map(Told, messages) if not true.endswith('/' + told.true_id)
    ]


def test_what_is_out_of_view_is_told_from_memory_with_its_age(remembering: Drive):
    drive = remembering
    seen_ns = drive.show(without_ids(0.0, np.random.default_rng(0)))
    true, id = sorted(drive.named().items())[0]
    other = sorted(drive.named().items())[1][1]
    before = drive.robot.ask(f'where is {id}?', target_frame='odom')
    apart = drive.robot.ask(f'how far is {id} from {other}?').answer
    for _ in range(4):
        drive.show(without(true))
        drive.named()
    response = drive.robot.ask(f'where is {id}?', target_frame='odom')
    assert position_of(response) == pytest.approx(position_of(before), abs=0.05)
    answer = response.answer
    assert f'From memory: {id} was seen' in answer.text
    age_s = answer.image_age.sec + answer.image_age.nanosec * 1e-9
    asked_ns = drive.robot.now_ns()
    assert 0.0 < age_s <= (asked_ns - seen_ns) / 1e9
    stamp = answer.header.stamp
    assert age_s >= (stamp.sec * 10**9 + stamp.nanosec - seen_ns) / 1e9
    assert answer.objects[0].roi.width == 0
    assert answer.objects[0].position_stddev.x > before.answer.objects[0].position_stddev.x
    again = drive.robot.ask(f'how far is {id} from {other}?').answer
    assert again.value == pytest.approx(apart.value, abs=0.3)
    side = drive.robot.ask(f'is {id} left or right of {other}?')
    assert STATUS_NAMES[side.status] == 'OK', side.message
    # It is not there to be counted.
    assert id not in [thing.id for thing in drive.robot.ask(QUESTION).answer.objects]


def test_a_sighting_older_than_asked_for_is_stale(remembering: Drive):
    drive = remembering
    drive.show(without_ids(0.0, np.random.default_rng(0)))
    true, id = sorted(drive.named().items())[0]
    drive.robot.ask(f'where is {id}?')  # measured as a whole
    drive.show(without(true))
    soon = drive.robot.ask(f'where is {id}?')
    for _ in range(FRAMES - 2):
        stamp_ns = drive.show(without(true))
    late = drive.robot.ask(f'where is {id}?')
    assert late.answer.stddev > soon.answer.stddev
    assert late.answer.confidence < soon.answer.confidence
    age_s = (drive.robot.now_ns() - stamp_ns) / 1e9
    response = drive.robot.ask(f'where is {id}?', max_age=age_s + 1.0)
    assert STATUS_NAMES[response.status] == 'STALE'
    assert id in response.message
    assert 'seen last' in response.message
    assert STATUS_NAMES[drive.robot.ask(f'where is {id}?', max_age=300.0).status] == 'OK'


def test_without_memory_what_is_out_of_view_is_unknown(drive: Drive):
    drive.show(without_ids(0.0, np.random.default_rng(0)))
    true, id = sorted(drive.named().items())[0]
    drive.show(without(true))
    response = drive.robot.ask(f'where is {id}?')
    assert STATUS_NAMES[response.status] == 'UNKNOWN_OBJECT'


def test_time_set_back_begins_anew(drive: Drive):
    rng = np.random.default_rng(0)
    for _ in range(3):
        drive.show(without_ids(0.0, rng))
    before = set(drive.named().values())
    drive.begun_ns -= 3600 * 10**9
    for _ in range(3):  # what waits for partners is cleared first
        drive.robot.publish(copy.deepcopy(drive.shots[0]), drive.begun_ns)
    drive.show(without_ids(0.0, rng))
    response = drive.robot.ask(QUESTION, max_age=7200.0)
    assert STATUS_NAMES[response.status] == 'OK', response.message
    assert not before & {thing.id for thing in response.answer.objects}
