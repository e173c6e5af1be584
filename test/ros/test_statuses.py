# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Every status of the service, over the real middleware, each followed by a good answer."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from robot import Robot, good_shot, ids_of
from stand_in_engines import BrokenEngine, SlowEngine

from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.srv import SpatialQuery

PALLETS = ids_of(good_shot(), 'pallet')
GOOD_QUESTION = f'how far is {PALLETS[0]} from {PALLETS[1]}?'
Response = SpatialQuery.Response


def status_of(response: SpatialQuery.Response) -> str:
    return STATUS_NAMES[response.status]


def assert_answers(robot: Robot) -> SpatialQuery.Response:
    """The next good picture is answered from."""
    stamp_ns = robot.show()
    response = robot.ask(GOOD_QUESTION)
    assert (status_of(response), response.message) == ('OK', '')
    stamp = response.answer.header.stamp
    assert stamp.sec * 10**9 + stamp.nanosec == stamp_ns
    return response


def test_every_status_constant_has_a_name_of_its_own():
    constants = {
        name
        for name in dir(Response)
        if name.isupper() and isinstance(getattr(Response, name), int)
    }
    assert set(STATUS_NAMES.values()) == constants - {'SLOT_TYPES'}
    assert len(STATUS_NAMES) == 12


def test_ok_says_all_that_the_interface_promises(robot: Robot):
    answer = assert_answers(robot).answer
    assert answer.category == answer.DISTANCE
    assert answer.header.frame_id == 'camera_color_optical_frame'
    assert answer.question == GOOD_QUESTION
    assert [thing.id for thing in answer.objects] == PALLETS[:2]
    assert float(answer.normalized) == pytest.approx(answer.value, abs=0.006)
    a, b = (np.array([t.position.x, t.position.y, t.position.z]) for t in answer.objects)
    assert np.linalg.norm(a - b) == pytest.approx(answer.value, abs=0.3)
    assert answer.stddev > 0.0
    assert 0.0 < answer.confidence <= 1.0
    assert answer.engine == 'geometric'
    assert answer.query_id
    assert 0.0 < answer.latency.sec + answer.latency.nanosec * 1e-9 < 5.0
    assert 0.0 < answer.image_age.sec + answer.image_age.nanosec * 1e-9 < 5.0
    for thing in answer.objects:
        assert thing.class_id == 'pallet'
        assert thing.roi.width > 0
        assert thing.roi.height > 0
        assert thing.size.x > 0.1
        assert thing.position_stddev.z > 0.0


@pytest.mark.parametrize(
    ('question', 'fields', 'status', 'fragments'),
    [
        pytest.param('', {}, 'NOT_UNDERSTOOD', ['empty'], id='empty'),
        pytest.param('  \n', {}, 'NOT_UNDERSTOOD', ['empty'], id='blank'),
        pytest.param('hello robot', {}, 'NOT_UNDERSTOOD', ['how far'], id='no question'),
        pytest.param(
            'ä' * 50_000, {}, 'NOT_UNDERSTOOD', ['50000 characters'], id='100 kB of unicode'
        ),
        pytest.param('托盘在哪里？🚜', {}, 'NOT_UNDERSTOOD', [], id='unicode'),
        pytest.param(
            f'how far is {PALLETS[0]} from unicorn_7?',
            {},
            'UNKNOWN_OBJECT',
            ['unicorn'],
            id='unknown id',
        ),
        pytest.param(
            'how far is <mask> from <mask>?',
            {'object_ids': [PALLETS[0], 'ghost_1']},
            'UNKNOWN_OBJECT',
            ['ghost_1', PALLETS[0]],
            id='unknown mask',
        ),
        pytest.param(
            'how far is <mask> from <mask>?',
            {'object_ids': [PALLETS[0]]},
            'NOT_UNDERSTOOD',
            ['2 <mask>', '1 ids'],
            id='too few masks',
        ),
        pytest.param(
            'how far is <mask> from <mask>?',
            {},
            'UNKNOWN_OBJECT',
            ['object_ids', '2 <mask>'],
            id='masks that nothing explains',
        ),
        pytest.param(
            'where is the pallet?', {}, 'AMBIGUOUS', [PALLETS[0], PALLETS[1]], id='ambiguous'
        ),
        pytest.param(
            GOOD_QUESTION,
            {'engine': 'oracle'},
            'ENGINE_FAILED',
            ['oracle', 'geometric'],
            id='no such engine',
        ),
        pytest.param(
            GOOD_QUESTION,
            {'engine': 'tinygiant'},
            'ENGINE_FAILED',
            ['tinygiant'],
            id='engine not loaded',
        ),
        pytest.param(
            GOOD_QUESTION,
            {'target_frame': 'moon'},
            'NO_TRANSFORM',
            ['camera_color_optical_frame', 'moon', 'stamp'],
            id='no transform',
        ),
    ],
)
def test_failure_says_why_and_the_next_question_is_answered(
    robot: Robot, question: str, fields: dict, status: str, fragments: list[str]
):
    robot.show()
    response = robot.ask(question, **fields)
    assert status_of(response) == status, response.message
    assert response.message
    for fragment in fragments:
        assert fragment in response.message
    # Of one that is too long to be read, the beginning (test_admission).
    assert response.answer.question[:200] == question[:200]
    assert_answers(robot)


def test_masks_without_ids_are_found_from_the_words(robot: Robot):
    robot.show()
    named = robot.ask('how far is the leftmost pallet <mask> from the rightmost pallet <mask>?')
    assert status_of(named) == 'OK', named.message
    leftmost, rightmost = (thing.id for thing in named.answer.objects)
    assert {leftmost, rightmost} <= set(PALLETS)
    assert leftmost != rightmost


def test_masks_are_bound_in_their_order(robot: Robot):
    robot.show()
    response = robot.ask('how far is <mask> from <mask>?', object_ids=PALLETS[:2])
    assert status_of(response) == 'OK', response.message
    assert [(thing.id, thing.region) for thing in response.answer.objects] == [
        (PALLETS[0], 0),
        (PALLETS[1], 1),
    ]


def test_stale_names_the_age_and_the_limit(robot: Robot):
    robot.show(age_s=0.0)
    time.sleep(0.25)
    response = robot.ask(GOOD_QUESTION, max_age=0.2)
    assert status_of(response) == 'STALE'
    assert 'max_age is 0.2 s' in response.message
    assert status_of(robot.ask(GOOD_QUESTION, max_age=60.0)) == 'OK'


@pytest.fixture
def engine_of(robot: Robot):
    """Replace the geometric engine for one test."""
    held = robot.node.engines._engines
    before = held.get('geometric')

    def replace(engine):
        held['geometric'] = engine
        return engine

    yield replace
    if before is None:
        held.pop('geometric', None)
    else:
        held['geometric'] = before


def test_timeout_while_an_engine_is_slow_and_other_services_answer(robot: Robot, engine_of):
    engine = engine_of(SlowEngine())
    robot.show()
    first = robot.ask_async(GOOD_QUESTION, timeout=0.3)
    robot.wait_for(engine.started.is_set, 'the engine')
    second = robot.ask_async(GOOD_QUESTION, timeout=0.3)
    responses = [robot.result_of(first), robot.result_of(second)]
    assert [status_of(response) for response in responses] == ['TIMEOUT', 'TIMEOUT']
    assert 'while it was being answered' in responses[0].message
    assert 'waited for the questions before it' in responses[1].message
    engine.may_answer.set()
    assert status_of(robot.ask(GOOD_QUESTION)) == 'OK'


def test_busy_when_the_queue_is_full_and_nothing_is_lost(robot: Robot, engine_of):
    engine = engine_of(SlowEngine())
    robot.show()
    running = robot.ask_async(GOOD_QUESTION)
    robot.wait_for(engine.started.is_set, 'the engine')
    room = robot.node.settings.question_queue
    futures = [robot.ask_async(GOOD_QUESTION) for _ in range(room + 5)]
    robot.wait_for(lambda: sum(future.done() for future in futures) == 5, 'five refusals')
    refused = [future.result() for future in futures if future.done()]
    assert {status_of(response) for response in refused} == {'BUSY'}
    assert f'{room} questions wait' in refused[0].message
    engine.may_answer.set()
    statuses = [status_of(robot.result_of(future)) for future in [running, *futures]]
    assert statuses.count('OK') == room + 1
    assert statuses.count('BUSY') == 5
    # Who comes later finds all of the queue again, and the newest picture.
    time.sleep(0.5)
    engine.may_answer.clear()
    engine.started.clear()
    running = robot.ask_async(GOOD_QUESTION)
    robot.wait_for(engine.started.is_set, 'the engine')
    futures = [robot.ask_async(GOOD_QUESTION) for _ in range(room)]
    robot.wait_for(lambda: robot.node.worker.waiting == room, 'all that have room')
    engine.may_answer.set()
    assert {status_of(robot.result_of(future)) for future in [running, *futures]} == {'OK'}


def test_those_who_wait_together_are_answered_from_one_picture(
    robot: Robot, engine_of, monkeypatch: pytest.MonkeyPatch
):
    slow = engine_of(SlowEngine())
    robot.show()
    first = robot.ask_async(GOOD_QUESTION)
    robot.wait_for(slow.started.is_set, 'the engine')
    session = robot.node.session
    assert session is not None
    newest = session.newest

    def always_newer(shared_s: float = 0.0):
        matched = session.synchroniser.matched
        robot.publish(good_shot(), robot.now_ns())
        ends = time.monotonic() + 10.0
        while session.synchroniser.matched == matched and time.monotonic() < ends:
            time.sleep(0.001)
        return newest()

    monkeypatch.setattr(session, 'newest', always_newer)
    together = [robot.ask_async(GOOD_QUESTION) for _ in range(3)]
    robot.wait_for(lambda: robot.node.worker.waiting == 3, 'three that wait')
    slow.may_answer.set()
    assert status_of(robot.result_of(first)) == 'OK'
    responses = [robot.result_of(future) for future in together]
    assert [status_of(response) for response in responses] == ['OK'] * 3
    stamps = {(s.sec, s.nanosec) for s in (r.answer.header.stamp for r in responses)}
    assert len(stamps) == 1


def test_a_picture_is_shared_for_as_long_as_is_said(robot: Robot):
    robot.show()
    session = robot.node.session
    assert session is not None
    before = session.newest()
    stamp_ns = robot.show()
    assert before.stamp_ns < stamp_ns
    assert session.newest(60.0) is before
    assert session.newest(0.0).stamp_ns == stamp_ns
    assert session.newest(60.0).stamp_ns == stamp_ns
    assert_answers(robot)


def test_an_engine_that_raises_costs_nobody_else_the_answer(robot: Robot, engine_of):
    slow = engine_of(SlowEngine())
    robot.show()
    first = robot.ask_async(GOOD_QUESTION)
    robot.wait_for(slow.started.is_set, 'the engine')
    # These two wait together and go to the next engine as one batch.
    unlucky = robot.ask_async(f'unlucky: {GOOD_QUESTION}')
    lucky = robot.ask_async(GOOD_QUESTION)
    robot.wait_for(lambda: robot.node.worker.waiting == 2, 'two that wait')
    engine_of(BrokenEngine())
    slow.may_answer.set()
    responses = [robot.result_of(future) for future in (first, unlucky, lucky)]
    assert [status_of(response) for response in responses] == ['OK', 'ENGINE_FAILED', 'OK']
    assert 'MemoryError: out of memory' in responses[1].message


def test_value_of_left_and_right(robot: Robot):
    robot.show()
    answer = robot.ask(f'is {PALLETS[0]} left of {PALLETS[1]}?').answer
    assert answer.category == answer.LEFT_RIGHT
    assert (answer.normalized, answer.value) in {('left', 0.0), ('right', 1.0)}
    assert math.isnan(answer.stddev)
