# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Answers as rows of JSON: every field of SpatialAnswer.msg and SpatialObject.msg by its name.

A header is `stamp_ns` and `frame_id`, a duration has its unit in its name, a category is the name
of its constant. What is not a number (NaN) is null.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.messages.answered import normalized_text, roi_px, value_of
from smolrgpt_ros.messages.placed import PlacedObject, placed_objects
from smolrgpt_ros.messages.status import Status
from smolrgpt_ros.scene.frame import Scene

_METRES_DIGITS, _VALUE_DIGITS = 4, 6


def answer_row(
    answer: Answer, scene: Scene, *, question: str, query_id: str, image_age_s: float
) -> dict[str, Any]:
    """A row with status OK; `latency_s` is left to who knows it."""
    return {
        'status': Status.OK.name,
        'message': '',
        'stamp_ns': scene.stamp_ns,
        'frame_id': scene.target_frame or scene.frame_id,
        'query_id': query_id,
        'question': question,
        'category': answer.category.name,
        'text': answer.text,
        'normalized': normalized_text(answer),
        'value': number(value_of(answer), _VALUE_DIGITS),
        'stddev': number(answer.stddev, _VALUE_DIGITS),
        'confidence': number(answer.confidence, _VALUE_DIGITS),
        'objects': [_object_row(thing) for thing in placed_objects(answer, scene)],
        'engine': answer.engine,
        'verified': answer.verified,
        'image_age_s': number(image_age_s, _VALUE_DIGITS),
    }


def failure_row(
    status: Status,
    message: str,
    *,
    question: str,
    query_id: str,
    stamp_ns: int | None = None,
    frame_id: str = '',
    image_age_s: float = math.nan,
) -> dict[str, Any]:
    """A row without an answer; the same fields, null where there is nothing to say."""
    return {
        'status': status.name,
        'message': message,
        'stamp_ns': stamp_ns,
        'frame_id': frame_id,
        'query_id': query_id,
        'question': question,
        'category': None,
        'text': '',
        'normalized': '',
        'value': None,
        'stddev': None,
        'confidence': None,
        'objects': [],
        'engine': '',
        'verified': False,
        'image_age_s': number(image_age_s, _VALUE_DIGITS),
    }


def number(value: float, digits: int) -> float | None:
    """A rounded number, None for what JSON cannot say."""
    return round(float(value), digits) if math.isfinite(value) else None


def _object_row(thing: PlacedObject) -> dict[str, Any]:
    region = thing.region
    return {
        'id': region.id,
        'class_id': region.class_id,
        'score': number(region.score, _VALUE_DIGITS),
        'roi': dict(zip(('x_offset', 'y_offset', 'width', 'height'), roi_px(region), strict=True)),
        'position': _vector(thing.position),
        'size': _vector(thing.aligned_size),
        'position_stddev': _vector(thing.stddev),
        'region': thing.question_position,
    }


def _vector(values: np.ndarray) -> list[float | None]:
    return [number(value, _METRES_DIGITS) for value in values.tolist()]
