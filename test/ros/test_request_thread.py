# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A service outside of the executor, over the real middleware."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import rclpy
from rclpy.context import Context
from rclpy.node import Node
from rclpy.qos import QoSProfile

from smolrgpt_ros.ros.request_thread import RequestThread
from smolrgpt_ros.srv import SpatialQuery

PATIENCE_S = 20.0


@pytest.fixture
def node() -> Iterator[Node]:
    context = Context()
    rclpy.init(context=context)
    node = rclpy.create_node('asked', context=context)
    yield node
    node.destroy_node()
    rclpy.try_shutdown(context=context)


def test_after_one_too_many_the_others_wait_for_the_respite(node: Node):
    taken: list[str] = []
    resting, rested, all_taken = threading.Event(), threading.Event(), threading.Event()

    def on_request(request, respond) -> bool:
        taken.append(request.question)
        respond(SpatialQuery.Response())
        if len(taken) == 4:
            all_taken.set()
        return len(taken) == 1

    def respite() -> None:
        resting.set()
        assert rested.wait(PATIENCE_S)

    errors: list[str] = []
    requests = RequestThread(
        node,
        SpatialQuery,
        'asked_here',
        qos=QoSProfile(depth=100),
        on_request=on_request,
        on_error=lambda what, error: errors.append(f'{what}: {error}'),
        respite=respite,
    )
    client = node.create_client(SpatialQuery, 'asked_here')
    assert client.wait_for_service(PATIENCE_S)
    client.call_async(SpatialQuery.Request(question='0'))
    assert resting.wait(PATIENCE_S)
    for number in (1, 2, 3):
        client.call_async(SpatialQuery.Request(question=str(number)))
    assert not all_taken.wait(0.2)
    assert taken == ['0']
    rested.set()
    assert all_taken.wait(PATIENCE_S)
    assert taken == ['0', '1', '2', '3']
    requests.close()
    assert errors == []
