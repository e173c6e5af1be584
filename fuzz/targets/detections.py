# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Serialised Detection2DArray, as they lie on the wire."""

from __future__ import annotations

from collections.abc import Iterator

from rclpy.serialization import deserialize_message, serialize_message
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from fuzz.draw import Draw
from smolrgpt_ros.messages.detections import regions_from, seen_from
from smolrgpt_ros.messages.detections_wire import WireError, read_detections

_SIZE_PX = (640, 480)
_TEXTS = ('', 'pallet', 'pallet_1', 'É', ' ', 'left of', 'x' * 40)


def seeds() -> Iterator[bytes]:
    """Messages with no, one and several detections, and their bytes cut short."""
    for count in range(4):
        yield bytes((0, count, *range(60)))
        yield bytes((1,)) + serialize_message(_message(Draw(bytes((count, *range(60))))))


def check(data: bytes) -> None:
    """Read: bytes of rclpy's own exactly as rclpy reads them, other bytes or a refusal."""
    draw = Draw(data)
    if draw.chance():
        try:
            seen = read_detections(draw.rest())
        except WireError as error:
            assert str(error)
            return
    else:
        serialised = serialize_message(_message(draw))
        seen = read_detections(serialised)
        theirs = seen_from(deserialize_message(serialised, Detection2DArray).detections)
        assert repr(seen) == repr(theirs)
    detected = regions_from(seen, _SIZE_PX)
    assert len(detected.regions) + detected.skipped == len(seen)
    ids = [region.id for region in detected.regions]
    assert all(ids)
    assert len(set(ids)) == len(ids)
    for region in detected.regions:
        x0, y0, x1, y1 = region.box_px
        assert 0.0 <= x0 < x1 <= _SIZE_PX[0], region
        assert 0.0 <= y0 < y1 <= _SIZE_PX[1], region
        assert 0.0 <= region.score <= 1.0, region


def _message(draw: Draw) -> Detection2DArray:
    message = Detection2DArray()
    message.header.frame_id = draw.choose(_TEXTS)
    for _ in range(draw.number(0, 5)):
        detection = Detection2D(id=draw.choose(_TEXTS))
        detection.bbox.center.position.x, detection.bbox.center.position.y = (
            draw.real(),
            draw.real(),
        )
        detection.bbox.center.theta = draw.real()
        detection.bbox.size_x, detection.bbox.size_y = draw.real(), draw.real()
        for _ in range(draw.number(0, 3)):
            hypothesis = ObjectHypothesisWithPose()
            hypothesis.hypothesis.class_id = draw.choose(_TEXTS)
            hypothesis.hypothesis.score = draw.real()
            detection.results.append(hypothesis)
        message.detections.append(detection)
    return message
