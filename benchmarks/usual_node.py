# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What our node is compared with: a plain rclpy node as tutorials write it.

`python -m benchmarks.usual_node convert` synchronises with message_filters and converts both
pictures of every set; `... receive` subscribes and does nothing. Both say once a second on
/benchmark_sets how many sets have come.
"""

from __future__ import annotations

import sys
from typing import Any

import message_filters
import numpy as np
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import UInt64
from vision_msgs.msg import Detection2DArray

from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.process.spinning import run_node

TYPES = {'image': Image, 'depth': Image, 'camera_info': CameraInfo, 'detections': Detection2DArray}
SLOP_S = 0.03
QUEUE = 10
SETS_TOPIC = '/benchmark_sets'


class UsualNode(Node):
    """Counts sets.

    Attributes:
        sets: how many have come.
        newest: the pictures of the newest set, as a node that works on every frame holds them.
    """

    def __init__(self, *, convert: bool):
        super().__init__('usual')
        self.sets = 0
        self.newest: tuple[Any, ...] = ()
        if convert:
            subscribers = [
                message_filters.Subscriber(
                    self, kind, CAMERA_TOPICS[name], qos_profile=qos_profile_sensor_data
                )
                for name, kind in TYPES.items()
            ]
            self._synchroniser = message_filters.ApproximateTimeSynchronizer(
                subscribers, QUEUE, SLOP_S
            )
            self._synchroniser.registerCallback(self._on_set)
        else:
            for name, kind in TYPES.items():
                callback = self._on_image if name == 'image' else self._on_other
                self.create_subscription(
                    kind, CAMERA_TOPICS[name], callback, qos_profile_sensor_data
                )
        self._counter = self.create_publisher(UInt64, SETS_TOPIC, 1)
        self.create_timer(1.0, lambda: self._counter.publish(UInt64(data=self.sets)))

    def _on_set(self, image: Image, depth: Image, *rest: Any) -> None:
        self.newest = (bgr_of(image), metres_of(depth), *rest)
        self.sets += 1

    def _on_image(self, message: Image) -> None:
        self.sets += 1

    def _on_other(self, message: Any) -> None:
        pass


def bgr_of(image: Image) -> np.ndarray:
    """What cv_bridge's imgmsg_to_cv2(image, 'bgr8') gives: a copy with its channels swapped."""
    rows = np.frombuffer(image.data, np.uint8).reshape(image.height, image.step)
    return np.ascontiguousarray(
        rows[:, : 3 * image.width].reshape(image.height, image.width, 3)[..., ::-1]
    )


def metres_of(depth: Image) -> np.ndarray:
    """Metres in float32, 0 taken as no measurement."""
    rows = np.frombuffer(depth.data, np.uint16).reshape(depth.height, depth.step // 2)
    return rows[:, : depth.width].astype(np.float32) * np.float32(0.001)


def main() -> None:
    """Run until interrupted."""
    run_node(lambda: UsualNode(convert=sys.argv[1] == 'convert'), sys.argv)


if __name__ == '__main__':
    main()
