# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The service /pick_target: where a robot has to stand to pick up an object."""

from __future__ import annotations

import time
from collections.abc import Callable

from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile

from smolrgpt_ros.ros.answering import Outcome
from smolrgpt_ros.ros.pick_targets import Picked
from smolrgpt_ros.ros.request_thread import RequestThread, Respond
from smolrgpt_ros.ros.service import Finish
from smolrgpt_ros.srv import PickTarget

PICK_SERVICE_NAME = 'pick_target'


class PickService:
    """Serves requests in every lifecycle state; they wait in the queue of the questions."""

    def __init__(
        self,
        node: LifecycleNode,
        ask: Callable[[PickTarget.Request, Finish], object],
        *,
        on_ended: Callable[[Outcome, float], None],
        on_error: Callable[[str, BaseException], None],
    ):
        """Offer the service.

        Args:
            ask: hands a request over and returns at once; calls back exactly once, from any thread.
            on_ended: called with every request's outcome and how long it took, seconds.
            on_error: called with what was being done and what it raised.
        """
        self._ask = ask
        self._on_ended = on_ended
        self._requests = RequestThread(
            node,
            PickTarget,
            PICK_SERVICE_NAME,
            qos=QoSProfile(depth=100),
            on_request=self._on_request,
            on_error=on_error,
        )

    def close(self) -> None:
        """Take the service down."""
        self._requests.close()

    def _on_request(self, request: PickTarget.Request, respond: Respond) -> None:
        received_s = time.monotonic()

        def finish(outcome: Outcome) -> None:
            response = outcome.response if isinstance(outcome, Picked) else PickTarget.Response()
            response.status, response.message = outcome.status, outcome.message
            respond(response)
            self._on_ended(outcome, time.monotonic() - received_s)

        self._ask(request, finish)
