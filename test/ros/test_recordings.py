# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A recording is answered as the node answers: same matching, decoding, TF, scene, values.

The node's own parts (rclpy's deserialisation, message_filters, tf2) are fed with the bytes of a
recording, and asked the same questions.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rclpy.serialization import deserialize_message
from recordings import COUNT, DISTANCE, geometric, record
from sensor_msgs.msg import Image
from tf2_msgs.msg import TFMessage

from smolrgpt_ros.messages.frame_set import FrameSet
from smolrgpt_ros.messages.identity import Identities
from smolrgpt_ros.messages.placed import placed_objects
from smolrgpt_ros.messages.preparing import prepare
from smolrgpt_ros.messages.scene_building import SceneBuilder
from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.stamped import stamped_from_bytes, stamped_from_message
from smolrgpt_ros.messages.status import Status
from smolrgpt_ros.messages.synchroniser import FrameSynchroniser
from smolrgpt_ros.messages.transforms import Transforms
from smolrgpt_ros.msg import SpatialAnswer, SpatialObject
from smolrgpt_ros.recorded.asking import Asker, PlainRequest
from smolrgpt_ros.recorded.bag import Bag
from smolrgpt_ros.recorded.frames import fitted_settings
from smolrgpt_ros.recorded.playback import Playback
from smolrgpt_ros.recorded.rows import number
from smolrgpt_ros.recorded.topics import TF, TF_STATIC, Topics, inputs_of
from smolrgpt_ros.ros.answer_messages import answer_message
from smolrgpt_ros.ros.matching import FilterMatcher
from smolrgpt_ros.ros.reading import RclpyReading
from smolrgpt_ros.ros.transforms import Tf2Buffer
from smolrgpt_ros.srv import SpatialQuery

QUESTIONS = (DISTANCE, COUNT, 'which is the leftmost pallet?', 'where is the nearest pallet?')


@pytest.fixture(scope='module')
def run_mcap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp('recorded') / 'run.mcap')


def asked_of_the_nodes_parts(bag: Bag, wanted: Settings) -> list[SpatialAnswer]:
    """Answers as messages, about the last set of the recording."""
    sets: list[FrameSet] = []
    transforms = Transforms(Tf2Buffer())
    inputs = inputs_of(bag, Topics())
    synchroniser = FrameSynchroniser(
        ['image', 'depth', 'camera_info', 'detections'],
        slop_s=wanted.sync_slop,
        queue_size=wanted.sync_queue,
        on_frame=sets.append,
        on_restart=lambda sentence: pytest.fail(sentence),
        make_matcher=FilterMatcher,
    )
    for topic, at_ns, data in bag.messages([*inputs, TF, TF_STATIC]):
        if topic == TF:
            transforms.add(deserialize_message(data, TFMessage))
        elif topic == TF_STATIC:
            transforms.add_static(deserialize_message(data, TFMessage))
        elif inputs[topic] in ('image', 'depth'):
            picture = deserialize_message(data, Image)
            synchroniser.add(stamped_from_message(inputs[topic], picture, at_ns / 1e9))
        else:
            synchroniser.add(stamped_from_bytes(inputs[topic], data, at_ns / 1e9))
    builder = SceneBuilder(transforms, lambda: None, Identities(wanted), RclpyReading())
    answers = []
    for question in QUESTIONS:
        prepared = prepare(
            builder,
            sets[-1],
            PlainRequest(question),
            wanted,
            engine='geometric',
            now_ns=bag.end_ns,
            rectified=False,
        )
        scene = prepared.built.scene
        (answer,) = geometric().answer(scene, [prepared.question])
        placed = placed_objects(answer, scene)
        answers.append(answer_message(answer, scene, placed, question=question, query_id=''))
    return answers


def test_rows_say_what_the_nodes_messages_say(run_mcap: Path):
    with Bag(run_mcap) as bag:
        wanted = fitted_settings(bag, Settings(), (None, None, None)).settings
        messages = asked_of_the_nodes_parts(bag, replace(wanted, tf_timeout=0.0))
        playback = Playback(bag, Topics(), wanted)
        playback.advance(bag.end_ns)
        asker = Asker(playback, geometric(), geometric())
        rows = [outcome.row for outcome in asker.ask(QUESTIONS, ['a', 'b', 'c', 'd'])]
    for row, message in zip(rows, messages, strict=True):
        assert row['status'] == 'OK'
        stamp = message.header.stamp
        assert row['stamp_ns'] == stamp.sec * 10**9 + stamp.nanosec
        assert (row['frame_id'], row['text']) == (message.header.frame_id, message.text)
        assert (row['normalized'], row['engine']) == (message.normalized, message.engine)
        assert getattr(SpatialAnswer, row['category']) == message.category
        assert row['value'] == number(message.value, 6)
        assert row['confidence'] == pytest.approx(message.confidence, abs=1e-6)
        assert [entry['id'] for entry in row['objects']] == [o.id for o in message.objects]
        for entry, thing in zip(row['objects'], message.objects, strict=True):
            place = (thing.position.x, thing.position.y, thing.position.z)
            assert entry['position'] == pytest.approx(place, abs=1e-4)
            assert entry['roi']['width'] == thing.roi.width
            assert entry['region'] == thing.region


# What a row calls what a message holds.
RENAMED = {
    'header': ('stamp_ns', 'frame_id'),
    'image_age': ('image_age_s',),
    'latency': ('latency_s',),
}


def test_rows_have_every_field_of_the_messages(run_mcap: Path):
    with Bag(run_mcap) as bag:
        playback = Playback(bag, Topics(), Settings())
        playback.advance(bag.end_ns)
        asker = Asker(playback, geometric(), geometric())
        good, bad = (outcome.row for outcome in asker.ask([COUNT, 'hm'], ['a', 'b']))
    fields = SpatialAnswer.get_fields_and_field_types()
    expected = {name for field in fields for name in RENAMED.get(field, (field,))}
    assert set(good) == set(bad) == expected | {'status', 'message'}
    assert set(good['objects'][0]) == set(SpatialObject.get_fields_and_field_types())


def test_statuses_are_those_of_the_service():
    constants = {status.name: getattr(SpatialQuery.Response, status.name) for status in Status}
    assert {status.name: status.value for status in Status} == constants
