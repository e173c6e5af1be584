# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TF at the picture's stamp, never at 'latest', with errors in words."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from geometry_msgs.msg import TransformStamped
from rclpy.clock_type import ClockType
from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.time import Time
from tf2_msgs.msg import TFMessage
from tf2_ros import Buffer, TransformException

from smolrgpt_ros.ros.conversions import nanoseconds_from, pose_from
from smolrgpt_ros.ros.inputs import Input
from smolrgpt_ros.scene.pose import Pose

_RETRY_S = 0.005
_NOT_WAITING = Duration(nanoseconds=0)
_IDENTITY = Pose(np.eye(3), np.zeros(3))


class NoTransformError(LookupError):
    """Two frames that TF does not connect at a stamp.

    The message names both, the stamp and what tf2 said.
    """


class Transforms:
    """What TF says, kept for ten seconds.

    Attributes:
        newest_ns: newest stamp on /tf; None while nothing has arrived there.
    """

    def __init__(self) -> None:
        self._buffer = Buffer()
        self._statics: dict[str, TransformStamped] = {}
        self.newest_ns: int | None = None

    def inputs(self) -> tuple[Input, ...]:
        """The two topics of TF, for the thread that takes messages.

        The listener of tf2_ros would wake the executor.
        """
        latched = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        return (
            Input('/tf', TFMessage, QoSProfile(depth=100), False, self._on_transforms),
            Input('/tf_static', TFMessage, latched, False, self._on_static_transforms),
        )

    def clear(self) -> None:
        """Time has jumped back: what TF said belongs to another run of time.

        Static transforms stay.
        """
        statics = self._statics
        self._buffer.clear()
        for transform in statics.values():
            self._buffer.set_transform_static(transform, 'smolrgpt_ros')
        self.newest_ns = None

    def look_up(
        self,
        target_frame: str,
        source_frame: str,
        stamp_ns: int,
        *,
        timeout_s: float,
        refresh: Callable[[], None] = lambda: None,
    ) -> Pose:
        """``target_from_source`` at `stamp_ns`, waiting up to `timeout_s` for what is on its way.

        Args:
            refresh: takes what has arrived meanwhile.

        Raises:
            NoTransformError: TF does not know, or what it knows is no transform.
        """
        if target_frame == source_frame:
            return _IDENTITY
        stamp = Time(nanoseconds=stamp_ns, clock_type=ClockType.ROS_TIME)
        ends = time.monotonic() + timeout_s
        while True:
            try:
                found = self._buffer.lookup_transform(
                    target_frame, source_frame, stamp, _NOT_WAITING
                )
                return pose_from(found.transform)
            except TransformException as error:
                if time.monotonic() >= ends:
                    raise NoTransformError(
                        _sentence(target_frame, source_frame, stamp_ns, timeout_s, error)
                    ) from error
            except ValueError as error:
                raise NoTransformError(
                    f"the transform from '{source_frame}' to '{target_frame}' cannot be used: "
                    f'{error}'
                ) from error
            time.sleep(_RETRY_S)
            refresh()

    def _on_transforms(self, message: TFMessage) -> None:
        for transform in message.transforms:
            stamp_ns = nanoseconds_from(transform.header.stamp)
            self.newest_ns = max(self.newest_ns or 0, stamp_ns)
            self._buffer.set_transform(transform, 'smolrgpt_ros')

    def _on_static_transforms(self, message: TFMessage) -> None:
        for transform in message.transforms:
            self._statics[transform.child_frame_id] = transform
            self._buffer.set_transform_static(transform, 'smolrgpt_ros')


def _sentence(target: str, source: str, stamp_ns: int, timeout_s: float, error: Any) -> str:
    if not source:
        return (
            f"the picture's header has no frame_id, so nothing can be placed in '{target}'; set it "
            'in the camera driver'
        )
    return (
        f"no transform from '{source}' to '{target}' at the picture's stamp {stamp_ns / 1e9:.3f} "
        's after '
        f'{timeout_s:g} s: {str(error).rstrip(". ")}. Check that both frames are published and '
        'raise tf_timeout if TF '
        "lags behind, or set the parameter target_frame to '' for positions in the camera's frame"
    )
