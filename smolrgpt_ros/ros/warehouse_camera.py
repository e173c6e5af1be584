# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A node that films a synthetic warehouse under the topic names of a RealSense camera."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from geometry_msgs.msg import TransformStamped
from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter
from sensor_msgs.msg import CameraInfo, Image
from tf2_ros import StaticTransformBroadcaster, TransformBroadcaster
from tf_transformations import quaternion_from_matrix
from vision_msgs.msg import Detection2DArray

from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS, MASK_TOPIC
from smolrgpt_ros.process.spinning import run_node
from smolrgpt_ros.ros.filming import film
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.warehouse.filming import BASE_FRAME, MAP_FRAME, OPTICAL_FRAME, Film

IMAGE_TOPIC, DEPTH_TOPIC = CAMERA_TOPICS['image'], CAMERA_TOPICS['depth']
CAMERA_INFO_TOPIC, DETECTIONS_TOPIC = CAMERA_TOPICS['camera_info'], CAMERA_TOPICS['detections']
_HISTORY = 5


class WarehouseCamera(Node):
    """Publishes colour, depth, camera_info, detections, instance mask and TF at a steady rate."""

    def __init__(
        self, name: str = 'warehouse_camera', *, parameter_overrides: list[Parameter] | None = None
    ):
        super().__init__(name, parameter_overrides=parameter_overrides)
        plan = self._plan()
        rate_hz = self._declare('rate', 30.0, 'Frames a second.', (0.1, 240.0))
        self._with_mask = self._declare(
            'mask', False, f'Publish the instance mask on {MASK_TOPIC}.'
        )
        self.get_logger().info(
            f'rendering {plan.length if plan.noise or plan.drive_m else 1} frames ...'
        )
        shots, base_from_camera = film(plan)
        # There and back, so that nothing jumps.
        self._shots = itertools.cycle((*shots, *shots[-2:0:-1]))
        self._image = self.create_publisher(Image, IMAGE_TOPIC, _HISTORY)
        self._depth = self.create_publisher(Image, DEPTH_TOPIC, _HISTORY)
        self._camera_info = self.create_publisher(CameraInfo, CAMERA_INFO_TOPIC, _HISTORY)
        self._detections = self.create_publisher(Detection2DArray, DETECTIONS_TOPIC, _HISTORY)
        self._mask = self.create_publisher(Image, MASK_TOPIC, _HISTORY)
        self._tf = TransformBroadcaster(self) if plan.drive_m else None
        self._static_tf = StaticTransformBroadcaster(self)
        fixed = [self._transform(BASE_FRAME, OPTICAL_FRAME, base_from_camera)]
        if self._tf is None:
            fixed.append(self._transform(MAP_FRAME, BASE_FRAME, shots[0].map_from_base))
        self._static_tf.sendTransform(fixed)
        self._timer = self.create_timer(1.0 / rate_hz, self._publish)
        self.get_logger().info(f'filming at {rate_hz:g} Hz')

    def _plan(self) -> Film:
        return Film(
            seed=self._declare('seed', 1, 'Which warehouse.', (0, 2**31 - 1)),
            number=self._declare('scene', 0, 'Which picture of that warehouse.', (0, 10_000)),
            viewpoint=self._declare(
                'viewpoint', 'high', "'high': under the roof; 'robot': from a robot's height."
            ),
            noise=self._declare(
                'noise', False, 'Depth and boxes of a stereo camera and a detector.'
            ),
            size_px=(
                self._declare('width', 1280, 'Pixels across.', (64, 3840)),
                self._declare('height', 720, 'Pixels down.', (64, 2160)),
            ),
            drive_m=self._declare(
                'drive', 0.0, 'How far the camera drives ahead and back, metres.', (0.0, 20.0)
            ),
            length=self._declare(
                'frames',
                8,
                'Different frames, where noise or driving makes a difference.',
                (1, 1000),
            ),
        )

    def _declare(
        self, name: str, default: Any, description: str, limits: tuple[float, float] | None = None
    ) -> Any:
        descriptor = ParameterDescriptor(description=description, read_only=True)
        if limits and isinstance(default, float):
            descriptor.floating_point_range = [
                FloatingPointRange(from_value=limits[0], to_value=limits[1])
            ]
        elif limits:
            descriptor.integer_range = [
                IntegerRange(from_value=int(limits[0]), to_value=int(limits[1]), step=1)
            ]
        return self.declare_parameter(name, default, descriptor).value

    def _publish(self) -> None:
        stamp = self.get_clock().now().to_msg()
        shot = next(self._shots)
        if self._tf is not None:
            transform = self._transform(MAP_FRAME, BASE_FRAME, shot.map_from_base)
            transform.header.stamp = stamp
            self._tf.sendTransform(transform)
        for publisher, message in (
            (self._camera_info, shot.camera_info),
            (self._detections, shot.detections),
            (self._depth, shot.depth),
            (self._image, shot.image),
            *(((self._mask, shot.mask),) if self._with_mask else ()),
        ):
            message.header.stamp = stamp
            publisher.publish(message)

    def _transform(self, parent: str, child: str, parent_from_child: Pose) -> TransformStamped:
        message = TransformStamped(child_frame_id=child)
        message.header.stamp = self.get_clock().now().to_msg()
        message.header.frame_id = parent
        matrix = np.eye(4)
        matrix[:3, :3] = parent_from_child.rotation
        x, y, z, w = (float(value) for value in quaternion_from_matrix(matrix))
        rotation, translation = message.transform.rotation, message.transform.translation
        rotation.x, rotation.y, rotation.z, rotation.w = x, y, z, w
        translation.x, translation.y, translation.z = (
            float(value) for value in parent_from_child.translation
        )
        return message


def main(args: Sequence[str] | None = None) -> int:
    """Film until interrupted."""
    return run_node(WarehouseCamera, args)


if __name__ == '__main__':
    sys.exit(main())
