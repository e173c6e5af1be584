# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Nav2's NavigateToPose over a drive that the node advances: one goal at a time, the newest.

A goal that is no pose in the map is rejected. One that cannot be reached is accepted and aborted
with the code that Nav2's planner would give. A newer goal aborts the one under way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nav2_msgs.action import NavigateToPose
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.task import Future

from smolrgpt_ros.distribution import (
    NAVIGATION_NO_ERROR,
    NAVIGATION_UNKNOWN_ERROR,
    set_navigation_outcome,
)
from smolrgpt_ros.ros.mock_robot.body import Stand
from smolrgpt_ros.ros.mock_robot.messages import MAP_FRAME, stamped_pose, stand_from
from smolrgpt_ros.ros.mock_robot.route import Drive, RouteError

# Of nav2_msgs/action/FollowPath.
FAILED_TO_MAKE_PROGRESS = 105


@dataclass
class _Task:
    handle: Any
    finished: Future
    drive: Drive
    started_ns: int
    fails_at_m: float
    ended: bool = False


class Navigation:
    """The action server; `advance` moves the robot."""

    def __init__(
        self,
        node: Node,
        plan: Callable[[Stand, Stand], Drive],
        *,
        stand: Callable[[], Stand],
        now_ns: Callable[[], int],
        draw_failure: Callable[[], float],
    ):
        """Offer /navigate_to_pose.

        Args:
            plan: a drive from one stand to another; raises RouteError.
            stand: where the robot is now.
            now_ns: the robot's clock.
            draw_failure: share of a new drive after which the robot gets stuck; above 1: never.
        """
        self._node = node
        self._plan = plan
        self._stand = stand
        self._now_ns = now_ns
        self._draw_failure = draw_failure
        self._task: _Task | None = None
        self._prepared: dict[bytes, _Task] = {}
        self._server = ActionServer(
            node,
            NavigateToPose,
            '/navigate_to_pose',
            execute_callback=self._execute,
            goal_callback=self._judge,
            handle_accepted_callback=self._accept,
            cancel_callback=lambda handle: CancelResponse.ACCEPT,
            callback_group=ReentrantCallbackGroup(),
        )

    @property
    def driving(self) -> bool:
        """Whether the robot is on its way."""
        return self._task is not None

    def close(self) -> None:
        """Take the server down."""
        self._server.destroy()

    def advance(self, now_ns: int, seconds: float) -> Stand | None:
        """Drive on for a while; returns where the robot is now, None where it stands still."""
        task = self._task
        if task is None:
            return None
        if task.handle.is_cancel_requested:
            self._end(task, 'canceled', NAVIGATION_UNKNOWN_ERROR, 'the goal was cancelled')
            return None
        task.drive.advance(seconds)
        if task.drive.remaining_m < task.fails_at_m:
            self._end(task, 'abort', FAILED_TO_MAKE_PROGRESS, 'the robot made no progress')
        elif task.drive.done:
            self._end(task, 'succeed', NAVIGATION_NO_ERROR, '')
        else:
            self._tell(task, now_ns)
        return task.drive.stand

    def stop(self, why: str) -> None:
        """Abort what is under way."""
        if self._task is not None:
            self._end(self._task, 'abort', NAVIGATION_UNKNOWN_ERROR, why)

    def _judge(self, request: NavigateToPose.Goal) -> GoalResponse:
        frame = request.pose.header.frame_id
        try:
            if frame != MAP_FRAME:
                raise ValueError(f'frame {frame!r}; the robot knows {MAP_FRAME!r} only')
            stand_from(request.pose.pose)
        except ValueError as error:
            self._node.get_logger().warning(f'rejected a goal that is no pose in the map: {error}')
            return GoalResponse.REJECT
        return GoalResponse.ACCEPT

    def _accept(self, handle: Any) -> None:
        self.stop('a newer goal has taken its place')
        goal = stand_from(handle.request.pose.pose)
        finished = Future()
        task = _Task(handle, finished, Drive(self._stand()), self._now_ns(), -1.0)
        self._prepared[bytes(handle.goal_id.uuid)] = task
        handle.execute()
        try:
            task.drive = self._plan(self._stand(), goal)
        except RouteError as error:
            self._end(task, 'abort', error.code, str(error))
            return
        share = self._draw_failure()
        task.fails_at_m = task.drive.remaining_m * (1.0 - share) if share <= 1.0 else -1.0
        self._task = task

    async def _execute(self, handle: Any) -> NavigateToPose.Result:
        task = self._prepared.pop(bytes(handle.goal_id.uuid))
        how, code, message = await task.finished
        getattr(handle, how)()
        return set_navigation_outcome(NavigateToPose.Result(), code, message)

    def _end(self, task: _Task, how: str, code: int, message: str) -> None:
        if self._task is task:
            self._task = None
        if not task.ended:
            task.ended = True
            task.finished.set_result((how, code, message))

    def _tell(self, task: _Task, now_ns: int) -> None:
        feedback = NavigateToPose.Feedback()
        feedback.current_pose = stamped_pose(task.drive.stand, now_ns)
        feedback.distance_remaining = float(task.drive.remaining_m)
        feedback.navigation_time = Duration(nanoseconds=max(now_ns - task.started_ns, 0)).to_msg()
        feedback.estimated_time_remaining = Duration(seconds=task.drive.remaining_s).to_msg()
        task.handle.publish_feedback(feedback)
