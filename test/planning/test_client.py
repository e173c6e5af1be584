# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The planners' client against the real node: no deadlock anywhere, retries, typed errors."""

from __future__ import annotations

import functools
import math
import threading
import time

import pytest
import rclpy
from planner import Outcome, Planner
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.context import Context
from rclpy.executors import MultiThreadedExecutor, SingleThreadedExecutor
from robot import Robot, good_shot, ids_of
from stand_in_engines import SlowEngine, measuring_with
from std_srvs.srv import Trigger

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.planning.calling import Patience
from smolrgpt_ros.planning.client import SpatialClient
from smolrgpt_ros.planning.errors import PickTargetError, SpatialQueryError, Status

PALLETS = ids_of(good_shot(), 'pallet')
DISTANCE = f'how far is {PALLETS[0]} from {PALLETS[1]}?'
# As many threads as that, however few processors there are.
Threads = functools.partial(MultiThreadedExecutor, num_threads=4)
EXECUTORS = [
    pytest.param(SingleThreadedExecutor, id='one thread'),
    pytest.param(Threads, id='four threads'),
]


@pytest.fixture(autouse=True)
def picture(request: pytest.FixtureRequest) -> None:
    """A fresh picture for every test of the shared robot."""
    if 'robot' in request.fixturenames:
        request.getfixturevalue('robot').show()


def assert_answers(planner: Planner) -> None:
    assert planner.client.ask(DISTANCE).value > 0.0


# Where a plain call may be made.


@pytest.mark.parametrize('executor_type', EXECUTORS)
def test_plain_call_inside_a_timer_callback(planner: Planner, executor_type):
    outcome = Outcome()

    def tick() -> None:
        timer.cancel()
        outcome.of(lambda: planner.client.ask(DISTANCE))

    timer = planner.node.create_timer(0.01, tick)
    planner.spin(executor_type)
    reply = outcome.wait()
    assert reply.category is Category.DISTANCE
    assert reply.object_ids == tuple(PALLETS[:2])
    assert float(reply.normalized) == pytest.approx(reply.value, abs=0.006)
    assert reply.engine == 'geometric'
    assert 0.0 < reply.image_age_s < 30.0


@pytest.mark.parametrize('executor_type', EXECUTORS)
def test_plain_call_inside_a_service_callback(robot: Robot, planner: Planner, executor_type):
    def serve(request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.message = planner.client.ask(DISTANCE).text
        response.success = True
        return response

    planner.node.create_service(Trigger, 'plan', serve)
    client = robot.tester.create_client(Trigger, 'plan')
    planner.spin(executor_type)
    robot.wait_for(client.service_is_ready, 'the planner')
    response = robot.result_of(client.call_async(Trigger.Request()))
    assert response.success
    assert PALLETS[0] in response.message


def test_plain_calls_inside_of_each_other(robot: Robot, planner: Planner):
    """A callback that calls a service whose callback asks."""
    planner.node.create_service(
        Trigger,
        'inner',
        lambda request, response: Trigger.Response(message=planner.client.ask(DISTANCE).text),
        callback_group=ReentrantCallbackGroup(),
    )
    planner.spin(Threads)
    inner = robot.tester.create_client(Trigger, 'inner')
    robot.wait_for(inner.service_is_ready, 'the planner')
    futures = [inner.call_async(Trigger.Request()) for _ in range(5)]
    assert all(PALLETS[0] in robot.result_of(future).message for future in futures)


def test_plain_call_before_anybody_spins(planner: Planner):
    assert_answers(planner)


def test_plain_calls_in_threads(planner: Planner):
    outcomes = [Outcome() for _ in range(8)]
    for outcome in outcomes:
        threading.Thread(
            target=outcome.of, args=(lambda: planner.client.ask(DISTANCE),), daemon=True
        ).start()
    values = {outcome.wait().value for outcome in outcomes}
    assert len(values) == 1


def test_plain_call_in_a_subscription_callback_of_a_spin_until_complete(
    robot: Robot, planner: Planner
):
    """As scripts do it: no thread, the node spun by hand."""
    executor = SingleThreadedExecutor(context=robot.context)
    executor.add_node(planner.node)
    future = planner.client.ask_async(DISTANCE)
    executor.spin_until_future_complete(future, timeout_sec=10.0)
    assert future.done()
    assert future.result().value > 0.0
    executor.shutdown()


def test_done_callbacks_of_the_async_call_run_in_the_nodes_executor(planner: Planner):
    planner.spin(SingleThreadedExecutor)
    outcome = Outcome()

    def tick() -> None:
        timer.cancel()
        future = planner.client.ask_async(DISTANCE)
        # Inside of a done callback even a plain call is safe.
        future.add_done_callback(
            lambda done: outcome.of(
                lambda: (done.result().value, planner.client.ask(DISTANCE).value)
            )
        )

    timer = planner.node.create_timer(0.01, tick)
    first, second = outcome.wait()
    assert first == second


def test_awaited_in_a_coroutine(planner: Planner):
    outcome = Outcome()

    async def plan() -> None:
        timer.cancel()
        reply = await planner.client.ask_async(DISTANCE)
        outcome.of(lambda: reply.value)

    timer = planner.node.create_timer(0.01, plan)
    planner.spin(SingleThreadedExecutor)
    assert outcome.wait() > 0.0


def test_plain_call_in_the_clients_own_thread_is_refused(planner: Planner):
    """It could only wait for itself; without an executor, done callbacks run there."""
    outcome = Outcome()
    planner.client.ask_async(DISTANCE).add_done_callback(
        lambda done: outcome.of(lambda: planner.client.ask(DISTANCE))
    )
    with pytest.raises(RuntimeError, match='wait for itself'):
        outcome.wait()
    assert_answers(planner)


# How calls end.


@pytest.mark.parametrize(
    ('question', 'fields', 'status', 'fragment'),
    [
        pytest.param('hello robot', {}, Status.NOT_UNDERSTOOD, 'how far', id='not understood'),
        pytest.param('where is ghost_7?', {}, Status.UNKNOWN_OBJECT, 'ghost', id='unknown'),
        pytest.param('where is the pallet?', {}, Status.AMBIGUOUS, PALLETS[0], id='ambiguous'),
        pytest.param(DISTANCE, {'engine': 'oracle'}, Status.ENGINE_FAILED, 'oracle', id='engine'),
    ],
)
def test_what_does_not_pass_raises_at_once(
    planner: Planner, question: str, fields: dict, status: Status, fragment: str
):
    with pytest.raises(SpatialQueryError, match=status.name) as caught:
        planner.client.ask(question, **fields)
    assert caught.value.status is status
    assert fragment in caught.value.message
    assert caught.value.attempts == 1


def test_what_passes_is_asked_again_until_it_passes(robot: Robot, planner: Planner):
    time.sleep(0.2)
    outcome = Outcome()
    asking = threading.Thread(
        target=outcome.of,
        args=(lambda: planner.client.ask(DISTANCE, max_age_s=0.15, patience=Patience(10.0, 1000)),),
    )
    asking.start()
    statuses = robot.node.service.counts
    robot.wait_for(lambda: robot.node.service.counts['STALE'] > statuses['STALE'] + 1, 'refusals')
    while asking.is_alive():
        robot.publish(good_shot(), robot.now_ns())
        time.sleep(0.05)
    assert outcome.wait().value > 0.0


@pytest.mark.parametrize(
    ('fields', 'status'),
    [
        pytest.param({'max_age_s': 1e-6}, Status.STALE, id='stale'),
        pytest.param({'target_frame': 'moon'}, Status.NO_TRANSFORM, id='no transform'),
    ],
)
def test_what_does_not_pass_in_time_raises_what_it_was(
    planner: Planner, fields: dict, status: Status
):
    started_s = time.monotonic()
    with pytest.raises(SpatialQueryError) as caught:
        planner.client.ask(DISTANCE, patience=Patience(1.0), **fields)
    assert caught.value.status is status
    assert caught.value.attempts > 1
    assert time.monotonic() - started_s < 5.0


def test_retries_are_counted(planner: Planner):
    with pytest.raises(SpatialQueryError) as caught:
        planner.client.ask(DISTANCE, max_age_s=1e-6, patience=Patience(30.0, retries=2))
    assert (caught.value.status, caught.value.attempts) == (Status.STALE, 3)


@pytest.fixture
def slow(robot: Robot, planner: Planner):
    """In the place of the geometric engine for one test."""
    assert_answers(planner)
    with measuring_with(robot.node, SlowEngine()) as engine:
        yield engine


def test_a_time_out_is_kept_and_known_to_the_server(
    robot: Robot, planner: Planner, slow: SlowEngine
):
    with pytest.raises(SpatialQueryError) as caught:
        planner.client.ask(DISTANCE, patience=Patience(0.3))
    assert caught.value.status is Status.TIMEOUT
    robot.wait_for(lambda: robot.node.service.counts['TIMEOUT'], 'the time-out of the server')


def test_a_full_queue_is_waited_for(robot: Robot, planner: Planner, slow: SlowEngine):
    first = planner.client.ask_async(DISTANCE, patience=Patience(20.0))
    robot.wait_for(slow.started.is_set, 'the engine')
    room = robot.node.settings.question_queue
    futures = [planner.client.ask_async(DISTANCE, patience=Patience(20.0)) for _ in range(room + 3)]
    robot.wait_for(lambda: robot.node.service.counts['BUSY'] >= 3, 'refusals')
    slow.may_answer.set()
    for future in [first, *futures]:
        assert robot.result_of(future).normalized == '1'


def test_a_cancelled_future_never_gets_a_result(robot: Robot, planner: Planner, slow: SlowEngine):
    future = planner.client.ask_async(DISTANCE)
    robot.wait_for(slow.started.is_set, 'the engine')
    future.cancel()
    slow.may_answer.set()
    assert future.cancelled()
    assert planner.client.ask('how many pallets are there?').normalized == '1'
    assert future.cancelled()


def test_no_server_is_unreachable_and_one_that_comes_is_found(ros_domain: int):
    context = Context()
    rclpy.init(context=context)
    planner = Planner(context)
    robot = None
    try:
        with pytest.raises(SpatialQueryError, match='UNREACHABLE') as caught:
            planner.client.ask(DISTANCE, patience=Patience(0.3))
        assert '/spatial_query is not there' in caught.value.message
        outcome = Outcome()
        threading.Thread(
            target=outcome.of,
            args=(lambda: planner.client.ask(DISTANCE, patience=Patience(30.0, 10_000)),),
            daemon=True,
        ).start()
        robot = Robot()
        robot.activate()
        robot.show()
        # The first call of the thread may have met the node before it was active.
        if outcome.failure() is not None:
            assert outcome.failure().status is Status.INACTIVE
        assert_answers(planner)
        robot.node.trigger_deactivate()
        with pytest.raises(SpatialQueryError, match='INACTIVE'):
            planner.client.ask(DISTANCE)
        robot.close()
        robot = None
        with pytest.raises(SpatialQueryError) as caught:
            planner.client.ask(DISTANCE, patience=Patience(1.0))
        assert caught.value.status in (Status.UNREACHABLE, Status.TIMEOUT)
    finally:
        if robot is not None:
            robot.close()
        planner.close()
        rclpy.shutdown(context=context)


def test_after_shutdown_calls_end_at_once(ros_domain: int):
    context = Context()
    rclpy.init(context=context)
    planner = Planner(context)
    waiting = Outcome()
    thread = threading.Thread(
        target=waiting.of, args=(lambda: planner.client.ask(DISTANCE, patience=Patience(60.0)),)
    )
    thread.start()
    time.sleep(0.2)
    rclpy.shutdown(context=context)
    for outcome in (waiting, late := Outcome()):
        if outcome is late:
            outcome.of(lambda: planner.client.ask(DISTANCE, patience=Patience(60.0)))
        with pytest.raises(SpatialQueryError, match='CLOSED'):
            outcome.wait(5.0)
    thread.join(5.0)
    planner.client.close()


def test_closing_twice_is_fine_and_ends_what_waits(robot: Robot):
    planner = Planner(robot.context, 'short_lived')
    future = planner.client.ask_async('where is ghost?', target_frame='moon')
    planner.client.close()
    planner.client.close()
    with pytest.raises(SpatialQueryError) as caught:
        future.result()
    assert caught.value.status in (Status.CLOSED, Status.NO_TRANSFORM, Status.UNKNOWN_OBJECT)
    with pytest.raises(SpatialQueryError, match='CLOSED'):
        planner.client.ask(DISTANCE)
    planner.close()


# Names.


def test_the_clients_names_follow_namespace_and_remappings(robot: Robot):
    planner = Planner(
        robot.context,
        'far_away',
        namespace='/fleet/robot_2',
        cli_args=['--ros-args', '-r', 'spatial_query:=/spatial_query'],
    )
    try:
        assert_answers(planner)
        with pytest.raises(SpatialQueryError, match='UNREACHABLE') as caught:
            planner.client.pick_target(PALLETS[0], patience=Patience(0.3))
        assert '/fleet/robot_2/pick_target' in caught.value.message
    finally:
        planner.close()


def test_two_clients_of_one_node_are_two_nodes_in_the_graph(planner: Planner):
    other = SpatialClient(planner.node)
    try:
        assert other.ask(DISTANCE).value == planner.client.ask(DISTANCE).value
        names = planner.node.get_node_names()
        assert len(names) == len(set(names))
    finally:
        other.close()


# Pick targets.


def test_pick_target_without_a_level_frame_says_so(planner: Planner):
    with pytest.raises(PickTargetError, match='not level') as caught:
        planner.client.pick_target(PALLETS[0], patience=Patience(0.5))
    assert caught.value.status is Status.NO_TRANSFORM
    assert caught.value.known is None


def test_pick_target_of_an_unknown_object(planner: Planner):
    with pytest.raises(PickTargetError) as caught:
        planner.client.pick_target('ghost_9')
    assert caught.value.status is Status.UNKNOWN_OBJECT


# What is no question at all.


@pytest.mark.parametrize(
    'patience',
    [
        pytest.param({'timeout_s': 0.0}, id='no time'),
        pytest.param({'timeout_s': math.nan}, id='no number'),
        pytest.param({'retries': -1}, id='negative retries'),
        pytest.param({'backoff_s': -0.1}, id='negative pause'),
    ],
)
def test_patience_refuses(patience: dict):
    with pytest.raises(ValueError, match=next(iter(patience))):
        Patience(**patience)


def test_a_string_for_a_list_of_ids_is_refused(planner: Planner):
    with pytest.raises(TypeError, match='list of ids'):
        planner.client.ask('how far is <mask> from <mask>?', object_ids='pallet_1')
