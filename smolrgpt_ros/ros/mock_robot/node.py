# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node `mock_robot`: NavigateToPose, fork, camera, TF, odometry and clock of a robot."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from nav_msgs.msg import Odometry
from rcl_interfaces.msg import SetParametersResult
from rclpy.clock import Clock, ClockType
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from rosgraph_msgs.msg import Clock as ClockMessage
from sensor_msgs.msg import CameraInfo, Image
from std_srvs.srv import SetBool
from tf2_ros import StaticTransformBroadcaster, TransformBroadcaster
from vision_msgs.msg import Detection2DArray, Detection3DArray

from smolrgpt_ros.process.spinning import run_node
from smolrgpt_ros.ros.answer_messages import time_from
from smolrgpt_ros.ros.mock_robot.body import LOADED_RADIUS_M, RADIUS_M, Stand
from smolrgpt_ros.ros.mock_robot.errand import draw_errand, mock_camera
from smolrgpt_ros.ros.mock_robot.eye import Eye
from smolrgpt_ros.ros.mock_robot.hall import ForkError, Hall
from smolrgpt_ros.ros.mock_robot.messages import (
    camera_transform,
    odometry,
    transforms,
    truth_message,
)
from smolrgpt_ros.ros.mock_robot.navigation import Navigation
from smolrgpt_ros.ros.mock_robot.parameters import declare_parameters, problem_with, read_settings
from smolrgpt_ros.ros.mock_robot.route import Drive, plan_route
from smolrgpt_ros.ros.warehouse_camera import (
    CAMERA_INFO_TOPIC,
    DEPTH_TOPIC,
    DETECTIONS_TOPIC,
    IMAGE_TOPIC,
)
from smolrgpt_ros.warehouse.layout import generate_world
from smolrgpt_ros.warehouse.noise import REALSENSE

FORK_SERVICE = '/fork'
_TICK_S = 0.02
# A machine that is busy elsewhere must not make the robot jump.
_LONGEST_TICK_S = 0.2
# What was seen in the last hall is long ago when the next one begins.
_BETWEEN_HALLS_NS = 60_000_000_000
_NEVER = 2.0


class MockRobot(Node):
    """A robot in a synthetic warehouse.

    Its clock runs `speed_factor` times as fast while it drives, in real time while it stands; it
    publishes /clock for everybody else.
    """

    def __init__(
        self,
        name: str = 'mock_robot',
        *,
        parameter_overrides: list[Parameter] | None = None,
        context: Context | None = None,
    ):
        """Declare parameters, build the hall, begin to film."""
        super().__init__(name, parameter_overrides=parameter_overrides, context=context)
        declare_parameters(self)
        self._settings = read_settings(self)
        self._now_ns = time.time_ns()
        self._ticked_s = time.monotonic()
        self._gap_ends_ns = 0
        self._filmed_s = 0.0
        self._starts_anew = False
        self._set_up()
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._clock_publisher = self.create_publisher(ClockMessage, '/clock', 10)
        self._odometry = self.create_publisher(Odometry, '/odom', 10)
        self._truth = self.create_publisher(Detection3DArray, '~/truth', latched)
        self._image = self.create_publisher(Image, IMAGE_TOPIC, 5)
        self._depth = self.create_publisher(Image, DEPTH_TOPIC, 5)
        self._camera_info = self.create_publisher(CameraInfo, CAMERA_INFO_TOPIC, 5)
        self._detections = self.create_publisher(Detection2DArray, DETECTIONS_TOPIC, 5)
        self._tf = TransformBroadcaster(self)
        self._static_tf = StaticTransformBroadcaster(self)
        self._static_tf.sendTransform([camera_transform(self._now_ns)])
        self.create_service(SetBool, FORK_SERVICE, self._move_fork)
        self.navigation = Navigation(
            self,
            self._plan,
            stand=lambda: self.stand,
            now_ns=lambda: self._now_ns,
            draw_failure=self._draw_failure,
        )
        self.add_on_set_parameters_callback(self._on_parameters)
        self._publish_truth()
        self._timer = self.create_timer(
            _TICK_S, self._tick, clock=Clock(clock_type=ClockType.STEADY_TIME)
        )

    def _set_up(self) -> None:
        """Build the hall and put the robot into it."""
        settings = self._settings
        if settings.start:
            world, self.stand = generate_world(settings.hall), Stand(*settings.start)
        else:
            errand = draw_errand(settings.errand)
            world, self.stand = errand.world, errand.start
            self.get_logger().info(
                f'errand {errand.seed}: bring the pallet that {errand.transporter_id} should take '
                f'to {errand.buffer_id}'
            )
        self.hall = Hall(world)
        self._eye = Eye(mock_camera(settings.width, settings.height), settings.hall)
        self._chance = np.random.default_rng([settings.hall, settings.errand, 3])

    def _tick(self) -> None:
        now_s = time.monotonic()
        elapsed_s = min(now_s - self._ticked_s, _LONGEST_TICK_S)
        self._ticked_s = now_s
        if self._starts_anew:
            self._start_anew()
        factor = self._settings.speed_factor if self.navigation.driving else 1.0
        elapsed_ns = round(elapsed_s * factor * 1e9)
        self._now_ns += elapsed_ns
        moved = self.navigation.advance(self._now_ns, elapsed_ns / 1e9)
        if moved is not None:
            self.stand = moved
        self._clock_publisher.publish(ClockMessage(clock=time_from(self._now_ns)))
        self._begin_gap(elapsed_s)
        if self._now_ns >= self._gap_ends_ns:
            self._tf.sendTransform(transforms(self.stand, self._now_ns))
        self._odometry.publish(odometry(self.stand, self._now_ns))
        rate = self._settings.driving_rate if self.navigation.driving else self._settings.rate
        if now_s - self._filmed_s >= 1.0 / rate - _TICK_S / 2.0:
            self._filmed_s = now_s
            self._film()

    def _start_anew(self) -> None:
        self._starts_anew = False
        self.navigation.stop('the robot was put into another hall')
        self._now_ns += _BETWEEN_HALLS_NS
        self._gap_ends_ns = 0
        self._set_up()
        self._publish_truth()

    def _begin_gap(self, elapsed_s: float) -> None:
        settings = self._settings
        if self._chance.random() < settings.tf_gap_rate * elapsed_s:
            self._gap_ends_ns = self._now_ns + round(settings.tf_gap_s * 1e9)

    def _film(self) -> None:
        settings = self._settings
        noise = replace(REALSENSE, missed=settings.missed) if settings.noise else None
        sight = self._eye.look(
            self.hall.world(self.stand), self.stand, self._now_ns, noise=noise, ids=settings.ids
        )
        self._camera_info.publish(sight.camera_info)
        self._detections.publish(sight.detections)
        self._depth.publish(sight.depth)
        self._image.publish(sight.image)

    def _plan(self, start: Stand, goal: Stand) -> Drive:
        radius_m = LOADED_RADIUS_M if self.hall.carried else RADIUS_M
        points = plan_route(self.hall.clearance_m, start, goal, radius_m)
        return Drive.along(start, points, goal.yaw)

    def _draw_failure(self) -> float:
        fails = self._chance.random() < self._settings.abort_share
        return float(self._chance.random()) if fails else _NEVER

    def _move_fork(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        try:
            if self.navigation.driving:
                raise ForkError('the robot drives; the fork moves while it stands')
            if self._chance.random() < self._settings.fork_failure_share:
                raise ForkError('the fork is jammed; try again')
            moved = self.hall.lift(self.stand) if request.data else self.hall.set_down(self.stand)
        except ForkError as error:
            response.success, response.message = False, str(error)
            return response
        response.success = True
        response.message = f'{"lifted" if request.data else "set down"} {moved}'
        self._publish_truth()
        return response

    def _publish_truth(self) -> None:
        self._truth.publish(truth_message(self.hall.world(self.stand).things, self._now_ns))

    def _on_parameters(self, parameters: Sequence[Parameter]) -> SetParametersResult:
        problem = problem_with(parameters)
        if problem:
            return SetParametersResult(successful=False, reason=problem)
        self._settings = read_settings(self, parameters)
        if {parameter.name for parameter in parameters} & {'hall', 'start', 'errand'}:
            self._starts_anew = True
        return SetParametersResult(successful=True)

    def destroy_node(self) -> None:
        """Take the action server down before the node."""
        self.navigation.close()
        super().destroy_node()


def main(args: Sequence[str] | None = None) -> int:
    """Run the robot until it is interrupted."""
    return run_node(MockRobot, args)


if __name__ == '__main__':
    sys.exit(main())
