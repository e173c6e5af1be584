# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How the node reads messages: what is still serialised by rclpy, detections by a quicker reader.

Whatever the quicker reader does not expect, rclpy reads.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from geometry_msgs.msg import Point, Pose, PoseWithCovariance, Quaternion
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header
from vision_msgs.msg import (
    BoundingBox2D,
    Detection2D,
    Detection2DArray,
    ObjectHypothesis,
    ObjectHypothesisWithPose,
)

from smolrgpt_ros.messages.conversions import colour_from
from smolrgpt_ros.messages.detections import Seen, seen_from
from smolrgpt_ros.messages.detections_wire import WireError, read_detections
from smolrgpt_ros.messages.stamped import Stamped
from smolrgpt_ros.ros.cv_decoding import decode_with_cv_bridge, is_for_cv_bridge

_EXPECTED_FIELDS: dict[Any, dict[str, str]] = {
    Detection2DArray: {
        'header': 'std_msgs/Header',
        'detections': 'sequence<vision_msgs/Detection2D>',
    },
    Detection2D: {
        'header': 'std_msgs/Header',
        'results': 'sequence<vision_msgs/ObjectHypothesisWithPose>',
        'bbox': 'vision_msgs/BoundingBox2D',
        'id': 'string',
    },
    ObjectHypothesisWithPose: {
        'hypothesis': 'vision_msgs/ObjectHypothesis',
        'pose': 'geometry_msgs/PoseWithCovariance',
    },
    ObjectHypothesis: {'class_id': 'string', 'score': 'double'},
    BoundingBox2D: {'center': 'vision_msgs/Pose2D', 'size_x': 'double', 'size_y': 'double'},
    Header: {'stamp': 'builtin_interfaces/Time', 'frame_id': 'string'},
    PoseWithCovariance: {'pose': 'geometry_msgs/Pose', 'covariance': 'double[36]'},
    Pose: {'position': 'geometry_msgs/Point', 'orientation': 'geometry_msgs/Quaternion'},
    Point: {'x': 'double', 'y': 'double', 'z': 'double'},
    Quaternion: {'x': 'double', 'y': 'double', 'z': 'double', 'w': 'double'},
}


class RclpyReading:
    """Messages of the node's inputs: pictures as objects, everything else as bytes."""

    def picture(self, item: Stamped) -> Any:
        """A sensor_msgs/Image or CompressedImage."""
        return item.payload

    def camera_info(self, item: Stamped) -> Any:
        """A sensor_msgs/CameraInfo. Raises what rclpy raises for bytes that are none."""
        return deserialize_message(bytes(item.payload), CameraInfo)

    def detections(self, item: Stamped) -> tuple[Seen, ...]:
        """What a vision_msgs/Detection2DArray shows."""
        return detections_from_bytes(item.payload)

    def colour(self, message: Any) -> np.ndarray:
        """RGB uint8 (H, W, 3) of a picture. Raises ImageError."""
        if is_for_cv_bridge(getattr(message, 'encoding', '')):
            return decode_with_cv_bridge(message)
        return colour_from(message)


def detections_from_bytes(serialised: bytes) -> tuple[Seen, ...]:
    """What a serialised Detection2DArray shows.

    Raises what rclpy's deserialisation raises, for bytes that are no such message.
    """
    if layout_is_known():
        try:
            return read_detections(serialised)
        except WireError:
            pass
    return seen_from(deserialize_message(bytes(serialised), Detection2DArray).detections)


@cache
def layout_is_known() -> bool:
    """Whether the installed vision_msgs has the fields that `read_detections` expects (4.x)."""
    # Asked in order, so that a changed order is seen as well.
    return all(
        list(kind.get_fields_and_field_types().items()) == list(fields.items())
        for kind, fields in _EXPECTED_FIELDS.items()
    ) and list(type(BoundingBox2D().center).get_fields_and_field_types().items()) == [
        ('position', 'vision_msgs/Point2D'),
        ('theta', 'double'),
    ]
