# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How recorded messages are read: by the definitions that the recording itself carries."""

from __future__ import annotations

from typing import Any

import numpy as np

from smolrgpt_ros.messages.conversions import colour_from
from smolrgpt_ros.messages.detections import Seen, seen_from
from smolrgpt_ros.messages.detections_wire import WireError, read_detections
from smolrgpt_ros.messages.stamped import Stamped
from smolrgpt_ros.recorded.bag import Bag
from smolrgpt_ros.recorded.message_types import known_types

_OF_DETECTIONS = (
    'vision_msgs/msg/Detection2DArray',
    'vision_msgs/msg/Detection2D',
    'vision_msgs/msg/ObjectHypothesisWithPose',
    'vision_msgs/msg/ObjectHypothesis',
    'vision_msgs/msg/BoundingBox2D',
    'vision_msgs/msg/Pose2D',
    'vision_msgs/msg/Point2D',
    'geometry_msgs/msg/PoseWithCovariance',
)


class BagReading:
    """Messages of a recording, which are all still serialised."""

    def __init__(self, bag: Bag, topics: dict[str, str]):
        """Read from `bag`; `topics` gives the name of a topic by that of an input."""
        self._bag = bag
        self._topics = topics
        known = known_types().fielddefs
        self._layout_is_known = all(
            bag.fields_of(name) == list(known[name][1]) for name in _OF_DETECTIONS
        )

    def picture(self, item: Stamped) -> Any:
        """A sensor_msgs/Image or CompressedImage."""
        return self._message(item)

    def camera_info(self, item: Stamped) -> Any:
        """A sensor_msgs/CameraInfo."""
        return self._message(item)

    def detections(self, item: Stamped) -> tuple[Seen, ...]:
        """What a vision_msgs/Detection2DArray shows."""
        if self._layout_is_known:
            try:
                return read_detections(item.payload)
            except WireError:
                pass
        return seen_from(self._message(item).detections)

    def colour(self, message: Any) -> np.ndarray:
        """RGB uint8 (H, W, 3) of a picture. Raises ImageError."""
        return colour_from(message)

    def _message(self, item: Stamped) -> Any:
        return self._bag.deserialise(self._topics[item.topic], item.payload)
