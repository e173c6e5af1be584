# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures that numpy views cannot read (Bayer, YUV).

They are left to cv_bridge, where it is installed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from smolrgpt_ros.scene.image import ImageError


def is_for_cv_bridge(encoding: str) -> bool:
    """Whether an encoding of sensor_msgs/image_encodings.hpp is Bayer or YUV."""
    return encoding.startswith('bayer_') or encoding.lower() in (
        'yuv422',
        'yuv422_yuy2',
        'uyvy',
        'yuyv',
        'nv21',
        'nv24',
    )


def decode_with_cv_bridge(message: Any) -> np.ndarray:
    """RGB uint8 (H, W, 3) of a sensor_msgs/Image.

    Raises:
        ImageError: cv_bridge is not installed or cannot read the picture.
    """
    kind = f'a picture in {message.encoding!r}'
    try:
        # Imported here because only these pictures need it and it does not exist everywhere.
        from cv_bridge import CvBridge
    except ImportError as error:
        raise ImageError(
            f'{kind} needs cv_bridge, which is not installed ({error}); install '
            'ros-$ROS_DISTRO-cv-bridge, '
            'or let the camera publish rgb8'
        ) from error
    bridge = CvBridge()
    try:
        return bridge.imgmsg_to_cv2(message, desired_encoding='rgb8')
    except Exception as error:
        raise ImageError(f'cv_bridge cannot read {kind}: {error}') from error
