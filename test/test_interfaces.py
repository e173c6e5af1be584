# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Our own interfaces: numbers that must never change, comments that must be there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from smolrgpt_ros.language.question import Category

ROOT = Path(__file__).resolve().parents[1]
DEFINITIONS = sorted(
    [*ROOT.glob('msg/*.msg'), *ROOT.glob('srv/*.srv'), *ROOT.glob('action/*.action')]
)

STATUSES = (
    'OK', 'INACTIVE', 'NO_FRAME', 'STALE', 'UNKNOWN_OBJECT', 'AMBIGUOUS', 'NOT_UNDERSTOOD',
    'NO_DEPTH', 'NO_TRANSFORM', 'BUSY', 'TIMEOUT', 'ENGINE_FAILED',
)  # fmt: skip

FIELDS = {
    'SpatialObject': {
        'id': 'string', 'class_id': 'string', 'score': 'double',
        'roi': 'sensor_msgs/RegionOfInterest', 'position': 'geometry_msgs/Point',
        'size': 'geometry_msgs/Vector3', 'position_stddev': 'geometry_msgs/Vector3',
        'region': 'int32',
    },
    'SpatialAnswer': {
        'header': 'std_msgs/Header', 'query_id': 'string', 'question': 'string',
        'category': 'uint8', 'text': 'string', 'normalized': 'string', 'value': 'double',
        'stddev': 'double', 'confidence': 'double',
        'objects': 'sequence<smolrgpt_ros/SpatialObject>',
        'engine': 'string',
        'verified': 'boolean', 'image_age': 'builtin_interfaces/Duration',
        'latency': 'builtin_interfaces/Duration',
    },
    'Request': {
        'question': 'string', 'object_ids': 'sequence<string>', 'engine': 'string',
        'target_frame': 'string', 'max_age': 'builtin_interfaces/Duration',
        'timeout': 'builtin_interfaces/Duration',
    },
    'Response': {'status': 'uint8', 'message': 'string', 'answer': 'smolrgpt_ros/SpatialAnswer'},
    'MissionStep': {
        'stamp': 'builtin_interfaces/Time', 'mission_id': 'string', 'step': 'string',
        'state': 'uint8', 'message': 'string', 'object_id': 'string',
        'target': 'geometry_msgs/PoseStamped',
    },
    'ApproachSide': {
        'state': 'uint8', 'pose': 'geometry_msgs/Pose', 'seen': 'double',
        'occupied_by': 'sequence<string>',
    },
}  # fmt: skip


def constants_of(kind: type) -> dict[str, int]:
    # rosidl keeps them on the metaclass, which also brings its own attributes.
    return {
        name: getattr(kind, name) for name in dir(type(kind)) if re.fullmatch('[A-Z][A-Z_]+', name)
    }


def test_statuses_keep_their_numbers():
    services = pytest.importorskip('smolrgpt_ros.srv')
    action = pytest.importorskip('smolrgpt_ros.action').AskSpatial
    shared = dict(zip(STATUSES, range(len(STATUSES)), strict=True))
    assert constants_of(services.SpatialQuery.Response) == shared
    assert constants_of(action.Result) == {**shared, 'CANCELLED': 12}
    assert constants_of(services.PickTarget.Response) == {**shared, 'NO_FREE_SIDE': 13}


def test_the_action_asks_and_answers_what_the_service_does():
    query = pytest.importorskip('smolrgpt_ros.srv').SpatialQuery
    action = pytest.importorskip('smolrgpt_ros.action').AskSpatial
    asked, answered = action.Goal, action.Result
    assert asked.get_fields_and_field_types() == query.Request.get_fields_and_field_types()
    assert answered.get_fields_and_field_types() == query.Response.get_fields_and_field_types()
    assert constants_of(action.Feedback) == {'GEOMETRIC': 0, 'WORDS': 1}


def test_states_keep_their_numbers():
    messages = pytest.importorskip('smolrgpt_ros.msg')
    steps = {'STARTED': 0, 'SUCCEEDED': 1, 'FAILED': 2, 'RECOVERING': 3}
    assert constants_of(messages.MissionStep) == steps
    assert constants_of(messages.ApproachSide) == {'FREE': 0, 'OCCUPIED': 1, 'UNSEEN': 2}


def test_categories_are_those_of_the_language():
    answer = pytest.importorskip('smolrgpt_ros.msg').SpatialAnswer
    assert [getattr(answer, category.name) for category in Category] == list(range(8))


@pytest.mark.parametrize('name', FIELDS)
def test_fields(name):
    messages = pytest.importorskip('smolrgpt_ros.msg')
    query = pytest.importorskip('smolrgpt_ros.srv').SpatialQuery
    kind = getattr(messages, name, None) or getattr(query, name)
    assert kind.get_fields_and_field_types() == FIELDS[name]


def test_an_object_is_in_no_question_unless_said():
    assert pytest.importorskip('smolrgpt_ros.msg').SpatialObject().region == -1


@pytest.mark.parametrize('file', DEFINITIONS, ids=lambda file: file.name)
def test_every_field_is_commented(file):
    previous_is_comment = False
    for line in file.read_text().splitlines():
        is_constant = re.match(r'\w+ [A-Z_0-9]+=', line)
        is_field = line and not line.startswith(('#', '---')) and not is_constant
        if is_field:
            assert previous_is_comment or '#' in line, f'{file.name}: no comment above "{line}"'
        previous_is_comment = line.startswith('#')
