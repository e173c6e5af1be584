# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Definitions of messages for recordings that carry none, and for writing recordings."""

from __future__ import annotations

from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

# vision_msgs 4.x as it is on the wire. rosbags knows the messages of common_interfaces and tf2
# only.
_DETECTION_2D_ARRAY = """
std_msgs/Header header
vision_msgs/Detection2D[] detections
================================================================================
MSG: vision_msgs/Detection2D
std_msgs/Header header
vision_msgs/ObjectHypothesisWithPose[] results
vision_msgs/BoundingBox2D bbox
string id
================================================================================
MSG: vision_msgs/ObjectHypothesisWithPose
vision_msgs/ObjectHypothesis hypothesis
geometry_msgs/PoseWithCovariance pose
================================================================================
MSG: vision_msgs/ObjectHypothesis
string class_id
float64 score
================================================================================
MSG: vision_msgs/BoundingBox2D
vision_msgs/Pose2D center
float64 size_x
float64 size_y
================================================================================
MSG: vision_msgs/Pose2D
vision_msgs/Point2D position
float64 theta
================================================================================
MSG: vision_msgs/Point2D
float64 x
float64 y
"""

DETECTIONS = 'vision_msgs/msg/Detection2DArray'
IMAGE = 'sensor_msgs/msg/Image'
COMPRESSED_IMAGE = 'sensor_msgs/msg/CompressedImage'
CAMERA_INFO = 'sensor_msgs/msg/CameraInfo'
TF_MESSAGE = 'tf2_msgs/msg/TFMessage'


def known_types() -> Typestore:
    """The messages of Humble, which those of later distributions equal here, and vision_msgs."""
    store = get_typestore(Stores.ROS2_HUMBLE)
    store.register(get_types_from_msg(_DETECTION_2D_ARRAY, DETECTIONS))
    return store
