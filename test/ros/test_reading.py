# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The reader of serialised detections gives what rclpy gives, or leaves the bytes to it."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message, serialize_message
from robot import good_shot
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from smolrgpt_ros.messages.detections import seen_from
from smolrgpt_ros.messages.detections_wire import WireError, read_detections
from smolrgpt_ros.ros import reading
from smolrgpt_ros.ros.reading import detections_from_bytes, layout_is_known

# Strings of C end at their first zero, and UTF-8 has no surrogates.
WORDS = st.text(st.characters(exclude_characters='\0', exclude_categories=('Cs',)), max_size=12)
NUMBERS = st.floats(width=64)


def detection(
    name: str, frame_id: str, hypotheses: list[tuple[str, float]], box: tuple[float, ...]
) -> Detection2D:
    message = Detection2D(id=name)
    message.header.frame_id = frame_id
    message.header.stamp.sec = 7
    for class_id, score in hypotheses:
        result = ObjectHypothesisWithPose()
        result.hypothesis.class_id, result.hypothesis.score = class_id, score
        result.pose.pose.position.x, result.pose.covariance[35] = 1.5, 2.5
        message.results.append(result)
    message.bbox.center.position.x, message.bbox.center.position.y = box[0], box[1]
    message.bbox.center.theta = box[2]
    message.bbox.size_x, message.bbox.size_y = box[3], box[4]
    return message


def array_of(*detections: Detection2D, frame_id: str = 'camera') -> Detection2DArray:
    message = Detection2DArray(detections=list(detections))
    message.header.frame_id = frame_id
    return message


def by_rclpy(serialised: bytes):
    return seen_from(deserialize_message(serialised, Detection2DArray).detections)


def assert_equal_to_rclpy(message: Detection2DArray) -> None:
    serialised = serialize_message(message)
    read, expected = read_detections(serialised), by_rclpy(serialised)
    assert len(read) == len(expected) == len(message.detections)
    for one, other in zip(read, expected, strict=True):
        assert one[:2] == other[:2]
        assert one.score == other.score
        assert [repr(value) for value in one.box_px] == [repr(value) for value in other.box_px]


BOX = (50.0, 40.0, 0.0, 20.0, 10.0)
PALLET = detection('pallet_1', 'camera', [('pallet', 0.9)], BOX)
MESSAGES = {
    'none': array_of(),
    'no frame, no id, no hypothesis': array_of(detection('', '', [], BOX), frame_id=''),
    'unicode': array_of(
        detection('Hubwagen_Ä_パレット_🚚', 'Kamera_ß', [('托盘', 0.5)], BOX), frame_id='é'
    ),
    'many hypotheses': array_of(
        detection('a', 'bcd', [(f'class_{i}', i / 300) for i in range(300)], BOX), PALLET
    ),
    'nan and infinities': array_of(
        detection(
            'a',
            'c',
            [('x', math.nan), ('y', math.inf), ('z', -1.0)],
            (math.nan, math.inf, -math.inf, -1.0, 0.0),
        )
    ),
    'scores without number': array_of(detection('a', 'c', [('x', math.nan), ('y', math.nan)], BOX)),
    'turned': array_of(detection('a', 'c', [('x', 0.5)], (50.0, 40.0, 0.7, 20.0, 10.0))),
    '500': array_of(
        *(
            detection(f'd_{"x" * (i % 9)}', 'c' * (i % 5), [('box', 0.5)] * (i % 3), BOX)
            for i in range(500)
        )
    ),
}


@pytest.mark.parametrize('name', MESSAGES)
def test_equals_rclpy(name: str):
    assert_equal_to_rclpy(MESSAGES[name])


def test_equals_rclpy_on_what_the_camera_sees():
    assert_equal_to_rclpy(good_shot().detections)


@settings(max_examples=100, deadline=None)
@given(
    WORDS,
    st.lists(
        st.tuples(
            WORDS,
            WORDS,
            st.lists(st.tuples(WORDS, NUMBERS), max_size=4),
            st.tuples(*[NUMBERS] * 5),
        ),
        max_size=6,
    ),
)
def test_equals_rclpy_on_any_message(frame_id, fields):
    assert_equal_to_rclpy(array_of(*(detection(*one) for one in fields), frame_id=frame_id))


def test_big_endian():
    """A message with one detection, written by hand in the other byte order."""

    def text(value: bytes, at: int) -> bytes:
        return bytes(-at % 4) + struct.pack('>I', len(value) + 1) + value + b'\0'

    body = struct.pack('>iI', 1, 2)
    body += text(b'cam', len(body))
    body += bytes(-len(body) % 4) + struct.pack('>I', 1)
    body += struct.pack('>iI', 3, 4)
    body += text(b'camera', len(body))
    body += bytes(-len(body) % 4) + struct.pack('>I', 1)
    body += text(b'pallet', len(body))
    body += bytes(-len(body) % 8) + struct.pack('>d', 0.75) + bytes(43 * 8)
    body += struct.pack('>5d', *BOX)
    body += text(b'p1', len(body))
    serialised = b'\0\0\0\0' + body
    assert read_detections(serialised) == by_rclpy(serialised)
    assert read_detections(serialised) == (('p1', 'pallet', 0.75, (40.0, 35.0, 60.0, 45.0)),)


WHOLE = serialize_message(MESSAGES['unicode'])
BROKEN = {
    'empty': b'',
    'encapsulation alone': WHOLE[:4],
    'ends in the header': WHOLE[:13],
    'ends in a string': WHOLE[:40],
    'ends in the box': WHOLE[:-60],
    'last byte missing': WHOLE[:-5],
    'a frame_id of 4 GB': WHOLE[:12] + b'\xff\xff\xff\xff' + WHOLE[16:],
    'encoding of version 2': b'\0\7' + WHOLE[2:],
}


@pytest.mark.parametrize('name', BROKEN)
def test_broken_bytes_are_left_to_rclpy(name: str):
    with pytest.raises(WireError):
        read_detections(BROKEN[name])


@pytest.mark.parametrize('name', [name for name in BROKEN if 'version' not in name])
def test_broken_bytes_are_never_an_empty_success(name: str):
    with pytest.raises(Exception, match='deserialize'):
        detections_from_bytes(BROKEN[name])


def test_a_sequence_of_four_billion_ends_with_the_message():
    serialised = serialize_message(array_of())
    with pytest.raises(WireError):
        read_detections(serialised[:-4] + b'\xff\xff\xff\xff')


def test_another_layout_is_left_to_rclpy(monkeypatch: pytest.MonkeyPatch):
    assert layout_is_known()
    other_order = {'id': 'string', 'header': 'std_msgs/Header'}
    monkeypatch.setitem(reading._EXPECTED_FIELDS, Detection2D, other_order)
    layout_is_known.cache_clear()
    try:
        assert not layout_is_known()
        assert detections_from_bytes(WHOLE) == by_rclpy(WHOLE)
    finally:
        monkeypatch.undo()
        layout_is_known.cache_clear()
    assert layout_is_known()
