# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Ask spatial questions from inside any node, plainly or asynchronously, without deadlock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from builtin_interfaces.msg import Duration
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.task import Future

from smolrgpt_ros.planning.calling import Attempt, Call, Patience
from smolrgpt_ros.planning.errors import PickTargetError, Status
from smolrgpt_ros.planning.goals import Goal, GoalSender, OnFeedback
from smolrgpt_ros.planning.loop import CallLoop
from smolrgpt_ros.planning.replies import PickTarget, Reply, pick_target_of, reply_of
from smolrgpt_ros.srv import PickTarget as PickTargetService
from smolrgpt_ros.srv import SpatialQuery

_Value = TypeVar('_Value')
_USUAL = Patience()
# Of a burst of more than the default of 10, the middleware would lose some without a word.
_EVERY_ANSWER = QoSProfile(depth=1000)


class SpatialClient:
    """Asks a `spatial_query` node.

    Plain calls wait in whatever thread they are made in: a callback of any executor, a thread, a
    script that never spins. Asynchronous ones return at once. What passes by itself (BUSY, STALE,
    NO_FRAME, NO_TRANSFORM, a server that is not up yet) is asked again within the time-out; the
    rest, and what does not pass, raises `SpatialQueryError` with a `Status`.

    Names are relative to the node's namespace and follow its remappings.
    """

    def __init__(
        self,
        node: Node,
        *,
        service: str = 'spatial_query',
        pick_service: str = 'pick_target',
        action: str = 'ask_spatial',
    ):
        """Start to look for the servers; waits for nothing. One client a node is enough."""
        self._node = node
        self._loop = CallLoop(node)
        self._names = {
            SpatialQuery: self._loop.full_name(service),
            PickTargetService: self._loop.full_name(pick_service),
        }
        self._clients = {
            kind: self._loop.node.create_client(kind, name, qos_profile=_EVERY_ANSWER)
            for kind, name in self._names.items()
        }
        self._goals = GoalSender(self._loop, self._loop.full_name(action))

    def ask(
        self,
        question: str,
        *,
        object_ids: Sequence[str] = (),
        engine: str = '',
        target_frame: str = '',
        max_age_s: float = 0.0,
        patience: Patience = _USUAL,
    ) -> Reply:
        """Ask and wait.

        Args:
            object_ids: what each `<mask>` of the question means.
            engine: '' for the server's parameter, as with `target_frame` and `max_age_s` 0.
            patience: time-out for everything together, and retries.

        Raises:
            SpatialQueryError: no answer; `status` says why.
        """
        request = query_request(question, object_ids, engine, target_frame, max_age_s)
        return self._query(request, patience).wait()

    def ask_async(
        self,
        question: str,
        *,
        object_ids: Sequence[str] = (),
        engine: str = '',
        target_frame: str = '',
        max_age_s: float = 0.0,
        patience: Patience = _USUAL,
    ) -> Future:
        """As `ask`; a future of the reply. Cancelling it gives the question up."""
        request = query_request(question, object_ids, engine, target_frame, max_age_s)
        return self._future(self._query(request, patience))

    def ask_aloud(
        self,
        question: str,
        *,
        object_ids: Sequence[str] = (),
        engine: str = '',
        target_frame: str = '',
        max_age_s: float = 0.0,
        patience: Patience = _USUAL,
        on_feedback: OnFeedback | None = None,
    ) -> Goal:
        """Ask by the action: hears the measured answer and a network's words before the end.

        Args:
            on_feedback: gets every `AskSpatial.Feedback`, in the client's own thread; must not
                wait.
        """
        request = query_request(question, object_ids, engine, target_frame, max_age_s)
        return self._goals.send(request, patience, on_feedback)

    def pick_target(
        self,
        object_id: str,
        *,
        standoff_m: float = 0.0,
        robot_width_m: float = 0.0,
        robot_length_m: float = 0.0,
        target_frame: str = '',
        max_age_s: float = 0.0,
        patience: Patience = _USUAL,
    ) -> PickTarget:
        """Where the robot has to stand to pick an object up; waits. 0 or '': the parameter.

        Raises:
            PickTargetError: none; `status` says why, `known` has the sides where it is
                NO_FREE_SIDE.
        """
        request = pick_request(
            object_id, standoff_m, robot_width_m, robot_length_m, target_frame, max_age_s
        )
        return self._pick(request, patience).wait()

    def pick_target_async(
        self,
        object_id: str,
        *,
        standoff_m: float = 0.0,
        robot_width_m: float = 0.0,
        robot_length_m: float = 0.0,
        target_frame: str = '',
        max_age_s: float = 0.0,
        patience: Patience = _USUAL,
    ) -> Future:
        """As `pick_target`; a future of the target."""
        request = pick_request(
            object_id, standoff_m, robot_width_m, robot_length_m, target_frame, max_age_s
        )
        return self._future(self._pick(request, patience))

    def close(self) -> None:
        """End every call that waits with `Status.CLOSED`, then the thread. Idempotent."""
        self._loop.close()

    def _query(self, request: SpatialQuery.Request, patience: Patience) -> Call[Reply]:
        def told(response: SpatialQuery.Response, attempt: Attempt) -> None:
            status = Status(response.status)
            reply = reply_of(response.answer) if status is Status.OK else None
            attempt.end(status, response.message, reply)

        return self._call(SpatialQuery, request, patience, told)

    def _pick(self, request: PickTargetService.Request, patience: Patience) -> Call[PickTarget]:
        def told(response: PickTargetService.Response, attempt: Attempt) -> None:
            attempt.end(Status(response.status), response.message, pick_target_of(response))

        return self._call(PickTargetService, request, patience, told, error=PickTargetError)

    def _call(
        self,
        kind: type,
        request: Any,
        patience: Patience,
        told: Callable[[Any, Attempt], None],
        **options: Any,
    ) -> Call[Any]:
        client, name = self._clients[kind], self._names[kind]

        def send(attempt: Attempt, timeout_s: float) -> Callable[[], None]:
            request.timeout = duration_of(timeout_s)
            pending = client.call_async(request)
            pending.add_done_callback(
                lambda future: None if future.cancelled() else told(future.result(), attempt)
            )
            # Without this, each question that is given up would be remembered for ever.
            return lambda: client.remove_pending_request(pending)

        return Call(
            self._loop, patience, ready=client.service_is_ready, send=send, what=name, **options
        )

    def _future(self, call: Call[Any]) -> Future:
        # With the executor, done callbacks run where the node's own callbacks do.
        future: Future = Future(executor=self._node.executor)
        settled = threading.Lock()

        def settle(ended: Call[Any]) -> None:
            with settled:
                if future.done() or future.cancelled():
                    return
                try:
                    value = ended.result()
                except Exception as error:
                    future.set_exception(error)
                else:
                    future.set_result(value)

        future.add_done_callback(lambda done: call.cancel() if done.cancelled() else None)
        call.when_done(settle)
        return future


def query_request(
    question: str,
    object_ids: Sequence[str],
    engine: str,
    target_frame: str,
    max_age_s: float,
) -> SpatialQuery.Request:
    """The request; its time-out is set with each attempt."""
    if isinstance(object_ids, str):
        raise TypeError(f'object_ids is {object_ids!r}, expected a list of ids')
    return SpatialQuery.Request(
        question=question,
        object_ids=list(object_ids),
        engine=engine,
        target_frame=target_frame,
        max_age=duration_of(max_age_s),
    )


def pick_request(
    object_id: str,
    standoff_m: float,
    robot_width_m: float,
    robot_length_m: float,
    target_frame: str,
    max_age_s: float,
) -> PickTargetService.Request:
    """The request; its time-out is set with each attempt."""
    return PickTargetService.Request(
        object_id=object_id,
        standoff=float(standoff_m),
        robot_width=float(robot_width_m),
        robot_length=float(robot_length_m),
        target_frame=target_frame,
        max_age=duration_of(max_age_s),
    )


def duration_of(seconds: float) -> Duration:
    """builtin_interfaces/Duration of seconds, at least 0."""
    sec, nanosec = divmod(round(max(seconds, 0.0) * 1e9), 10**9)
    return Duration(sec=min(sec, 2**31 - 1), nanosec=nanosec)
