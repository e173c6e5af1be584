# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Behaviours in a real tree against the real node: ticks never wait, halting stops the server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import py_trees
import pytest
from planner import Planner
from py_trees.common import Access, Status
from robot import Robot, good_shot, ids_of
from stand_in_engines import SlowEngine, measuring_with

from smolrgpt_ros.planning.behaviours import AskSpatial, ResolvePickTarget, fields_of
from smolrgpt_ros.planning.calling import Patience
from smolrgpt_ros.planning.replies import Reply

PALLETS = ids_of(good_shot(), 'pallet')
DISTANCE = f'how far is {PALLETS[0]} from {PALLETS[1]}?'


@pytest.fixture(autouse=True)
def fresh(robot: Robot) -> Iterator[None]:
    """A fresh picture and an empty blackboard for every test."""
    robot.show()
    yield
    py_trees.blackboard.Blackboard.clear()


@pytest.fixture
def blackboard() -> py_trees.blackboard.Client:
    """What other behaviours of a tree write and read."""
    client = py_trees.blackboard.Client(name='test')
    for key in ('pallet', 'width', 'spatial_object'):
        client.register_key(key, Access.WRITE)
    for key in ('spatial_reply', 'pick_target', 'pick_goal'):
        client.register_key(key, Access.READ)
    return client


@pytest.fixture
def grown(planner: Planner) -> Callable[..., py_trees.trees.BehaviourTree]:
    """Makes trees that are set up, and shuts them down."""
    trees = []

    def grow(*behaviours: py_trees.behaviour.Behaviour) -> py_trees.trees.BehaviourTree:
        root = py_trees.composites.Sequence('root', memory=True, children=list(behaviours))
        tree = py_trees.trees.BehaviourTree(root)
        tree.setup(spatial_client=planner.client)
        trees.append(tree)
        return tree

    yield grow
    for tree in trees:
        tree.shutdown()


def ticked(tree: py_trees.trees.BehaviourTree, patience_s: float = 15.0) -> Status:
    """Tick until the tree has ended."""
    ends_s = time.monotonic() + patience_s
    while True:
        tree.tick()
        if tree.root.status is not Status.RUNNING:
            return tree.root.status
        assert time.monotonic() < ends_s, f'running: {tree.tip().feedback_message}'
        time.sleep(0.01)


def test_an_answer_goes_to_the_blackboard(grown, blackboard):
    asking = AskSpatial('ask', DISTANCE)
    tree = grown(asking)
    tree.tick()
    assert tree.root.status is Status.RUNNING
    assert ticked(tree) is Status.SUCCESS
    reply = blackboard.spatial_reply
    assert isinstance(reply, Reply)
    assert reply.value > 0.0
    assert blackboard.spatial_object == PALLETS[0]
    assert asking.feedback_message == reply.text


def test_a_question_is_filled_from_the_blackboard(grown, blackboard):
    blackboard.pallet, blackboard.width = PALLETS[1], 2.5
    asking = AskSpatial(
        'ask', 'how many pallets are within {width} m of <mask>?', object_ids=['{pallet}']
    )
    assert ticked(grown(asking)) is Status.SUCCESS, asking.feedback_message
    assert blackboard.spatial_reply.message.question.startswith('how many pallets are within 2.5 m')
    assert PALLETS[1] in blackboard.spatial_reply.object_ids


def test_the_same_tree_asks_again(grown, blackboard):
    tree = grown(AskSpatial('ask', DISTANCE))
    assert ticked(tree) is Status.SUCCESS
    first = blackboard.spatial_reply.message.query_id
    assert ticked(tree) is Status.SUCCESS
    assert blackboard.spatial_reply.message.query_id != first


@pytest.mark.parametrize(
    ('make', 'fragment'),
    [
        pytest.param(
            lambda: AskSpatial('ask', 'where is ghost_7?'), 'UNKNOWN_OBJECT', id='a status'
        ),
        pytest.param(
            lambda: AskSpatial('ask', 'where is {pallet}?'), "'pallet'", id='an empty blackboard'
        ),
        pytest.param(
            lambda: AskSpatial('ask', 'how many pallets are there?', expected='99'),
            "expected '99'",
            id='another answer than expected',
        ),
        pytest.param(
            lambda: AskSpatial('ask', DISTANCE, least_confidence=1.1),
            '1.1 is needed',
            id='too little confidence',
        ),
        pytest.param(
            lambda: AskSpatial('ask', DISTANCE, target_frame='moon', patience=Patience(0.5)),
            'NO_TRANSFORM',
            id='what does not pass in time',
        ),
        pytest.param(
            lambda: ResolvePickTarget('pick', object_key='pallet'),
            "'pallet'",
            id='no object to pick',
        ),
    ],
)
def test_failures_say_why(grown, make: Callable, fragment: str):
    behaviour = make()
    assert ticked(grown(behaviour)) is Status.FAILURE
    assert fragment in behaviour.feedback_message


def test_an_unexpected_answer_is_on_the_blackboard_all_the_same(grown, blackboard):
    assert ticked(grown(AskSpatial('ask', DISTANCE, expected='nothing'))) is Status.FAILURE
    assert blackboard.spatial_reply.value > 0.0


def test_an_object_that_cannot_be_picked_fails_with_the_status(grown, blackboard):
    blackboard.spatial_object = 'ghost_9'
    picking = ResolvePickTarget('pick', patience=Patience(1.0))
    assert ticked(grown(picking)) is Status.FAILURE
    assert (
        'UNKNOWN_OBJECT' in picking.feedback_message or 'NO_TRANSFORM' in picking.feedback_message
    )
    assert not blackboard.exists('pick_goal')


class TalkingEngine(SlowEngine):
    """Says its first words before it is told to answer, and keeps what asks whether to go on."""

    cancelled: Callable[[], bool] | None = None

    def answer(self, scene, questions, *, deadline_s=None, on_words=None, cancelled=None):
        self.cancelled = cancelled
        if on_words is not None:
            on_words(0, 'The pallet')
        return super().answer(scene, questions, deadline_s=deadline_s)


@pytest.fixture
def slow(robot: Robot) -> Iterator[TalkingEngine]:
    """In the place of the geometric engine for one test."""
    robot.ask(DISTANCE)
    with measuring_with(robot.node, TalkingEngine()) as engine:
        yield engine


def test_halting_takes_the_question_back_on_the_server(robot: Robot, grown, slow: TalkingEngine):
    asking = AskSpatial('ask', DISTANCE)
    tree = grown(asking)
    tree.tick()
    robot.wait_for(slow.started.is_set, 'the engine')
    robot.wait_for(lambda: (tree.tick(), asking.feedback_message)[1] == 'The pallet', 'words')
    assert not slow.cancelled()
    before = robot.node.service.counts['CANCELLED']
    tree.root.stop(Status.INVALID)
    assert asking.status is Status.INVALID
    robot.wait_for(slow.cancelled, 'the engine to hear of it')
    robot.wait_for(
        lambda: robot.node.service.counts['CANCELLED'] == before + 1, 'the goal to be cancelled'
    )


def test_halting_before_the_server_has_accepted_cancels_as_well(
    robot: Robot, grown, slow: TalkingEngine
):
    tree = grown(AskSpatial('ask', DISTANCE))
    before = robot.node.service.counts['CANCELLED']
    for _ in range(5):
        tree.tick()
        tree.root.stop(Status.INVALID)
    # Whatever of them reached the server is cancelled there: nothing is left waiting or running.
    robot.wait_for(lambda: not robot.node.worker.waiting, 'an empty queue')
    if slow.started.wait(0.3):
        robot.wait_for(slow.cancelled, 'the engine to hear of it')
        assert robot.node.service.counts['CANCELLED'] > before
    slow.may_answer.set()
    assert ticked(tree) is Status.SUCCESS


def test_halting_by_a_higher_priority(robot: Robot, planner: Planner, slow: TalkingEngine):
    """As trees do it in earnest: a selector turns to a more urgent child."""
    urgent = py_trees.behaviours.StatusQueue(
        'urgent', [Status.FAILURE, Status.FAILURE, Status.SUCCESS], eventually=Status.SUCCESS
    )
    asking = AskSpatial('ask', DISTANCE)
    root = py_trees.composites.Selector('root', memory=False, children=[urgent, asking])
    tree = py_trees.trees.BehaviourTree(root)
    tree.setup(spatial_client=planner.client)
    tree.tick()
    robot.wait_for(slow.started.is_set, 'the engine')
    tree.tick()
    assert asking.status is Status.RUNNING
    tree.tick()
    assert asking.status is Status.INVALID
    robot.wait_for(slow.cancelled, 'the engine to hear of it')
    tree.shutdown()


def test_a_client_of_its_own_is_made_and_closed(robot: Robot, planner: Planner):
    asking = AskSpatial('ask', DISTANCE)
    tree = py_trees.trees.BehaviourTree(asking)
    tree.setup(node=planner.node)
    assert ticked(tree) is Status.SUCCESS
    own = asking.client
    assert own is not planner.client
    tree.shutdown()
    assert own._loop.closed


def test_setup_without_node_or_client_says_what_is_missing():
    with pytest.raises(KeyError, match='spatial_client'):
        AskSpatial('ask', DISTANCE).setup()
    with pytest.raises(RuntimeError, match='before setup'):
        AskSpatial('ask', DISTANCE).client  # noqa: B018


@pytest.mark.parametrize(
    ('text', 'fields'),
    [
        pytest.param('where is it?', (), id='none'),
        pytest.param('{a} or {b}?', ('a', 'b'), id='two'),
        pytest.param('{{a}} {b}', ('b',), id='escaped'),
    ],
)
def test_fields(text: str, fields: tuple[str, ...]):
    assert fields_of(text) == fields
