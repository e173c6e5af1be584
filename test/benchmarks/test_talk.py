# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a soak asks, and what its camera spoils."""

from __future__ import annotations

import copy
from collections import Counter

import pytest

pytest.importorskip('rclpy')

from robot import good_shot

from benchmarks.camera_faults import DURATIONS_S
from benchmarks.faulty_camera import spoiled
from benchmarks.talk import ALLOWED, Talk
from smolrgpt_ros.messages.status import Status

IDS = ['pallet_1', 'pallet_2', 'pallet_3']
TOPICS = ('camera_info', 'detections', 'depth', 'image')
WHOLE = {'camera unplugged', 'no transforms', 'depth late', 'clock back'}


def test_every_kind_of_question_comes_and_has_its_ends():
    talk, again = Talk(1, IDS), Talk(1, IDS)
    wordings = [talk.next() for _ in range(2000)]
    assert wordings == [again.next() for _ in range(2000)]
    kinds = Counter(wording.kind for wording in [*wordings, *talk.burst()])
    assert set(kinds) == set(ALLOWED)
    assert kinds['good'] > 1000
    names = {status.name for status in Status}
    assert all(ends <= names for ends in ALLOWED.values())


@pytest.mark.parametrize('fault', ['', *DURATIONS_S])
def test_spoiled_messages(fault: str):
    shot = good_shot()
    before = {topic: copy.deepcopy(getattr(shot, topic)) for topic in TOPICS}
    after = {topic: spoiled(topic, getattr(shot, topic), fault) for topic in TOPICS}
    assert all(getattr(shot, topic) == before[topic] for topic in TOPICS), 'the next one is good'
    changed = {topic for topic in TOPICS if after[topic] != before[topic]}
    assert bool(changed) == (fault != '' and fault not in WHOLE)


def test_a_picture_of_half_the_size_is_whole():
    shot = good_shot()
    image = spoiled('image', shot.image, 'smaller pictures')
    depth = spoiled('depth', shot.depth, 'smaller pictures')
    info = spoiled('camera_info', shot.camera_info, 'smaller pictures')
    assert (image.width, image.height, len(image.data)) == (320, 240, 320 * 240 * 3)
    assert (depth.width, depth.height, len(depth.data)) == (320, 240, 320 * 240 * 2)
    assert (info.width, info.height) == (320, 240)
    assert info.k[0] == shot.camera_info.k[0] / 2.0
