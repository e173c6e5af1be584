# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The real node whose network is checked by measuring: defaults, deadlines, a network's death."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from robot import Robot, good_shot, ids_of

from smolrgpt_ros.ros.engines import Engines
from smolrgpt_ros.ros.status import STATUS_NAMES

pytest.importorskip('torch')

from benchmarks.model_agreement import GOLDEN, golden_checkpoint
from smolrgpt_ros.models.smolrgpt import pack
from smolrgpt_ros.reasoning import neural
from smolrgpt_ros.reasoning.verified import VerifiedEngine

PALLETS = ids_of(good_shot(), 'pallet')
DISTANCE = f'how far is {PALLETS[0]} from {PALLETS[1]}?'
SIDE = f'is {PALLETS[0]} to the left or right of {PALLETS[1]}?'
WHERE = f'where is {PALLETS[0]}?'


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden cases' network, packed."""
    scratch = tmp_path_factory.mktemp('network')
    source = golden_checkpoint(scratch / 'published')
    return pack(source, GOLDEN / 'tokenizer', scratch / 'packed')


@pytest.fixture(scope='module')
def robot(module_ros_domain: int, checkpoint: Path) -> Iterator[Robot]:
    """An active robot with a network and no word on which engine to take."""
    robot = Robot(checkpoint=str(checkpoint), device='cpu', decode='score')
    robot.activate()
    wait_for_network(robot)
    yield robot
    robot.close()


def wait_for_network(robot: Robot) -> VerifiedEngine:
    engines = robot.node.engines
    assert isinstance(engines, Engines)
    robot.wait_for(lambda: 'verified' in engines.loaded, 'the engine')
    engine = engines.get('verified')
    assert isinstance(engine, VerifiedEngine)
    robot.wait_for(lambda: engine._network._engine is not None, 'the network')
    return engine


def measured_value(robot: Robot, question: str) -> float:
    return robot.ask(question, engine='geometric').answer.value


def test_with_a_network_answers_are_verified_by_default(robot: Robot):
    robot.show()
    response = robot.ask(SIDE)
    assert STATUS_NAMES[response.status] == 'OK', response.message
    answer = response.answer
    assert answer.engine == 'verified'
    measured = robot.ask(SIDE, engine='geometric').answer
    assert answer.normalized == measured.normalized, 'nobody knows how good this network is'
    said = robot.ask(SIDE, engine='smolrgpt').answer
    assert answer.verified is (said.normalized == measured.normalized)
    assert ('The network agrees' in answer.text) is answer.verified
    assert ('The network says' in answer.text) is not answer.verified
    if answer.verified:
        assert answer.confidence >= measured.confidence
    else:
        assert answer.confidence <= measured.confidence


def test_noise_from_the_network_leaves_the_measurement(
    robot: Robot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(neural, 'MAX_NEW_TOKENS', 4)  # enough to see that it is noise
    robot.show()
    response = robot.ask(DISTANCE)
    assert STATUS_NAMES[response.status] == 'OK', response.message
    assert (response.answer.engine, response.answer.verified) == ('geometric', False)
    assert 'Measured alone: the network answered beside the question' in response.answer.text
    assert response.answer.value == measured_value(robot, DISTANCE)
    assert response.answer.stddev > 0.0


def test_what_networks_do_not_learn_is_measured(robot: Robot):
    robot.show()
    answer = robot.ask(WHERE).answer
    assert answer.engine == 'geometric'
    assert 'Measured alone: no network is trained on where questions' in answer.text


def test_a_deadline_too_short_gets_the_measurement_within_it(
    robot: Robot, monkeypatch: pytest.MonkeyPatch
):
    engine = wait_for_network(robot)
    with monkeypatch.context() as patch:
        slow_down(patch, engine, 3.0)
        robot.show()
        measured_value(robot, SIDE)  # the picture is read by now
        response = robot.ask(SIDE, timeout=0.5)
    assert STATUS_NAMES[response.status] == 'OK', response.message
    assert (response.answer.engine, response.answer.verified) == ('geometric', False)
    assert 'Measured alone' in response.answer.text


def test_a_thinking_network_keeps_nobody_waiting(robot: Robot, monkeypatch: pytest.MonkeyPatch):
    engine = wait_for_network(robot)
    with monkeypatch.context() as patch:
        slow_down(patch, engine, 2.0)
        robot.show()
        thinking = robot.ask_async(SIDE, timeout=30.0)
        answer = robot.ask(WHERE, timeout=30.0).answer
        assert answer.engine == 'geometric'
        assert not thinking.done(), 'the other question was answered first'
        robot.wait_for(thinking.done, 'the network')
    assert thinking.result().answer.engine == 'verified'


def test_a_network_that_dies_is_told_and_measured_around(
    robot: Robot, monkeypatch: pytest.MonkeyPatch
):
    engine = wait_for_network(robot)
    with monkeypatch.context() as patch:

        def die(*arguments: object, **further: object) -> None:
            raise RuntimeError('CUDA error: an illegal memory access was encountered')

        patch.setattr(engine._network._engine, 'answer', die)
        robot.show()
        answer = robot.ask(SIDE).answer
    assert (answer.engine, answer.verified) == ('geometric', False)
    assert 'the network died (RuntimeError: CUDA error' in answer.text
    assert 'died' in robot.node.engines.current_problems['verified']
    engine._network._reload_at_s = 0.0  # its next try is due

    def recovered() -> bool:
        robot.show()
        return robot.ask(SIDE, timeout=30.0).answer.engine == 'verified'

    robot.wait_for(recovered, 'a fresh network')
    assert not robot.node.engines.current_problems


@pytest.mark.parametrize(
    ('checkpoint_name', 'engine', 'expected'),
    [('', '', 'geometric'), ('/no/such/folder', '', 'geometric'), ('', 'geometric', 'geometric')],
    ids=['no network', 'a network that cannot be loaded', 'asked for'],
)
def test_who_names_no_engine_is_answered(
    ros_domain: int, checkpoint_name: str, engine: str, expected: str
):
    robot = Robot(checkpoint=checkpoint_name, engine=engine, device='cpu')
    try:
        robot.activate()
        robot.show()
        response = robot.ask(SIDE)
        assert STATUS_NAMES[response.status] == 'OK', response.message
        assert response.answer.engine == expected
        problems = robot.node.engines.current_problems
        assert set(problems) == ({'verified'} if checkpoint_name else set())
    finally:
        robot.close()


def test_deactivating_leaves_nobody_waiting(robot: Robot, monkeypatch: pytest.MonkeyPatch):
    engine = wait_for_network(robot)
    with monkeypatch.context() as patch:
        slow_down(patch, engine, 3.0)
        robot.show()
        thinking = robot.ask_async(SIDE, timeout=60.0)
        robot.ask(WHERE, timeout=30.0)
        robot.node.trigger_deactivate()
        robot.wait_for(thinking.done, 'an answer or a word')
    assert STATUS_NAMES[thinking.result().status] in ('OK', 'INACTIVE')
    robot.node.trigger_activate()
    wait_for_network(robot)


def slow_down(patch: pytest.MonkeyPatch, engine: VerifiedEngine, seconds: float) -> None:
    """Let the network's every answer take so long, unless it is taken back."""
    network = engine._network._engine
    assert network is not None
    answer = network.answer

    def slowly(*arguments, cancelled=None, **further):
        ends_s = time.monotonic() + seconds
        while time.monotonic() < ends_s and not (cancelled and cancelled()):
            time.sleep(0.01)
        return answer(*arguments, cancelled=cancelled, **further)

    patch.setattr(network, 'answer', slowly)
