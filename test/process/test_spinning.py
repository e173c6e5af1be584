# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Nodes as processes of their own: one after the other, and a clean end."""

from __future__ import annotations

import os
import signal

import pytest
import rclpy
from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node

from smolrgpt_ros.process.spinning import run_node


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
    steps, before = Steps(), signal.getsignal(number)

    def on_made(node: Node, replace: object) -> None:
        if len(steps.made) < 3:
            soon(node, lambda: replace(steps.make))
        else:
            soon(node, lambda: os.kill(os.getpid(), number))

    assert run_node(steps.make, on_made=on_made) == 0
    assert len(steps.made) == 3
    assert not rclpy.ok()
    assert signal.getsignal(number) is before


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
