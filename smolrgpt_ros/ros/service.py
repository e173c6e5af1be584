# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The service /spatial_query: every request becomes a job.

Whoever finishes the job sends the response.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable

from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile

from smolrgpt_ros.ros.answering import Outcome, filled
from smolrgpt_ros.ros.request_thread import RequestThread, Respond
from smolrgpt_ros.ros.status import OUTCOME_NAMES
from smolrgpt_ros.ros.troubles import Troubles
from smolrgpt_ros.srv import SpatialQuery

SERVICE_NAME = 'spatial_query'
_LATENCIES = 1000
# The default of services keeps ten requests: of a burst of more, the middleware would lose some
# without a word. These are as many as Fast DDS keeps unless its own profile says more.
_EVERY_REQUEST = QoSProfile(depth=5000)

Finish = Callable[[Outcome], None]


class QueryService:
    """Serves questions from the node's start on, in every lifecycle state.

    A planner that looks for the server finds it, and hears INACTIVE instead of waiting.

    Attributes:
        failures: why questions failed, by name of the status, until diagnostics have told it.
    """

    def __init__(
        self,
        node: LifecycleNode,
        ask: Callable[[SpatialQuery.Request, Finish], object],
        *,
        on_error: Callable[[str, BaseException], None],
        respite: Callable[[], object],
    ):
        """Offer the service.

        Args:
            ask: hands a request over and returns at once; calls back exactly once, from any thread.
            on_error: called with what was being done and what it raised.
            respite: returns when questions are to be taken again after one that was refused because
                too many wait.
        """
        self._ask = ask
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._latencies_s: deque[float] = deque(maxlen=_LATENCIES)
        self.failures = Troubles()
        self._requests = RequestThread(
            node,
            SpatialQuery,
            SERVICE_NAME,
            qos=_EVERY_REQUEST,
            on_request=self._on_request,
            on_error=on_error,
            respite=respite,
        )

    @property
    def counts(self) -> Counter[str]:
        """Questions that have ended so far, by name of their status."""
        with self._lock:
            return self._counts.copy()

    @property
    def latencies_s(self) -> tuple[float, ...]:
        """Of the latest answers."""
        with self._lock:
            return tuple(self._latencies_s)

    def count(self, outcome: Outcome, latency_s: float) -> None:
        """Note how a question ended, wherever it was asked, for diagnostics."""
        name = OUTCOME_NAMES[outcome.status]
        with self._lock:
            self._counts[name] += 1
            if outcome.status == SpatialQuery.Response.OK:
                self._latencies_s.append(latency_s)
                return
        self.failures.add(name, outcome.message)

    def close(self) -> None:
        """Take the service down."""
        self._requests.close()

    def _on_request(self, request: SpatialQuery.Request, respond: Respond) -> bool:
        received_s = time.monotonic()
        refused = False

        def finish(outcome: Outcome) -> None:
            nonlocal refused
            refused = outcome.status == SpatialQuery.Response.BUSY
            latency_s = time.monotonic() - received_s
            response = SpatialQuery.Response()
            respond(filled(response, outcome, request.question, latency_s=latency_s))
            self.count(outcome, latency_s)

        self._ask(request, finish)
        return refused
