# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Topics of a RealSense camera and its detector, as the launch file remaps the node's inputs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CAMERA_TOPICS: Mapping[str, str] = MappingProxyType(
    {
        'image': '/camera/camera/color/image_raw',
        'depth': '/camera/camera/aligned_depth_to_color/image_raw',
        'camera_info': '/camera/camera/color/camera_info',
        'detections': '/detections',
    }
)
"""Topic by name of the node's input."""

MASK_TOPIC = '/detections/mask'
