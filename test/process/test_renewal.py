# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A node that stays deaf is made anew, not at once, not in the middle, and not again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest
import rclpy
from rclpy.node import Node
from rclpy.parameter import Parameter

from smolrgpt_ros.process.listening import Listening
from smolrgpt_ros.process.renewal import Renewal, parameters_of


class Hall(Node):
    """A node that listens."""

    def __init__(self, parameter_overrides: list[Parameter] | None = None) -> None:
        super().__init__('hall', parameter_overrides=parameter_overrides)
        self.declare_parameter('aisles', 3)
        self.declare_parameter('width', 2.5)
        self.declare_parameter('unset', rclpy.Parameter.Type.STRING)
        self.listening = Listening(self)

    def deaf_for(self, seconds: float) -> None:
        assert self.listening.on_deaf is not None
        self.listening.on_deaf(seconds)


@pytest.fixture
def make(ros_domain: int) -> Iterator[Callable[..., Hall]]:
    rclpy.init(args=['test', '--ros-args', '-p', 'aisles:=5'])
    made: list[Hall] = []

    def one(parameter_overrides: list[Parameter] | None = None) -> Hall:
        made.append(Hall(parameter_overrides))
        return made[-1]

    yield one
    for node in made:
        node.destroy_node()
    rclpy.shutdown()


def test_a_loss_is_borne_for_a_while(make: Callable[..., Hall]):
    node, replaced = make(), []
    Renewal(lambda _: make).watch(node, replaced.append)
    node.deaf_for(0.0)
    node.deaf_for(0.2)
    assert not replaced
    node.deaf_for(0.4)
    assert replaced == [make]


@pytest.mark.parametrize(
    ('deaf_at_s', 'renewed_at_s'),
    [
        pytest.param([0.0], [0.0], id='at once'),
        pytest.param([0.0, 0.5, 1.0], [0.0, 1.0], id='again after a second'),
        pytest.param(range(41), [0, 1, 3, 7, 15, 25, 35], id='less and less often'),
        pytest.param([0.0, 1.0, 3.0, 24.0, 25.0], [0.0, 1.0, 3.0, 24.0, 25.0], id='heard for long'),
        pytest.param([0.0, 1.0, 3.0, 20.0, 25.0], [0.0, 1.0, 3.0, 20.0], id='not for long enough'),
    ],
)
def test_it_is_not_all_that_the_process_does(
    make: Callable[..., Hall], deaf_at_s: Iterable[float], renewed_at_s: list[float]
):
    now_s, renewed = 0.0, []
    renewal = Renewal(lambda _: make, clock_s=lambda: now_s)
    node = make()
    renewal.watch(node, lambda _: renewed.append(now_s))
    for now_s in deaf_at_s:  # noqa: B007 - the clock reads it
        node.deaf_for(1.0)
    assert renewed == renewed_at_s


def test_one_that_is_busy_is_left_alone_until_it_is_not(make: Callable[..., Hall]):
    node, replaced = make(), []
    busy = True
    Renewal(lambda _: None if busy else make).watch(node, replaced.append)
    node.deaf_for(1.0)
    node.deaf_for(2.0)
    assert not replaced
    busy = False
    node.deaf_for(3.0)
    assert replaced == [make]


def test_parameters_are_those_of_now(make: Callable[..., Hall]):
    node = make()
    node.set_parameters([Parameter('width', value=3.5)])
    again = make(parameters_of(node))
    assert {one.name for one in parameters_of(node)} >= {'aisles', 'width', 'use_sim_time'}
    assert again.get_parameter('aisles').value == 5
    assert again.get_parameter('width').value == 3.5
    assert again.get_parameter_or('unset').type_ == Parameter.Type.NOT_SET
