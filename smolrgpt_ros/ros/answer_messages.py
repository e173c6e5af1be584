# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Answers as messages: values by category, positions and extents in the answer's frame."""

from __future__ import annotations

import numpy as np
from builtin_interfaces.msg import Duration, Time
from geometry_msgs.msg import Point, Vector3
from sensor_msgs.msg import RegionOfInterest

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.messages.answered import normalized_text, roi_px, value_of
from smolrgpt_ros.messages.placed import PlacedObject
from smolrgpt_ros.msg import SpatialAnswer, SpatialObject
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.region import Region

_CATEGORIES = {category: getattr(SpatialAnswer, category.name) for category in Category}


def answer_message(
    answer: Answer, scene: Scene, placed: tuple[PlacedObject, ...], *, question: str, query_id: str
) -> SpatialAnswer:
    """The message of an answer; image_age and latency are left for the moment it is sent."""
    message = SpatialAnswer(query_id=query_id, question=question)
    message.header.stamp = time_from(scene.stamp_ns)
    message.header.frame_id = scene.target_frame or scene.frame_id
    message.category = _CATEGORIES[answer.category]
    message.text = answer.text
    message.normalized = normalized_text(answer)
    message.value = value_of(answer)
    message.stddev = float(answer.stddev)
    message.confidence = float(answer.confidence)
    message.objects = [object_message(thing) for thing in placed]
    message.engine = answer.engine
    message.verified = answer.verified
    return message


def object_message(thing: PlacedObject) -> SpatialObject:
    """One object; NaN for what could not be measured."""
    message = SpatialObject()
    message.id = thing.region.id
    message.class_id = thing.region.class_id
    message.score = float(thing.region.score)
    message.region = thing.question_position
    _set_roi(message.roi, thing.region)
    _set_xyz(message.position, thing.position)
    _set_xyz(message.size, thing.aligned_size)
    _set_xyz(message.position_stddev, thing.stddev)
    return message


def time_from(stamp_ns: int) -> Time:
    """builtin_interfaces/Time of nanoseconds."""
    sec, nanosec = divmod(stamp_ns, 1_000_000_000)
    return Time(sec=sec, nanosec=nanosec)


def duration_from(seconds: float) -> Duration:
    """builtin_interfaces/Duration of seconds.

    Negative ones have a negative sec and a positive nanosec.
    """
    sec, nanosec = divmod(round(seconds * 1e9), 1_000_000_000)
    return Duration(sec=max(min(sec, 2**31 - 1), -(2**31)), nanosec=nanosec)


# Constructors of messages make every nested message before they take the one that is given; these
# fill what is there.


def _set_roi(roi: RegionOfInterest, region: Region) -> None:
    roi.x_offset, roi.y_offset, roi.width, roi.height = roi_px(region)


def _set_xyz(message: Point | Vector3, vector: np.ndarray) -> None:
    message.x, message.y, message.z = vector.tolist()
