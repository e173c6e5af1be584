# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a request must keep to: by itself with a clock of its own, and over the real middleware."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rclpy.parameter import Parameter
from robot import Robot, good_shot, ids_of

from smolrgpt_ros.action import AskSpatial
from smolrgpt_ros.language.parsing import LONGEST_QUESTION
from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.status import QueryError, Status
from smolrgpt_ros.ros.admission import Admission, Crowding
from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.srv import PickTarget, SpatialQuery

PALLETS = ids_of(good_shot(), 'pallet')
QUESTION = f'how far is {PALLETS[0]} from {PALLETS[1]}?'
LIMITS = Settings(question_length=20, question_ids=3)


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize(
    ('request_', 'fragments'),
    [
        pytest.param(SpatialQuery.Request(question='x' * 20), (), id='as long as allowed'),
        pytest.param(SpatialQuery.Request(), (), id='empty, which the parser refuses'),
        pytest.param(
            SpatialQuery.Request(question='ä' * 21), ('21 characters', 'at most 20'), id='question'
        ),
        pytest.param(
            AskSpatial.Goal(question='x' * 21), ('21 characters', 'question_length'), id='goal'
        ),
        pytest.param(
            SpatialQuery.Request(engine='x' * 1000), ("engine ('xxx", '1000'), id='engine'
        ),
        pytest.param(
            SpatialQuery.Request(target_frame='x' * 21), ('target_frame',), id='target_frame'
        ),
        pytest.param(PickTarget.Request(object_id='x' * 21), ('object_id',), id='pick target'),
        pytest.param(SpatialQuery.Request(object_ids=['a'] * 3), (), id='as many ids as allowed'),
        pytest.param(
            SpatialQuery.Request(object_ids=['a'] * 4),
            ('4 ids', 'at most 3', 'question_ids'),
            id='ids',
        ),
        pytest.param(
            SpatialQuery.Request(object_ids=['a', 'x' * 21]), ('object_ids[1]', '21'), id='one id'
        ),
    ],
)
def test_length_and_number(request_: Any, fragments: tuple[str, ...]):
    admission = Admission()
    if not fragments:
        admission.check(request_, LIMITS)
        return
    with pytest.raises(QueryError) as caught:
        admission.check(request_, LIMITS)
    assert caught.value.status == Status.NOT_UNDERSTOOD
    for fragment in fragments:
        assert fragment in caught.value.message
    assert len(caught.value.message) < 250, 'what is too long is not repeated'


def passed(admission: Admission, settings: Settings) -> bool:
    try:
        admission.check(SpatialQuery.Request(), settings)
    except QueryError as error:
        return error.status != Status.BUSY
    return True


def test_a_seconds_worth_at_once_and_then_the_rate():
    clock = Clock()
    admission, settings = Admission(clock), Settings(question_rate=5.0)
    assert [passed(admission, settings) for _ in range(7)] == [True] * 5 + [False] * 2
    clock.now_s += 0.2
    assert [passed(admission, settings) for _ in range(2)] == [True, False]
    clock.now_s += 1000.0
    assert sum(passed(admission, settings) for _ in range(20)) == 5


def test_refusal_says_when_to_ask_again():
    clock = Clock()
    admission, settings = Admission(clock), Settings(question_rate=0.5)
    admission.check(SpatialQuery.Request(), settings)
    with pytest.raises(QueryError, match=r'0.5 questions a second .* again in 2 s'):
        admission.check(SpatialQuery.Request(), settings)
    clock.now_s += 2.0
    admission.check(SpatialQuery.Request(), settings)


def test_malformed_questions_count():
    clock = Clock()
    admission, settings = Admission(clock), Settings(question_rate=1.0, question_length=5)
    with pytest.raises(QueryError, match='characters'):
        admission.check(SpatialQuery.Request(question='too long'), settings)
    with pytest.raises(QueryError, match='questions a second'):
        admission.check(SpatialQuery.Request(question='good'), settings)


@given(
    st.floats(0.1, 50.0),
    st.lists(st.floats(0.0, 2.0), min_size=1, max_size=100),
)
def test_never_more_than_the_rate(rate_hz: float, pauses_s: list[float]):
    clock = Clock()
    admission, settings = Admission(clock), Settings(question_rate=rate_hz)
    taken = 0
    for pause_s in pauses_s:
        clock.now_s += pause_s
        taken += passed(admission, settings)
    assert 1 <= taken <= max(1.0, rate_hz) + rate_hz * sum(pauses_s) + 1e-6


@pytest.mark.parametrize(
    ('most', 'since_s', 'room', 'shared_s'),
    [
        pytest.param(16, None, 16, 0.0, id='nobody refused yet'),
        pytest.param(16, 0.0, 2, 0.25, id='just now'),
        pytest.param(16, 0.2, 2, 0.0, id='a little ago'),
        pytest.param(16, 1.0, 16, 0.0, id='long ago'),
        pytest.param(1, 0.0, 1, 0.25, id='room for one'),
        pytest.param(3, 0.0, 1, 0.25, id='less than a share'),
    ],
)
def test_crowding(most: int, since_s: float | None, room: int, shared_s: float):
    clock = Clock()
    crowding = Crowding(clock)
    if since_s is not None:
        crowding.note_refusal()
        clock.now_s += since_s
    assert (crowding.room(most), crowding.shared_s) == (room, shared_s)


def set_to(robot: Robot, **values: Any) -> None:
    for name, value in values.items():
        (result,) = robot.node.set_parameters([Parameter(name, value=value)])
        assert result.successful, result.reason


def test_rate_over_the_service(robot: Robot):
    robot.show()
    set_to(robot, question_rate=2.0)
    try:
        responses = [robot.result_of(f) for f in [robot.ask_async(QUESTION) for _ in range(12)]]
        statuses = [STATUS_NAMES[response.status] for response in responses]
        assert statuses.count('OK') >= 2
        refused = [r for r in responses if STATUS_NAMES[r.status] == 'BUSY']
        assert len(refused) == 12 - statuses.count('OK') > 0
        assert 'more than 2 questions a second have come; ask again in 0.' in refused[0].message
        assert refused[0].answer.question == QUESTION
        time.sleep(0.6)
        assert STATUS_NAMES[robot.ask(QUESTION).status] == 'OK'
    finally:
        set_to(robot, question_rate=0.0)
    statuses = [robot.ask(QUESTION).status for _ in range(5)]
    assert statuses == [Status.OK] * 5


def test_lengths_over_the_service(robot: Robot):
    robot.show()
    set_to(robot, question_length=len(QUESTION), question_ids=2)
    try:
        assert robot.ask(QUESTION).status == Status.OK
        response = robot.ask(QUESTION + '?')
        assert response.status == Status.NOT_UNDERSTOOD
        assert f'{len(QUESTION) + 1} characters' in response.message
        response = robot.ask('where is <mask>?', object_ids=PALLETS[:1] * 3)
        assert response.status == Status.NOT_UNDERSTOOD
        assert '3 ids; at most 2' in response.message
    finally:
        set_to(robot, question_length=LONGEST_QUESTION, question_ids=100)
    assert robot.ask(QUESTION).status == Status.OK


def test_of_a_question_that_nobody_reads_the_beginning_is_repeated(robot: Robot):
    longest = robot.ask('a' * LONGEST_QUESTION)
    assert longest.answer.question == 'a' * LONGEST_QUESTION
    too_long = robot.ask('a' * 50_000)
    assert too_long.status == Status.NOT_UNDERSTOOD
    assert '50000 characters' in too_long.message
    assert too_long.answer.question == 'a' * 200 + '…'
