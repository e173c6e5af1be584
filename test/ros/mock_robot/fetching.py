# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A mock robot in a thread and somebody who drives it, over the real middleware."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import rclpy
from geometry_msgs.msg import PoseStamped
from nav2_msgs.action import NavigateToPose
from nav_msgs.msg import Odometry
from rclpy.action import ActionClient
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_srvs.srv import SetBool
from tf2_msgs.msg import TFMessage
from vision_msgs.msg import Detection2DArray, Detection3DArray

from smolrgpt_ros.ros.mock_robot.body import Stand
from smolrgpt_ros.ros.mock_robot.messages import stamped_pose
from smolrgpt_ros.ros.mock_robot.node import MockRobot
from smolrgpt_ros.ros.warehouse_camera import DETECTIONS_TOPIC

PATIENCE_S = 20.0
LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)
TOPICS: dict[str, tuple[type, Any]] = {
    '/odom': (Odometry, 10),
    '/tf': (TFMessage, 100),
    '/tf_static': (TFMessage, LATCHED),
    '/mock_robot/truth': (Detection3DArray, LATCHED),
    DETECTIONS_TOPIC: (Detection2DArray, 10),
}


class Driver:
    """Sends goals to a mock robot of its own; use `close`."""

    def __init__(self, **parameters: Any):
        self.context = Context()
        rclpy.init(context=self.context, args=[])
        overrides = [
            Parameter(name.replace('__', '.'), value=value) for name, value in parameters.items()
        ]
        self.robot = MockRobot(parameter_overrides=overrides, context=self.context)
        self._robot_executor = SingleThreadedExecutor(context=self.context)
        self._robot_executor.add_node(self.robot)
        self._thread = threading.Thread(target=self._spin, daemon=True)
        self._thread.start()
        self.node = rclpy.create_node('driver', context=self.context)
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(self.node)
        self.goals = ActionClient(self.node, NavigateToPose, '/navigate_to_pose')
        self.fork = self.node.create_client(SetBool, '/fork')
        self.wait_for(self.goals.server_is_ready, 'the action server')
        self.wait_for(self.fork.service_is_ready, 'the fork')

    def _spin(self) -> None:
        while self.context.ok() and not self._robot_executor._is_shutdown:
            try:
                self._robot_executor.spin_once(timeout_sec=0.1)
            except Exception:
                if self.context.ok():
                    raise
                return

    def wait_for(self, condition: Callable[[], Any], what: str) -> Any:
        ends = time.monotonic() + PATIENCE_S
        while not (found := condition()):
            assert time.monotonic() < ends, f'waited {PATIENCE_S} s for {what}'
            self._executor.spin_once(timeout_sec=0.02)
        return found

    def result_of(self, future: Any) -> Any:
        self.wait_for(future.done, 'a reply')
        return future.result()

    def send(self, stand: Stand | PoseStamped, feedback: Callable[..., Any] | None = None) -> Any:
        """The goal's handle."""
        pose = stamped_pose(stand, 0) if isinstance(stand, Stand) else stand
        goal = NavigateToPose.Goal(pose=pose)
        return self.result_of(self.goals.send_goal_async(goal, feedback_callback=feedback))

    def drive(self, stand: Stand) -> Any:
        """The result of a drive, with its status."""
        return self.result_of(self.send(stand).get_result_async())

    def move_fork(self, up: bool) -> SetBool.Response:
        return self.result_of(self.fork.call_async(SetBool.Request(data=up)))

    @contextmanager
    def hearing(self, topic: str) -> Iterator[list[Any]]:
        """What arrives on a topic while the block runs; a busy machine cannot hear all at once."""
        kind, qos = TOPICS[topic]
        heard: list[Any] = []
        subscription = self.node.create_subscription(kind, topic, heard.append, qos)
        yield heard
        self.node.destroy_subscription(subscription)

    def latest(self, topic: str) -> Any:
        with self.hearing(topic) as heard:
            self.wait_for(lambda: heard, topic)
            return heard[-1]

    def close(self) -> None:
        self._robot_executor.shutdown(timeout_sec=5.0)
        self._thread.join(5.0)
        self._executor.shutdown(timeout_sec=5.0)
        self.goals.destroy()
        self.node.destroy_node()
        self.robot.destroy_node()
        rclpy.shutdown(context=self.context)
