# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Messages of rosbags made of what the synthetic warehouse's camera sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rosbags.typesys.store import Typestore
from scipy.spatial.transform import Rotation

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.warehouse.filming import OPTICAL_FRAME


class MessageMaker:
    """Makes messages by the definitions of a type store."""

    def __init__(self, types: Typestore):
        self._types = types.types

    def image(self, pixels: np.ndarray, stamp_ns: int, encoding: str) -> Any:
        """A sensor_msgs/Image of pixels (H, W) or (H, W, C)."""
        return self._make(
            'sensor_msgs/msg/Image',
            header=self._header(stamp_ns),
            height=pixels.shape[0],
            width=pixels.shape[1],
            encoding=encoding,
            is_bigendian=0,
            step=pixels.strides[0],
            data=np.ascontiguousarray(pixels).view(np.uint8).reshape(-1),
        )

    def camera_info(self, camera: Camera, stamp_ns: int) -> Any:
        """A sensor_msgs/CameraInfo of a rectified camera."""
        fx, fy, cx, cy = camera.fx, camera.fy, camera.cx, camera.cy
        return self._make(
            'sensor_msgs/msg/CameraInfo',
            header=self._header(stamp_ns),
            height=camera.height,
            width=camera.width,
            distortion_model='plumb_bob',
            d=np.zeros(5),
            k=np.array([fx, 0.0, cx, 0.0, fy, cy, 0.0, 0.0, 1.0]),
            r=np.eye(3).reshape(-1),
            p=np.array([fx, 0.0, cx, 0.0, 0.0, fy, cy, 0.0, 0.0, 0.0, 1.0, 0.0]),
            binning_x=0,
            binning_y=0,
            roi=self._make(
                'sensor_msgs/msg/RegionOfInterest',
                x_offset=0,
                y_offset=0,
                height=0,
                width=0,
                do_rectify=False,
            ),
        )

    def detections(self, regions: Sequence[Region], stamp_ns: int) -> Any:
        """A vision_msgs/Detection2DArray, as a detector publishes it."""
        return self._make(
            'vision_msgs/msg/Detection2DArray',
            header=self._header(stamp_ns),
            detections=[self._detection(region, stamp_ns) for region in regions],
        )

    def transforms(self, placed: Sequence[tuple[str, str, Pose]], stamp_ns: int) -> Any:
        """A tf2_msgs/TFMessage of parent, child and ``parent_from_child``."""
        return self._make(
            'tf2_msgs/msg/TFMessage',
            transforms=[
                self._make(
                    'geometry_msgs/msg/TransformStamped',
                    header=self._header(stamp_ns, parent),
                    child_frame_id=child,
                    transform=self._make(
                        'geometry_msgs/msg/Transform',
                        translation=self._xyz('geometry_msgs/msg/Vector3', pose.translation),
                        rotation=self._rotation(pose.rotation),
                    ),
                )
                for parent, child, pose in placed
            ],
        )

    def _detection(self, region: Region, stamp_ns: int) -> Any:
        x0, y0, x1, y1 = region.box_px
        pose = self._make(
            'geometry_msgs/msg/Pose',
            position=self._xyz('geometry_msgs/msg/Point', np.zeros(3)),
            orientation=self._rotation(np.eye(3)),
        )
        hypothesis = self._make(
            'vision_msgs/msg/ObjectHypothesisWithPose',
            hypothesis=self._make(
                'vision_msgs/msg/ObjectHypothesis',
                class_id=region.class_id,
                score=float(region.score),
            ),
            pose=self._make(
                'geometry_msgs/msg/PoseWithCovariance', pose=pose, covariance=np.zeros(36)
            ),
        )
        centre = self._make(
            'vision_msgs/msg/Pose2D',
            position=self._make('vision_msgs/msg/Point2D', x=(x0 + x1) / 2.0, y=(y0 + y1) / 2.0),
            theta=0.0,
        )
        return self._make(
            'vision_msgs/msg/Detection2D',
            header=self._header(stamp_ns),
            results=[hypothesis],
            bbox=self._make(
                'vision_msgs/msg/BoundingBox2D', center=centre, size_x=x1 - x0, size_y=y1 - y0
            ),
            id=region.id,
        )

    def _header(self, stamp_ns: int, frame_id: str = OPTICAL_FRAME) -> Any:
        sec, nanosec = divmod(stamp_ns, 1_000_000_000)
        stamp = self._make('builtin_interfaces/msg/Time', sec=sec, nanosec=nanosec)
        return self._make('std_msgs/msg/Header', stamp=stamp, frame_id=frame_id)

    def _rotation(self, matrix: np.ndarray) -> Any:
        x, y, z, w = (float(value) for value in Rotation.from_matrix(matrix).as_quat())
        return self._make('geometry_msgs/msg/Quaternion', x=x, y=y, z=z, w=w)

    def _xyz(self, name: str, vector: np.ndarray) -> Any:
        x, y, z = (float(value) for value in vector)
        return self._make(name, x=x, y=y, z=z)

    def _make(self, name: str, /, **fields: Any) -> Any:
        return self._types[name](**fields)
