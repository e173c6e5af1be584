# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the node publishes of an answer; nothing is made that nobody subscribes to."""

from __future__ import annotations

import array
import threading
from collections.abc import Callable

import numpy as np
from rclpy.lifecycle import LifecycleNode
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import Image
from vision_msgs.msg import Detection3DArray
from visualization_msgs.msg import MarkerArray

from smolrgpt_ros.msg import SpatialAnswer
from smolrgpt_ros.ros.answer_messages import time_from
from smolrgpt_ros.ros.answering import Answered

# Who starts RViz after the answer sees it as well.
_LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class AnswerPublishers:
    """Lifecycle publishers of ~/answers, ~/objects, ~/markers and ~/overlay."""

    def __init__(self, node: LifecycleNode, *, on_error: Callable[[str, Exception], None]):
        self._node = node
        self._on_error = on_error
        self._answers = node.create_lifecycle_publisher(SpatialAnswer, '~/answers', 10)
        self._objects = node.create_lifecycle_publisher(Detection3DArray, '~/objects', _LATCHED)
        self._markers = node.create_lifecycle_publisher(MarkerArray, '~/markers', _LATCHED)
        self._overlay = node.create_lifecycle_publisher(Image, '~/overlay', _LATCHED)
        self._drawer = _NewestOnly(self._draw, on_error)

    def publish(self, answered: Answered) -> None:
        """Publish one answer.

        The overlay is drawn in a thread of its own: the next question does not wait.
        """
        self._answers.publish(answered.message)
        if self._objects.get_subscription_count() or self._markers.get_subscription_count():
            # Imported when first needed: tf_transformations costs memory that a plain node can do
            # without.
            from smolrgpt_ros.ros.markers import detections_3d, markers

            self._objects.publish(detections_3d(answered))
            self._markers.publish(markers(answered))
        if self._overlay.get_subscription_count():
            self._drawer.put(answered)

    def close(self) -> None:
        """Stop drawing and take the publishers down."""
        self._drawer.close()
        for publisher in (self._answers, self._objects, self._markers, self._overlay):
            self._node.destroy_lifecycle_publisher(publisher)

    def forget(self) -> None:
        """Let go of the picture that waits to be drawn."""
        self._drawer.clear()

    def _draw(self, answered: Answered) -> None:
        # Imported when first needed: pillow and its fonts.
        from smolrgpt_ros.drawing.overlay import draw_overlay

        picture = draw_overlay(answered.scene, answered.answer, question=answered.message.question)
        self._overlay.publish(
            image_message(picture, answered.scene.stamp_ns, answered.scene.frame_id)
        )


def image_message(
    picture: np.ndarray, stamp_ns: int, frame_id: str, encoding: str = 'rgb8'
) -> Image:
    """sensor_msgs/Image of a picture (H, W, 3) uint8 or (H, W) of the encoding's type."""
    picture = np.ascontiguousarray(picture)
    height, width = picture.shape[:2]
    message = Image(height=height, width=width, encoding=encoding, step=picture.nbytes // height)
    message.header.stamp = time_from(stamp_ns)
    message.header.frame_id = frame_id
    # rclpy copies a bytes object element by element; an array.array it takes over as it is.
    message.data = array.array('B', picture.tobytes())
    return message


class _NewestOnly:
    """Works on the newest thing it was given, in a thread of its own.

    Older ones that wait are dropped.
    """

    def __init__(
        self, work: Callable[[Answered], None], on_error: Callable[[str, Exception], None]
    ):
        self._work = work
        self._on_error = on_error
        self._changed = threading.Condition()
        self._next: Answered | None = None
        self._stopping = False
        self._thread: threading.Thread | None = None

    def put(self, thing: Answered) -> None:
        with self._changed:
            if self._stopping:
                return
            self._next = thing
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name='overlay', daemon=True)
                self._thread.start()

    def clear(self) -> None:
        with self._changed:
            self._next = None

    def close(self) -> None:
        with self._changed:
            self._stopping = True
            self._next = None
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout=5.0)

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._next is None and not self._stopping:
                    self._changed.wait()
                thing, self._next = self._next, None
                if self._stopping or thing is None:
                    return
            try:
                self._work(thing)
            except Exception as error:
                self._on_error('the overlay could not be drawn', error)
            # Not held until the next one: it keeps the pictures alive.
            del thing
