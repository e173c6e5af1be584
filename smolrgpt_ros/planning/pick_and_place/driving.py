# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Drives by Nav2's NavigateToPose that always end: arrived, or a reason why not."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from enum import Enum
from typing import Any

from action_msgs.msg import GoalStatus
from geometry_msgs.msg import PoseStamped
from nav2_msgs.action import NavigateToPose
from rclpy.action import ActionClient
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from smolrgpt_ros.distribution import navigation_outcome
from smolrgpt_ros.planning.pick_and_place.places import FloorPose
from smolrgpt_ros.planning.pick_and_place.waiting import (
    NoReplyError,
    NoServerError,
    StoppedError,
    Waiting,
)

_REPLY_S = 5.0
# Of nav2_msgs/action/ComputePathToPose: trying the same goal again cannot help. Humble gives none.
GOAL_OUTSIDE_MAP, GOAL_OCCUPIED, NO_VALID_PATH = 204, 206, 208
_HOPELESS = (GOAL_OUTSIDE_MAP, GOAL_OCCUPIED, NO_VALID_PATH)


class Arrival(Enum):
    """How a drive ended."""

    ARRIVED = 'arrived'
    REJECTED = 'rejected'
    ABORTED = 'aborted'
    TIMED_OUT = 'timed out'


@dataclass(frozen=True)
class DriveResult:
    """How a drive ended, in a word, Nav2's code and a sentence."""

    arrival: Arrival
    code: int = 0
    message: str = ''

    @property
    def arrived(self) -> bool:
        """Whether the robot is there."""
        return self.arrival is Arrival.ARRIVED

    @property
    def hopeless(self) -> bool:
        """Whether the same goal would fail again."""
        return self.arrival is Arrival.REJECTED or self.code in _HOPELESS


class Navigator:
    """Sends one goal at a time; used in the mission's thread while the node is spun in another."""

    def __init__(
        self, node: Node, waiting: Waiting, *, timeout_s: float, silence_s: float, frame: str
    ):
        """Find Nav2.

        Args:
            timeout_s: longest drive.
            silence_s: longest time without feedback.
            frame: of all poses.
        """
        self._node = node
        self._waiting = waiting
        self._timeout_s = timeout_s
        self._silence_s = silence_s
        self._frame = frame
        self._heard_s = 0.0
        self.pose: FloorPose | None = None
        self._client = ActionClient(
            node, NavigateToPose, 'navigate_to_pose', callback_group=ReentrantCallbackGroup()
        )

    def close(self) -> None:
        """Let go of the action."""
        self._client.destroy()

    def drive(self, pose: FloorPose) -> DriveResult:
        """Drive there.

        Raises:
            NoServerError: Nav2 does not run.
            StoppedError: the mission was cancelled, and the goal with it.
        """
        if not self._waiting.until(self._client.server_is_ready, _REPLY_S):
            raise NoServerError('navigate_to_pose has no server')
        sent = self._client.send_goal_async(
            NavigateToPose.Goal(pose=self.message(pose)), feedback_callback=self._hear
        )
        try:
            handle = self._waiting.reply(sent, _REPLY_S, 'navigate_to_pose')
        except NoReplyError as error:
            # Should the goal be accepted after all, nobody would watch it.
            sent.add_done_callback(_cancel_late)
            return DriveResult(Arrival.TIMED_OUT, message=str(error))
        except StoppedError:
            sent.add_done_callback(_cancel_late)
            raise
        if not handle.accepted:
            return DriveResult(Arrival.REJECTED, message='navigate_to_pose rejected the goal')
        return self._follow(handle, pose)

    def _follow(self, handle: Any, pose: FloorPose) -> DriveResult:
        future = handle.get_result_async()
        self._heard_s = started_s = time.monotonic()
        try:
            while not self._waiting.until(future.done, 1.0):
                now_s = time.monotonic()
                if now_s - started_s > self._timeout_s:
                    return self._give_up(handle, f'not there after {self._timeout_s:g} s')
                if now_s - self._heard_s > self._silence_s:
                    return self._give_up(handle, f'no feedback for {self._silence_s:g} s')
        except StoppedError:
            handle.cancel_goal_async()
            raise
        reply = future.result()
        if reply.status == GoalStatus.STATUS_SUCCEEDED:
            self.pose = pose
            return DriveResult(Arrival.ARRIVED)
        code, words = navigation_outcome(reply.result)
        message = f'navigation aborted ({code}): {words or "without a word"}'
        return DriveResult(Arrival.ABORTED, code, message)

    def _give_up(self, handle: Any, why: str) -> DriveResult:
        try:
            self._waiting.reply(handle.cancel_goal_async(), _REPLY_S, 'cancelling')
        except NoReplyError as error:
            why = f'{why}, and {error}'
        return DriveResult(Arrival.TIMED_OUT, message=f'navigation gave up: {why}')

    def _hear(self, message: Any) -> None:
        self._heard_s = time.monotonic()
        at = message.feedback.current_pose.pose
        yaw = 2.0 * math.atan2(at.orientation.z, at.orientation.w)
        self.pose = FloorPose(at.position.x, at.position.y, yaw)

    def message(self, pose: FloorPose) -> PoseStamped:
        """The pose as Nav2 takes it."""
        message = PoseStamped()
        message.header.frame_id = self._frame
        message.header.stamp = self._node.get_clock().now().to_msg()
        message.pose.position.x, message.pose.position.y = pose.x, pose.y
        message.pose.orientation.z = math.sin(pose.yaw / 2.0)
        message.pose.orientation.w = math.cos(pose.yaw / 2.0)
        return message


def _cancel_late(future: Any) -> None:
    handle = future.result()
    if handle is not None and handle.accepted:
        handle.cancel_goal_async()
