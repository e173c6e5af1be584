# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The action /ask_spatial: the measured answer at once, a network's words as it writes them.

A goal becomes a job of the same worker, in the same queue, as a request of the service does. No
thread and no coroutine waits for it: whoever finishes the job hands the result to the executor.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable

from rclpy.action import ActionServer, CancelResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile

from smolrgpt_ros.action import AskSpatial
from smolrgpt_ros.msg import SpatialAnswer
from smolrgpt_ros.ros.answering import Outcome, filled
from smolrgpt_ros.ros.service import Finish
from smolrgpt_ros.ros.worker import Job, Listener

ACTION_NAME = 'ask_spatial'
# An answer has up to 64 tokens, each of which is told; the default of 10 would lose some.
_EVERY_WORD = QoSProfile(depth=100)
# Of a burst of more goals than the default of 10, the middleware would lose some without a word.
_EVERY_GOAL = QoSProfile(depth=1000)

Ask = Callable[[AskSpatial.Goal, Finish, Listener], Job | None]


class AskingAction:
    """Serves goals from the node's start on, in every lifecycle state.

    Every goal is accepted, and one that cannot be answered aborts with its status and a sentence: a
    rejected goal would not say why.
    """

    def __init__(
        self,
        node: LifecycleNode,
        ask: Ask,
        *,
        on_ended: Callable[[Outcome, float], None],
        on_error: Callable[[str, Exception], None],
    ):
        """Offer the action.

        Args:
            ask: hands a goal over and returns its job at once, None where it has ended already;
                calls back exactly once, from any thread.
            on_ended: called with every goal's outcome and how long it took, seconds.
            on_error: called with what was being done and what it raised.
        """
        self._node = node
        self._ask = ask
        self._on_ended = on_ended
        self._on_error = on_error
        self._lock = threading.Lock()
        self._jobs: dict[bytes, Job] = {}
        self._server = ActionServer(
            node,
            AskSpatial,
            ACTION_NAME,
            execute_callback=_never,
            callback_group=MutuallyExclusiveCallbackGroup(),
            handle_accepted_callback=self._on_accepted,
            cancel_callback=self._on_cancel,
            goal_service_qos_profile=_EVERY_GOAL,
            result_service_qos_profile=_EVERY_GOAL,
            cancel_service_qos_profile=_EVERY_GOAL,
            feedback_pub_qos_profile=_EVERY_WORD,
        )

    def close(self) -> None:
        """Take the action down; goals that run hear nothing any more."""
        self._server.destroy()

    def _on_accepted(self, goal_handle: ServerGoalHandle) -> None:
        received_s = time.monotonic()
        key = bytes(goal_handle.goal_id.uuid)

        def finish(outcome: Outcome) -> None:
            latency_s = time.monotonic() - received_s
            with self._lock:
                self._jobs.pop(key, None)
            question = goal_handle.request.question
            result = filled(AskSpatial.Result(), outcome, question, latency_s=latency_s)
            self._on_ended(outcome, latency_s)
            self._guarded(
                'a result could not be sent',
                lambda: goal_handle.execute(functools.partial(_conclude, result)),
            )

        job = self._ask(goal_handle.request, finish, _Feedback(goal_handle, self._guarded))
        if job is not None:
            with self._lock:
                if not job.finished:
                    self._jobs[key] = job

    def _on_cancel(self, goal_handle: ServerGoalHandle) -> CancelResponse:
        with self._lock:
            job = self._jobs.get(bytes(goal_handle.goal_id.uuid))
        if job is None:
            return CancelResponse.REJECT  # its result is on its way
        # The asker hears of it at once; the engine looks up between two tokens.
        taken_back = job.cancel(Outcome(AskSpatial.Result.CANCELLED, 'the question was taken back'))
        return CancelResponse.ACCEPT if taken_back else CancelResponse.REJECT

    def _guarded(self, what: str, send: Callable[[], None]) -> None:
        try:
            send()
        except rclpy_implementation.InvalidHandle:
            pass  # the action has been taken down: nobody can be told any more
        except Exception as error:
            self._on_error(what, error)


class _Feedback:
    """Tells the asker of one goal what is known so far."""

    def __init__(
        self,
        goal_handle: ServerGoalHandle,
        guarded: Callable[[str, Callable[[], None]], None],
    ):
        self._goal_handle = goal_handle
        self._guarded = guarded
        self._measured = SpatialAnswer()

    def measured(self, message: SpatialAnswer) -> None:
        self._measured = message
        self._publish(AskSpatial.Feedback(stage=AskSpatial.Feedback.GEOMETRIC, answer=message))

    def words(self, text: str) -> None:
        stage = AskSpatial.Feedback.WORDS
        self._publish(AskSpatial.Feedback(stage=stage, answer=self._measured, words=text))

    def _publish(self, feedback: AskSpatial.Feedback) -> None:
        self._guarded(
            'feedback could not be sent', lambda: self._goal_handle.publish_feedback(feedback)
        )


def _conclude(result: AskSpatial.Result, goal_handle: ServerGoalHandle) -> AskSpatial.Result:
    """Give the goal its last state, by the result's status; runs in the executor."""
    if result.status == AskSpatial.Result.OK:
        goal_handle.succeed()
    elif result.status == AskSpatial.Result.CANCELLED and goal_handle.is_cancel_requested:
        goal_handle.canceled()
    else:
        goal_handle.abort()
    return result


def _never(goal_handle: ServerGoalHandle) -> AskSpatial.Result:
    """The default way to carry out a goal, which no goal takes."""
    raise AssertionError('goals are carried out by the worker')
