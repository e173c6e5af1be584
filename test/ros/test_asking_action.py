# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The action beside the service: the same answers, told early, and taken back in time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from action_msgs.msg import GoalStatus
from builtin_interfaces.msg import Duration
from rclpy.action import ActionClient
from robot import Robot, good_shot, ids_of
from stand_in_engines import SlowEngine, measuring_with

from smolrgpt_ros.action import AskSpatial
from smolrgpt_ros.ros.answering import Outcome
from smolrgpt_ros.ros.status import OUTCOME_NAMES
from smolrgpt_ros.ros.worker import Job

PALLETS = ids_of(good_shot(), 'pallet')
GOOD_QUESTION = f'how far is {PALLETS[0]} from {PALLETS[1]}?'
GEOMETRIC, WORDS = AskSpatial.Feedback.GEOMETRIC, AskSpatial.Feedback.WORDS
SUCCEEDED, ABORTED, CANCELED = (
    GoalStatus.STATUS_SUCCEEDED,
    GoalStatus.STATUS_ABORTED,
    GoalStatus.STATUS_CANCELED,
)


@dataclass
class Asked:
    """A goal on its way, and what was heard of it."""

    robot: Robot
    handle: Any
    feedback: list[AskSpatial.Feedback] = field(default_factory=list)

    def ended(self) -> tuple[int, str, AskSpatial.Result]:
        """Wait for the end: state of the goal, name of the status, result."""
        response = self.robot.result_of(self.handle.get_result_async())
        return response.status, OUTCOME_NAMES[response.result.status], response.result

    def cancel(self) -> int:
        """Take the question back; how many goals the server says it cancels."""
        return len(self.robot.result_of(self.handle.cancel_goal_async()).goals_canceling)


class Asker:
    """Sends goals to a robot's action."""

    def __init__(self, robot: Robot):
        self.robot = robot
        self.client = ActionClient(robot.tester, AskSpatial, 'ask_spatial')
        robot.wait_for(self.client.server_is_ready, 'the action server')

    def send(self, question: str, *, timeout_s: float = 30.0, **fields: Any) -> Asked:
        sec, nanosec = divmod(round(timeout_s * 1e9), 10**9)
        goal = AskSpatial.Goal(question=question, **fields)
        goal.timeout = Duration(sec=sec, nanosec=nanosec)
        asked = Asked(self.robot, None)
        future = self.client.send_goal_async(
            goal, feedback_callback=lambda message: asked.feedback.append(message.feedback)
        )
        asked.handle = self.robot.result_of(future)
        assert asked.handle.accepted
        return asked


@pytest.fixture(scope='module')
def asker(robot: Robot) -> Iterator[Asker]:
    asker = Asker(robot)
    yield asker
    asker.client.destroy()


@pytest.fixture
def slow(robot: Robot) -> Iterator[SlowEngine]:
    """In the place of the geometric engine for one test."""
    robot.show()
    robot.ask(GOOD_QUESTION)
    with measuring_with(robot.node, SlowEngine()) as engine:
        yield engine


def same_answer(one, other) -> bool:
    """Whether two answers are the same but for the moment and number of the asking."""
    for answer in (one, other):
        answer.query_id = ''
        answer.latency = answer.image_age = Duration()
    return one == other


def test_the_action_answers_what_the_service_does(robot: Robot, asker: Asker):
    robot.show()
    asked = asker.send(GOOD_QUESTION)
    state, status, result = asked.ended()
    assert (state, status, result.message) == (SUCCEEDED, 'OK', '')
    robot.wait_for(lambda: asked.feedback, 'feedback')
    assert [one.stage for one in asked.feedback] == [GEOMETRIC]
    assert asked.feedback[0].answer.query_id == result.answer.query_id
    assert same_answer(asked.feedback[0].answer, result.answer)
    assert same_answer(result.answer, robot.ask(GOOD_QUESTION).answer)


@pytest.mark.parametrize(
    ('question', 'fields', 'status', 'fragment'),
    [
        pytest.param('', {}, 'NOT_UNDERSTOOD', 'empty', id='empty'),
        pytest.param('where is ghost_7?', {}, 'UNKNOWN_OBJECT', 'ghost', id='unknown'),
        pytest.param('where is the pallet?', {}, 'AMBIGUOUS', PALLETS[0], id='ambiguous'),
        pytest.param(
            'how far is <mask> from <mask>?',
            {'object_ids': PALLETS[:1]},
            'NOT_UNDERSTOOD',
            '2 <mask>',
            id='too few masks',
        ),
        pytest.param(
            GOOD_QUESTION, {'engine': 'oracle'}, 'ENGINE_FAILED', 'oracle', id='no such engine'
        ),
        pytest.param(
            GOOD_QUESTION, {'target_frame': 'moon'}, 'NO_TRANSFORM', 'moon', id='no transform'
        ),
    ],
)
def test_a_failure_aborts_with_the_status_and_sentence_of_the_service(
    robot: Robot, asker: Asker, question: str, fields: dict, status: str, fragment: str
):
    robot.show()
    asked = asker.send(question, **fields)
    state, name, result = asked.ended()
    assert (state, name) == (ABORTED, status)
    assert fragment in result.message
    assert result.answer.question == question
    assert result.message == robot.ask(question, **fields).message


def test_a_goal_of_an_inactive_node_hears_so(fresh_robot: Robot):
    asker = Asker(fresh_robot)
    state, status, result = asker.send(GOOD_QUESTION).ended()
    assert (state, status) == (ABORTED, 'INACTIVE')
    assert 'ros2 lifecycle set' in result.message
    fresh_robot.activate()
    fresh_robot.show()
    assert asker.send(GOOD_QUESTION).ended()[1] == 'OK'


def test_goals_and_requests_share_one_queue(robot: Robot, asker: Asker, slow: SlowEngine):
    running = robot.ask_async(GOOD_QUESTION)
    robot.wait_for(slow.started.is_set, 'the engine')
    room = robot.node.settings.question_queue
    goals = [asker.send(GOOD_QUESTION) for _ in range(room // 2)]
    futures = [robot.ask_async(GOOD_QUESTION) for _ in range(room - room // 2)]
    robot.wait_for(lambda: robot.node.worker.waiting == room, 'a full queue')
    state, status, result = asker.send(GOOD_QUESTION).ended()
    assert (state, status) == (ABORTED, 'BUSY')
    assert f'{room} questions wait' in result.message
    slow.may_answer.set()
    assert [goal.ended()[1] for goal in goals] == ['OK'] * len(goals)
    statuses = [OUTCOME_NAMES[robot.result_of(future).status] for future in [running, *futures]]
    assert statuses == ['OK'] * (len(futures) + 1)


def test_a_goal_that_waits_is_taken_back_and_makes_room(
    robot: Robot, asker: Asker, slow: SlowEngine
):
    running = asker.send(GOOD_QUESTION)
    robot.wait_for(slow.started.is_set, 'the engine')
    waiting = asker.send(GOOD_QUESTION)
    robot.wait_for(lambda: robot.node.worker.waiting == 1, 'one that waits')
    assert waiting.cancel() == 1
    assert waiting.ended()[:2] == (CANCELED, 'CANCELLED')
    assert robot.node.worker.waiting == 0
    slow.may_answer.set()
    assert running.ended()[:2] == (SUCCEEDED, 'OK')


def test_a_goal_that_has_ended_cannot_be_taken_back(robot: Robot, asker: Asker):
    robot.show()
    asked = asker.send(GOOD_QUESTION)
    assert asked.ended()[1] == 'OK'
    assert asked.cancel() == 0
    assert asked.ended()[1] == 'OK'


def test_a_time_out_aborts(robot: Robot, asker: Asker, slow: SlowEngine):
    asked = asker.send(GOOD_QUESTION, timeout_s=0.3)
    state, status, result = asked.ended()
    assert (state, status) == (ABORTED, 'TIMEOUT')
    assert 'no answer within 0.3 s' in result.message


def test_deactivating_ends_goals_with_inactive(fresh_robot: Robot):
    fresh_robot.activate()
    fresh_robot.show()
    fresh_robot.ask(GOOD_QUESTION)
    engine = SlowEngine()
    fresh_robot.node.engines._engines['geometric'] = engine
    asked = Asker(fresh_robot).send(GOOD_QUESTION)
    fresh_robot.wait_for(engine.started.is_set, 'the engine')
    fresh_robot.node.trigger_deactivate()
    assert asked.ended()[:2] == (ABORTED, 'INACTIVE')
    engine.may_answer.set()


def test_ended_goals_are_counted_in_diagnostics(robot: Robot, asker: Asker):
    robot.show()
    before = robot.node.service.counts['OK']
    asker.send(GOOD_QUESTION).ended()
    assert robot.node.service.counts['OK'] == before + 1


def test_a_job_is_cancelled_only_before_its_outcome():
    outcomes: list[Outcome] = []
    job = Job(None, 1.0, outcomes.append)
    assert job.finish(Outcome(0))
    assert not job.cancel(Outcome(12))
    assert not job.cancelled
    assert [outcome.status for outcome in outcomes] == [0]


# With a real network: small random weights, the same path as the large ones.


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden cases' network in a folder that `smolrgpt pack` made, room for long answers."""
    pytest.importorskip('torch')
    from benchmarks.model_agreement import GOLDEN, golden_checkpoint
    from smolrgpt_ros.models.smolrgpt import pack

    scratch = tmp_path_factory.mktemp('network')
    source = golden_checkpoint(scratch / 'published')
    config = json.loads((source / 'config.json').read_text())
    (source / 'config.json').write_text(json.dumps(config | {'lm_max_position_embeddings': 2**20}))
    return pack(source, GOLDEN / 'tokenizer', scratch / 'packed')


@pytest.fixture
def endless(ros_domain: int, checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asker]:
    """A robot whose network writes until somebody stops it."""
    from smolrgpt_ros.reasoning import neural

    monkeypatch.setattr(neural, 'MAX_NEW_TOKENS', 100_000)
    robot = Robot(engine='smolrgpt', checkpoint=str(checkpoint), device='cpu')
    robot.activate()
    engines = robot.node.engines
    robot.wait_for(lambda: 'smolrgpt' in engines.loaded, 'the network', 30.0)
    monkeypatch.setattr(engines.get('smolrgpt')._model.tokenizer, 'end', -1)
    robot.show()
    yield Asker(robot)
    robot.close()


def test_words_come_as_they_are_written_and_cancelling_stops_the_network(
    endless: Asker, monkeypatch: pytest.MonkeyPatch
):
    robot = endless.robot
    model = robot.node.engines.get('smolrgpt')._model
    written, tokens, answer = [], [], model.answer

    def noted(*args, on_words, **kwargs):
        def told(index, words):
            tokens.append(time.monotonic())
            on_words(index, words)

        completions = answer(*args, on_words=told, **kwargs)
        written.extend(completion.finish for completion in completions)
        return completions

    monkeypatch.setattr(model, 'answer', noted)
    asked = endless.send(GOOD_QUESTION)
    robot.wait_for(lambda: len(asked.feedback) > 10, 'words')
    first, *others = asked.feedback[:10]
    assert first.stage == GEOMETRIC
    assert first.answer.engine == 'geometric'
    assert first.answer.value > 0.0
    assert {one.stage for one in others} == {WORDS}
    assert all(one.answer == first.answer for one in others)
    lengths = [len(one.words) for one in others]
    assert lengths == sorted(lengths)
    assert others[-1].words.startswith(others[0].words)
    assert asked.cancel() == 1
    cancelled_s = time.monotonic()
    assert asked.ended()[:2] == (CANCELED, 'CANCELLED')
    robot.wait_for(lambda: written, 'the end of writing')
    assert written == ['cancelled']
    # The answer to the cancelling came back only after the network had been told.
    assert sum(token_s > cancelled_s for token_s in tokens) <= 1
    assert robot.ask(GOOD_QUESTION, engine='geometric').answer.engine == 'geometric'


def test_cancelling_one_of_a_batch_leaves_the_others_theirs(endless: Asker):
    robot = endless.robot
    first = endless.send(GOOD_QUESTION)
    robot.wait_for(lambda: len(first.feedback) > 2, 'words')
    together = [endless.send(GOOD_QUESTION, timeout_s=60.0) for _ in range(2)]
    robot.wait_for(lambda: robot.node.worker.waiting == 2, 'two that wait')
    first.cancel()
    robot.wait_for(lambda: all(len(one.feedback) > 2 for one in together), 'words', 30.0)
    assert together[0].cancel() == 1
    assert together[0].ended()[:2] == (CANCELED, 'CANCELLED')
    heard = len(together[1].feedback)
    robot.wait_for(lambda: len(together[1].feedback) > heard + 2, 'words for the one left')
    assert together[1].cancel() == 1
    assert together[1].ended()[:2] == (CANCELED, 'CANCELLED')


def test_what_cannot_be_measured_says_why_in_the_first_feedback(endless: Asker):
    shot = good_shot()
    shot.depth.data = bytes(len(shot.depth.data))
    robot = endless.robot
    robot.show(shot)
    asked = endless.send(GOOD_QUESTION, timeout_s=2.0)
    asked.ended()
    robot.wait_for(lambda: asked.feedback, 'feedback')
    first = asked.feedback[0]
    assert (first.stage, first.answer.engine) == (GEOMETRIC, '')
    assert 'depth' in first.answer.text
