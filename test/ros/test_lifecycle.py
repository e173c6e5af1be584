# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rounds through the lifecycle: what is answered in which state, and what is let go."""

from __future__ import annotations

import gc
import weakref

import pytest
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from robot import Robot, good_shot, ids_of
from stand_in_engines import SlowEngine

from smolrgpt_ros.ros.session import Session
from smolrgpt_ros.ros.status import STATUS_NAMES

PALLETS = ids_of(good_shot(), 'pallet')
QUESTION = f'how far is {PALLETS[0]} from {PALLETS[1]}?'


def change(robot: Robot, transition: int) -> bool:
    """Ask for a transition over the service, as Nav2's lifecycle manager does."""
    client = robot.tester.create_client(ChangeState, 'spatial_query/change_state')
    assert client.wait_for_service(5.0)
    request = ChangeState.Request()
    request.transition.id = transition
    result = robot.result_of(client.call_async(request)).success
    robot.tester.destroy_client(client)
    return result


def ask_status(robot: Robot) -> tuple[str, str]:
    response = robot.ask(QUESTION)
    return STATUS_NAMES[response.status], response.message


def test_rounds(fresh_robot: Robot):
    robot = fresh_robot
    status, message = ask_status(robot)
    assert status == 'INACTIVE'
    assert 'unconfigured' in message
    assert 'configure' in message
    for _ in range(2):
        assert change(robot, Transition.TRANSITION_CONFIGURE)
        assert ask_status(robot)[0] == 'INACTIVE'
        assert change(robot, Transition.TRANSITION_ACTIVATE)
        status, message = ask_status(robot)
        assert status == 'NO_FRAME'
        for topic in ('/image', '/depth', '/camera_info', '/detections'):
            assert topic in message
        robot.wait_for(
            lambda: (
                robot.image.get_subscription_count() and robot.detections.get_subscription_count()
            ),
            'subs',
        )
        robot.show()
        assert ask_status(robot) == ('OK', '')
        frame = weakref.ref(robot.node.session._newest.get())
        assert change(robot, Transition.TRANSITION_DEACTIVATE)
        gc.collect()
        assert frame() is None, 'the picture is let go'
        assert robot.image.get_subscription_count() == 0 or robot.wait_for(
            lambda: robot.image.get_subscription_count() == 0, 'unsubscription'
        )
        assert ask_status(robot)[0] == 'INACTIVE'
        assert change(robot, Transition.TRANSITION_CLEANUP)
        assert robot.node.worker is None
        assert robot.node.engines is None
    assert change(robot, Transition.TRANSITION_UNCONFIGURED_SHUTDOWN)
    assert ask_status(robot)[0] == 'INACTIVE'


def test_deactivate_answers_what_waits(fresh_robot: Robot):
    robot = fresh_robot
    robot.activate()
    robot.show()
    slow = SlowEngine()
    robot.node.engines._engines['geometric'] = slow
    futures = [robot.ask_async(QUESTION) for _ in range(3)]
    robot.wait_for(slow.started.is_set, 'the engine')
    assert change(robot, Transition.TRANSITION_DEACTIVATE)
    assert {STATUS_NAMES[robot.result_of(future).status] for future in futures} == {'INACTIVE'}
    slow.may_answer.set()


def test_who_is_let_in_just_after_what_waits_was_answered_hears_it_too(
    fresh_robot: Robot, monkeypatch: pytest.MonkeyPatch
):
    robot = fresh_robot
    robot.activate()
    robot.show()
    slow = SlowEngine()
    robot.node.engines._engines['geometric'] = slow
    first = robot.ask_async(QUESTION)
    robot.wait_for(slow.started.is_set, 'the engine')
    worker = robot.node.worker
    submit = worker.submit

    def submit_late(*arguments: object, **named: object) -> bool:
        robot.node.trigger_deactivate()
        return submit(*arguments, **named)

    monkeypatch.setattr(worker, 'submit', submit_late)
    try:
        second = robot.ask_async(QUESTION)
        assert STATUS_NAMES[robot.result_of(second).status] == 'INACTIVE'
        assert STATUS_NAMES[robot.result_of(first).status] == 'INACTIVE'
    finally:
        slow.may_answer.set()


def test_a_transition_that_raises_is_logged_and_can_be_tried_again(
    fresh_robot: Robot, monkeypatch: pytest.MonkeyPatch
):
    logged: list[str] = []

    class Log:
        def error(self, text: str) -> None:
            logged.append(text)

        def __getattr__(self, name: str):
            return lambda *args, **kwargs: None

    monkeypatch.setattr(fresh_robot.node, 'get_logger', Log)
    fresh_robot.node.trigger_configure()

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError('no room')

    with monkeypatch.context() as patch:
        patch.setattr(Session, '__init__', fail)
        fresh_robot.node.trigger_activate()
    assert any(
        'on_activate failed' in text and 'Traceback' in text and 'no room' in text
        for text in logged
    )
    assert fresh_robot.node._state_machine.current_state[1] == 'unconfigured'
    fresh_robot.activate()
    fresh_robot.show()
    assert ask_status(fresh_robot) == ('OK', '')
