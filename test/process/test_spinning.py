# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Nodes as processes of their own: one after the other, and a clean end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import rclpy
from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node

from smolrgpt_ros.process.spinning import run_node


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """Where a signal has come, it is for the process to end: handlers stay as they are."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)


class Steps:
    """Nodes that are made, and what each does a moment after it is spun."""

    def __init__(self) -> None:
        self.made: list[Node] = []

    def make(self) -> Node:
        self.made.append(LifecycleNode('one_of_several'))
        return self.made[-1]


def soon(node: Node, do: object) -> None:
    timer = node.create_timer(0.05, lambda: (timer.cancel(), do()))


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
def test_one_after_the_other_until_a_signal_comes(ros_domain: int, number: signal.Signals):
    steps = Steps()

    def on_made(node: Node, replace: object) -> None:
        if len(steps.made) < 3:
            soon(node, lambda: replace(steps.make))
        else:
            soon(node, lambda: os.kill(os.getpid(), number))

    assert run_node(steps.make, on_made=on_made) == 0
    assert len(steps.made) == 3
    assert not rclpy.ok()


def test_a_signal_between_two_nodes_ends_the_second(ros_domain: int):
    steps = Steps()

    def make_with_signal() -> Node:
        os.kill(os.getpid(), signal.SIGTERM)
        return steps.make()

    def on_made(node: Node, replace: object) -> None:
        if len(steps.made) == 1:
            soon(node, lambda: replace(make_with_signal))

    assert run_node(steps.make, on_made=on_made) == 0
    assert len(steps.made) == 2


def test_a_signal_and_a_successor_at_once_end_it(ros_domain: int):
    steps = Steps()

    def on_made(node: Node, replace: object) -> None:
        def both() -> None:
            os.kill(os.getpid(), signal.SIGINT)
            replace(steps.make)

        soon(node, both)

    assert run_node(steps.make, on_made=on_made) == 0
    assert len(steps.made) == 1


def test_who_ends_without_a_signal_leaves_handlers_as_they_were(ros_domain: int):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    def on_made(node: Node, replace: object) -> None:
        soon(node, rclpy.shutdown)

    assert run_node(lambda: Node('one'), on_made=on_made) == 0
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert signal.set_wakeup_fd(-1) == -1


HANGS = """
import sys
import time

from rclpy.lifecycle import LifecycleNode
from smolrgpt_ros.process.spinning import run_node


class Node(LifecycleNode):
    def destroy_node(self):
        print('ending', flush=True)
        time.sleep(float(sys.argv[1]))
        super().destroy_node()


begun = lambda node, replace: print('begun', flush=True)
sys.exit(run_node(lambda: Node('slow_to_end'), on_made=begun))
"""


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
@pytest.mark.parametrize(
    ('ending_s', 'then_s', 'told', 'code'),
    [
        pytest.param(0.5, 0.0, 3, 0, id='told thrice at once'),
        pytest.param(60.0, 1.2, 2, None, id='told again when it hangs'),
    ],
)
def test_a_signal_that_comes_again(
    ros_domain: int,
    number: signal.Signals,
    ending_s: float,
    then_s: float,
    told: int,
    code: int | None,
):
    command = [sys.executable, '-c', HANGS, str(ending_s)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == 'begun\n'
        process.send_signal(number)
        assert process.stdout.readline() == 'ending\n'
        time.sleep(then_s)
        for _ in range(told - 1):
            process.send_signal(number)
        output, _ = process.communicate(timeout=20.0)
        assert output == ''
        assert process.returncode == (128 + number if code is None else code)
    finally:
        process.kill()
        process.wait()
