# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Clients of /spatial_query below rclpy's futures, which see a second response to a question.

rclpy's own client forgets a request with its first response and passes over what comes after; it
also wakes an executor for each, which a flood cannot afford.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.node import Node
from rclpy.qos import QoSProfile

from smolrgpt_ros.ros.inputs import PolledCallbackGroup
from smolrgpt_ros.srv import SpatialQuery

SERVICE = '/spatial_query'
# As the service itself: of a burst of more, the middleware would lose some without a word.
_EVERY_RESPONSE = QoSProfile(depth=5000)
# Responses reach every client of a service; each takes those to others out of its queue as well.
_OTHERS_IN_A_ROW = 8
_INTRODUCED_S = 60.0
_TRIED_AGAIN_S = 3.0


class Line:
    """One client of the service."""

    def __init__(self, node: Node):
        self._node = node
        self._client = node.create_client(
            SpatialQuery,
            SERVICE,
            qos_profile=_EVERY_RESPONSE,
            callback_group=PolledCallbackGroup(),
        )
        self._introductions: set[int] = set()

    @property
    def handle(self) -> Any:
        """For a wait set."""
        return self._client.handle

    def introduce(self) -> None:
        """Ask until a response comes: the first may be lost while both sides discover each other.

        Raises TimeoutError.
        """
        ends = time.monotonic() + _INTRODUCED_S
        while time.monotonic() < ends:
            if not self._client.wait_for_service(_TRIED_AGAIN_S):
                continue
            self._introductions.add(self.send(SpatialQuery.Request()))
            wait([self], _TRIED_AGAIN_S)
            answered = {number for number, _ in self._all_taken()}
            self._introductions -= answered
            if answered:
                return
        raise TimeoutError(f'{SERVICE} has not answered within {_INTRODUCED_S:g} s')

    def send(self, request: SpatialQuery.Request) -> int:
        """Send a request; returns its number, which its response carries."""
        with self._client.handle:
            return int(self._client.handle.send_request(request))

    def taken(self) -> Iterator[tuple[int, SpatialQuery.Response]]:
        """Every response that has arrived, with the number of its request.

        Those to an introduction that was thought to be lost are left out.
        """
        for number, response in self._all_taken():
            if number in self._introductions:
                self._introductions.remove(number)
            else:
                yield number, response

    def _all_taken(self) -> Iterator[tuple[int, SpatialQuery.Response]]:
        nothing = 0
        while nothing < _OTHERS_IN_A_ROW:
            with self._client.handle:
                header, response = self._client.handle.take_response(SpatialQuery.Response)
            if header is None:
                nothing += 1
                continue
            nothing = 0
            yield int(header.request_id.sequence_number), response

    def close(self) -> None:
        """Leave; responses to what was asked find nobody."""
        self._node.destroy_client(self._client)


def wait(lines: Sequence[Line], timeout_s: float) -> None:
    """Until a response has arrived on any line, or the time has passed."""
    context = lines[0]._node.context.handle
    with ExitStack() as held:
        held.enter_context(context)
        for line in lines:
            held.enter_context(line.handle)
        wait_set = rclpy_implementation.WaitSet(0, 0, 0, len(lines), 0, 0, context)
        wait_set.clear_entities()
        for line in lines:
            wait_set.add_client(line.handle)
        wait_set.wait(max(0, round(timeout_s * 1e9)))
