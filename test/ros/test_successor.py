# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A node that takes the place of a deaf one goes on where that one was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import rclpy
from rclpy.parameter import Parameter

from smolrgpt_ros.ros.node import SpatialQueryNode
from smolrgpt_ros.ros.successor import successor


@pytest.fixture
def make(ros_domain: int) -> Iterator[Callable[..., SpatialQueryNode]]:
    """Makes nodes of the default context, one after the end of the other, as `run_node` does."""
    rclpy.init(args=['test', '--ros-args', '-p', 'timeout:=7.5', '-p', 'sync.queue:=12'])
    made: list[SpatialQueryNode] = []

    def one(maker: Callable[[], SpatialQueryNode] = SpatialQueryNode) -> SpatialQueryNode:
        while made:
            made.pop().destroy_node()
        made.append(maker())
        return made[-1]

    yield one
    while made:
        made.pop().destroy_node()
    rclpy.shutdown()


def condition(node: SpatialQueryNode) -> tuple[bool, bool]:
    return node.worker is not None, node.session is not None


def values(node: SpatialQueryNode) -> dict[str, Any]:
    return {name: one.value for name, one in node.get_parameters_by_prefix('').items()}


@pytest.mark.parametrize(
    'steps',
    [(), ('configure',), ('configure', 'activate'), ('configure', 'activate', 'deactivate')],
    ids=lambda steps: ', '.join(steps) or 'unconfigured',
)
def test_it_is_in_the_same_state(make: Callable[..., SpatialQueryNode], steps: tuple[str, ...]):
    node = make()
    for step in steps:
        getattr(node, f'trigger_{step}')()
    assert condition(make(successor(node))) == (bool(steps), 'activate' in steps[-1:])


def test_it_has_the_parameters_of_now(make: Callable[..., SpatialQueryNode]):
    node = make()
    changed = [Parameter('sync.queue', value=20), Parameter('use_sim_time', value=True)]
    assert all(result.successful for result in node.set_parameters(changed))
    before = values(node)
    renewed = make(successor(node))
    assert (renewed.settings.timeout, renewed.settings.sync_queue) == (7.5, 20)
    assert renewed.get_parameter('use_sim_time').value is True
    assert values(renewed) == before


def test_it_knows_the_same_objects(make: Callable[..., SpatialQueryNode]):
    node = make()
    node.trigger_configure()
    node.trigger_activate()
    identities = node.identities
    assert identities is not None
    assert make(successor(node)).identities is identities


def test_how_often_is_counted(make: Callable[..., SpatialQueryNode]):
    first = make()
    second = make(successor(first))
    assert [first.renewals, second.renewals, make(successor(second)).renewals] == [0, 1, 2]


def test_one_that_cannot_be_configured_stays_unconfigured(
    make: Callable[..., SpatialQueryNode], monkeypatch: pytest.MonkeyPatch
):
    node = make()
    node.trigger_configure()
    node.trigger_activate()

    def broken(settings: object) -> None:
        raise MemoryError('no room')

    monkeypatch.setattr('smolrgpt_ros.ros.node.Identities', broken)
    renewed = make(successor(node))
    assert condition(renewed) == (False, False)
    assert 'no room' in renewed.failed_transition
