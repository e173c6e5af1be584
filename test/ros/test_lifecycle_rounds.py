# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rounds through the lifecycle: nothing of one is there in the next but one.

`smolrgpt bench lifecycle` does a thousand, with the node in a process of its own.
"""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator

import psutil
import pytest
from robot import Robot, good_shot, ids_of

from smolrgpt_ros.messages.status import Status

PALLETS = ids_of(good_shot(), 'pallet')
QUESTION = f'how far is {PALLETS[0]} from {PALLETS[1]}?'
ROUNDS, FURTHER_ROUNDS = 12, 3


@pytest.fixture
def owned_robot(ros_domain: int) -> Iterator[Robot]:
    """A robot whose node tunes garbage collection, as in a process of its own."""
    robot = Robot(owns_process=True)
    yield robot
    robot.close()
    gc.unfreeze()


def round_of(robot: Robot) -> list[weakref.ref]:
    """Configure, answer, clean up; what the round was made of."""
    robot.activate()
    robot.show()
    assert robot.ask(QUESTION).status == Status.OK
    node = robot.node
    session = node.session
    assert session is not None
    made = (
        session, session.synchroniser, session.synchroniser._matcher, session.builder,
        session.inputs, session.transforms, node.worker, node.engines, node.identities,
        node._answer_publishers, session.newest(),
    )  # fmt: skip
    node.trigger_deactivate()
    node.trigger_cleanup()
    return [weakref.ref(part) for part in made]


def test_nothing_stays(owned_robot: Robot):
    process = psutil.Process()
    rounds = [round_of(owned_robot) for _ in range(3)]
    threads, files = threading.active_count(), process.num_fds()

    def left() -> list[object]:
        # The worker collects garbage when the next activation has loaded its engine.
        return [part() for parts in rounds[:-2] for part in parts if part() is not None]

    for _ in range(ROUNDS):
        rounds.append(round_of(owned_robot))
    for _ in range(FURTHER_ROUNDS):
        # While one thread collects garbage Python has no other do so, and what somebody looks at
        # in that moment stays: until the next round, not for good.
        if not left():
            break
        rounds.append(round_of(owned_robot))
    assert not left()
    assert threading.active_count() <= threads
    assert process.num_fds() <= files


def settling(robot: Robot, look: Callable[[], int]) -> list[int]:
    """What is seen in a second in which nothing is done."""
    seen: list[int] = []
    ends_s = time.monotonic() + 1.0

    def over() -> bool:
        seen.append(look())
        return time.monotonic() > ends_s

    robot.wait_for(over, 'a second')
    return seen


def test_rclpy_keeps_nothing_of_it_either(owned_robot: Robot):
    robot = owned_robot
    entities = robot.node.default_callback_group.entities

    def kept() -> int:
        robot.node.housekeeping.give_back()
        return len(entities)

    round_of(robot)
    # What the executor has just looked at, it lets go of a moment later.
    before = min(settling(robot, kept))
    for _ in range(ROUNDS):
        round_of(robot)
    assert min(settling(robot, kept)) <= before


def test_a_picture_without_partners_goes_at_once(owned_robot: Robot):
    robot = owned_robot
    robot.activate()
    session = robot.node.session
    assert session is not None
    arrived = session.synchroniser.arrivals['image']
    robot.publish(good_shot(), robot.now_ns(), leave_out=('depth',))
    robot.wait_for(lambda: arrived.received, 'the picture')
    # Filters refer to each other: a queue that is not emptied stays until garbage is collected.
    queues = list(session.synchroniser._matcher._synchroniser.queues)
    assert any(queues)
    robot.node.trigger_deactivate()
    assert not any(queues)
