# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A node that hands on what yolo_ros detects as vision_msgs, with a mask where YOLO segments.

yolo_ros publishes messages of its own (yolo_msgs/DetectionArray); the query node takes
vision_msgs/Detection2DArray, as most detectors publish it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image as Canvas
from PIL import ImageDraw
from rclpy.node import Node
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from smolrgpt_ros.process.listening import Listening
from smolrgpt_ros.process.renewal import Renewal
from smolrgpt_ros.process.spinning import run_node

INPUT_TOPIC = '/yolo/tracking'
DETECTIONS_TOPIC = '/detections'
MASK_TOPIC = '/detections/mask'
_HISTORY = QoSProfile(depth=5)


def detections_from_yolo(message: Any) -> Detection2DArray:
    """The same detections, in the same order, with the header of the picture.

    Args:
        message: a yolo_msgs/DetectionArray.
    """
    detections = []
    for one in message.detections:
        detection = Detection2D(header=message.header, id=one.id)
        detection.bbox.center.position.x = one.bbox.center.position.x
        detection.bbox.center.position.y = one.bbox.center.position.y
        detection.bbox.center.theta = one.bbox.center.theta
        detection.bbox.size_x, detection.bbox.size_y = one.bbox.size.x, one.bbox.size.y
        hypothesis = ObjectHypothesisWithPose()
        # The number of a class means something to its network only.
        hypothesis.hypothesis.class_id = one.class_name or str(one.class_id)
        hypothesis.hypothesis.score = one.score
        detection.results = [hypothesis]
        detections.append(detection)
    return Detection2DArray(header=message.header, detections=detections)


def mask_from_yolo(message: Any) -> Image | None:
    """Which pixel belongs to which detection; None where no detection has an outline.

    A pixel is k for the detection at position k - 1 and 0 for none; where outlines overlap, the one
    with the highest score wins.

    Args:
        message: a yolo_msgs/DetectionArray.
    """
    outlined = [
        (number, one)
        for number, one in enumerate(message.detections, 1)
        if len(one.mask.data) >= 3 and one.mask.width > 0 and one.mask.height > 0
    ]
    if not outlined:
        return None
    width, height = outlined[0][1].mask.width, outlined[0][1].mask.height
    canvas = Canvas.new('I', (width, height))
    draw = ImageDraw.Draw(canvas)
    for number, one in sorted(outlined, key=lambda pair: pair[1].score):
        draw.polygon([(point.x, point.y) for point in one.mask.data], fill=number)
    pixels = np.asarray(canvas).astype('<u2')
    return Image(
        header=message.header,
        height=height,
        width=width,
        encoding='mono16',
        is_bigendian=0,
        step=2 * width,
        data=pixels.tobytes(),
    )


class YoloDetections(Node):
    """Listens to yolo_ros, publishes detections and, where there are outlines, their mask.

    Attributes:
        listening: whether the process still hears others.
    """

    def __init__(self, message_type: type, name: str = 'yolo_detections'):
        """Start to hand on.

        Args:
            message_type: yolo_msgs.msg.DetectionArray.
        """
        super().__init__(name)
        self._detections = self.create_publisher(Detection2DArray, DETECTIONS_TOPIC, _HISTORY)
        self._mask = self.create_publisher(Image, MASK_TOPIC, _HISTORY)
        self._subscription = self.create_subscription(
            message_type, INPUT_TOPIC, self._hand_on, _HISTORY
        )
        self.listening = Listening(self)

    def _hand_on(self, message: Any) -> None:
        self._detections.publish(detections_from_yolo(message))
        if self._mask.get_subscription_count():
            mask = mask_from_yolo(message)
            if mask is not None:
                self._mask.publish(mask)


def main(args: Sequence[str] | None = None) -> int:
    """Hand on until interrupted; 2 where yolo_msgs is not installed."""
    try:
        from yolo_msgs.msg import DetectionArray
    except ModuleNotFoundError:
        print(
            'yolo_detections: yolo_msgs is not installed; build yolo_ros '
            '(https://github.com/mgonzs13/yolo_ros) in your workspace and source it',
            file=sys.stderr,
        )
        return 2

    def make() -> YoloDetections:
        return YoloDetections(DetectionArray)

    return run_node(make, args, on_made=Renewal(lambda _: make).watch)


if __name__ == '__main__':
    sys.exit(main())
