# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions by the action: they tell what is known so far, and halting them stops the server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rclpy.action import ActionClient
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.qos import QoSProfile

from smolrgpt_ros.action import AskSpatial
from smolrgpt_ros.planning.calling import Attempt, Call, Patience
from smolrgpt_ros.planning.errors import Status
from smolrgpt_ros.planning.loop import CallLoop
from smolrgpt_ros.planning.replies import Reply, reply_of
from smolrgpt_ros.srv import SpatialQuery

OnFeedback = Callable[[AskSpatial.Feedback], None]
# A network's words come faster than the default of 10 holds while this thread is busy.
_EVERY_WORD = QoSProfile(depth=100)
# Of a burst of more than the default of 10, the middleware would lose some without a word.
_EVERY_GOAL = QoSProfile(depth=1000)


class Goal:
    """A question on its way by the action.

    Attributes:
        measured: the measured answer as soon as it is there, None before, and where nothing could
            be measured.
        words: what a network has written so far.
    """

    def __init__(self, on_feedback: OnFeedback | None):
        self.measured: Reply | None = None
        self.words = ''
        self._on_feedback = on_feedback
        self._call: Call[Reply] | None = None

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        assert self._call is not None
        return self._call.done

    def result(self) -> Reply:
        """The answer of a goal that is done. Raises SpatialQueryError."""
        assert self._call is not None
        return self._call.result()

    def wait(self) -> Reply:
        """The answer, waited for. Raises SpatialQueryError."""
        assert self._call is not None
        return self._call.wait()

    def cancel(self) -> None:
        """Take the question back; the server stops within a token. Never waits. Idempotent."""
        assert self._call is not None
        self._call.cancel()

    def _hear(self, feedback: AskSpatial.Feedback) -> None:
        if feedback.answer.engine:
            self.measured = reply_of(feedback.answer)
        self.words = feedback.words
        if self._on_feedback is not None:
            self._on_feedback(feedback)


class GoalSender:
    """Sends questions to the action of one name."""

    def __init__(self, loop: CallLoop, name: str):
        """Look for the server; wait for nothing."""
        self._loop, self._name = loop, name
        self._client = ActionClient(
            loop.node,
            AskSpatial,
            name,
            goal_service_qos_profile=_EVERY_GOAL,
            result_service_qos_profile=_EVERY_GOAL,
            cancel_service_qos_profile=_EVERY_GOAL,
            feedback_sub_qos_profile=_EVERY_WORD,
        )

    def send(
        self, request: SpatialQuery.Request, patience: Patience, on_feedback: OnFeedback | None
    ) -> Goal:
        """Ask; returns at once."""
        goal = Goal(on_feedback)
        goal._call = Call(
            self._loop,
            patience,
            ready=self._client.server_is_ready,
            send=lambda attempt, timeout_s: self._send(goal, request, attempt, timeout_s),
            what=self._name,
        )
        return goal

    def _send(
        self, goal: Goal, request: SpatialQuery.Request, attempt: Attempt, timeout_s: float
    ) -> Callable[[], None]:
        asked = AskSpatial.Goal(
            question=request.question,
            object_ids=request.object_ids,
            engine=request.engine,
            target_frame=request.target_frame,
            max_age=request.max_age,
        )
        sec, nanosec = divmod(round(timeout_s * 1e9), 10**9)
        asked.timeout.sec, asked.timeout.nanosec = sec, nanosec
        return _Sent(self._loop, self._client, goal, asked, attempt).give_up


class _Sent:
    """One goal from sending to its result; `give_up` works at any moment, from any thread."""

    def __init__(
        self,
        loop: CallLoop,
        client: ActionClient,
        goal: Goal,
        asked: AskSpatial.Goal,
        attempt: Attempt,
    ):
        self._loop, self._goal, self._attempt = loop, goal, attempt
        self._lock = threading.Lock()
        self._handle: Any = None
        self._unwanted = False
        sent = client.send_goal_async(asked, feedback_callback=self._on_feedback)
        sent.add_done_callback(self._on_accepted)

    def give_up(self) -> None:
        with self._lock:
            if self._unwanted:
                return
            self._unwanted = True
        self._loop.soon(self._cancel)

    def _cancel(self) -> None:
        # Before the server has accepted the goal there is nothing to cancel yet: `_on_accepted`
        # does.
        if self._handle is not None and not self._attempt.ended:
            with suppress(rclpy_implementation.InvalidHandle):
                self._handle.cancel_goal_async()

    def _on_accepted(self, future: Any) -> None:
        self._handle = future.result()
        if not self._handle.accepted:
            self._attempt.end(Status.BUSY, 'the server rejected the goal')
            return
        if self._unwanted:
            self._cancel()
        self._handle.get_result_async().add_done_callback(self._on_result)

    def _on_feedback(self, message: Any) -> None:
        if not (self._unwanted or self._attempt.ended):
            self._loop.guarded(lambda: self._goal._hear(message.feedback))

    def _on_result(self, future: Any) -> None:
        result = future.result().result
        status = Status(result.status)
        reply = reply_of(result.answer) if status is Status.OK else None
        self._attempt.end(status, result.message, reply)
