# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TF as it arrives: tf2's buffer, and the two topics that fill it."""

from __future__ import annotations

from typing import Any

from rclpy.clock import ClockType
from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.time import Time
from tf2_msgs.msg import TFMessage
from tf2_ros import Buffer, TransformException

from smolrgpt_ros.messages.conversions import pose_from
from smolrgpt_ros.messages.transforms import Transforms, UnknownTransformError
from smolrgpt_ros.ros.inputs import Input
from smolrgpt_ros.scene.pose import Pose

_NOT_WAITING = Duration(nanoseconds=0)
_AUTHORITY = 'smolrgpt_ros'


class Tf2Buffer:
    """The buffer of tf2_ros, which keeps ten seconds."""

    def __init__(self) -> None:
        self._buffer = Buffer()

    def add(self, transform: Any, *, is_static: bool) -> None:
        """Take a geometry_msgs/TransformStamped in."""
        if is_static:
            self._buffer.set_transform_static(transform, _AUTHORITY)
        else:
            self._buffer.set_transform(transform, _AUTHORITY)

    def look_up(self, target_frame: str, source_frame: str, stamp_ns: int) -> Pose:
        """``target_from_source`` at a stamp, without waiting.

        Raises UnknownTransformError, and ValueError for numbers that are no transform.
        """
        stamp = Time(nanoseconds=stamp_ns, clock_type=ClockType.ROS_TIME)
        try:
            found = self._buffer.lookup_transform(target_frame, source_frame, stamp, _NOT_WAITING)
        except TransformException as error:
            raise UnknownTransformError(str(error)) from error
        return pose_from(found.transform)

    def clear(self) -> None:
        """Forget all transforms but the static ones."""
        self._buffer.clear()


def transform_inputs(transforms: Transforms) -> tuple[Input, ...]:
    """The two topics of TF, for the thread that takes messages.

    The listener of tf2_ros would wake the executor.
    """
    latched = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    return (
        Input('/tf', TFMessage, QoSProfile(depth=100), False, transforms.add),
        Input('/tf_static', TFMessage, latched, False, transforms.add_static),
    )
