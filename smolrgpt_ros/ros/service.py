# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The service /spatial_query: every request becomes a job; no callback waits for an answer."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile
from rclpy.task import Future

from smolrgpt_ros.ros.answering import Outcome, response_of
from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.srv import SpatialQuery

SERVICE_NAME = 'spatial_query'
_LATENCIES = 1000
# The default of services keeps ten requests: of a burst of more, the middleware would lose some
# without a word.
_EVERY_REQUEST = QoSProfile(depth=1000)

Finish = Callable[[Outcome], None]


class QueryService:
    """Serves questions from the node's start on, in every lifecycle state.

    A planner that looks for the server finds it, and hears INACTIVE instead of waiting.

    Attributes:
        counts: responses sent, by name of their status.
        latencies_s: of the latest answers.
    """

    def __init__(self, node: LifecycleNode, ask: Callable[[SpatialQuery.Request, Finish], None]):
        """Offer the service.

        Args:
            ask: hands a request over and returns at once; calls back exactly once, from any thread.
        """
        self._node = node
        self._ask = ask
        self.counts: Counter[str] = Counter()
        self.latencies_s: deque[float] = deque(maxlen=_LATENCIES)
        self._service = node.create_service(
            SpatialQuery,
            SERVICE_NAME,
            self._on_request,
            qos_profile=_EVERY_REQUEST,
            callback_group=ReentrantCallbackGroup(),
        )

    async def _on_request(
        self, request: SpatialQuery.Request, response: SpatialQuery.Response
    ) -> SpatialQuery.Response:
        received_s = time.monotonic()
        executor = self._node.executor
        future: Future = Future(executor=executor)

        def finish(outcome: Outcome) -> None:
            future.set_result(outcome)
            # Executors look at waiting coroutines when they wake up, and nothing else wakes them
            # for this one.
            executor.wake()

        self._ask(request, finish)
        outcome = await future
        latency_s = time.monotonic() - received_s
        self.counts[STATUS_NAMES[outcome.status]] += 1
        if outcome.answer is not None:
            self.latencies_s.append(latency_s)
        return response_of(outcome, request, response, latency_s=latency_s)
