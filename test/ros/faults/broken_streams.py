# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Messages that are fine, and do not come, come late, or cannot be heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import rclpy
from bench import Bench
from fault_camera import INPUTS
from rclpy.context import Context
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CompressedImage

from smolrgpt_ros.messages.frame_set import NewestFrame


def silent(*topics: str) -> Callable[[Bench], AbstractContextManager[None]]:
    return lambda bench: bench.camera.without(*topics)


def late(**seconds: float) -> Callable[[Bench], AbstractContextManager[None]]:
    """Topics whose messages belong to a moment that lies so far back."""
    return lambda bench: bench.camera.shifted(**{name: -late_s for name, late_s in seconds.items()})


@contextmanager
def slow_detector(bench: Bench) -> Iterator[None]:
    """The detections of a picture come 1.5 s after it, longer than the queue keeps pictures."""
    with bench.camera.without('detections'):
        bench.idle(1.5)
    with bench.camera.shifted(detections=-1.5):
        bench.camera.mark()
        yield


@contextmanager
def driver_restarted(bench: Bench) -> Iterator[None]:
    """The publishers are gone for a while, and other ones come."""
    tester = bench.tester
    with bench.camera.without(*INPUTS):
        for topic in INPUTS:
            tester.unpublish(topic)
        yield
        for topic in INPUTS:
            tester.republish(topic)


@contextmanager
def losing_two_of_seven(bench: Bench) -> Iterator[None]:
    with bench.camera.losing(lambda number: number % 7 in (2, 5)):
        yield


@contextmanager
def losing_nine_of_ten(bench: Bench) -> Iterator[None]:
    with bench.camera.losing(lambda number: number % 10 != 0):
        yield


@contextmanager
def best_effort_depth(bench: Bench) -> Iterator[None]:
    """A publisher that a reliable subscription cannot hear."""
    best_effort = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)
    with bench.camera.without('depth'):
        bench.tester.republish('depth', qos=best_effort)
        yield
        bench.tester.republish('depth')


@contextmanager
def compressed_pictures(bench: Bench) -> Iterator[None]:
    """The topic of the pictures is one of compressed ones, of another process's node."""
    context = Context()
    rclpy.init(context=context)
    node = rclpy.create_node('other_camera', context=context)
    with bench.camera.without('image'):
        bench.tester.unpublish('image')
        node.create_publisher(CompressedImage, 'image', 10)
        yield
        node.destroy_node()
        rclpy.shutdown(context=context)
        bench.tester.republish('image')


@contextmanager
def matching_raises(bench: Bench) -> Iterator[None]:
    """What message_filters calls back raises: its lock would stay taken for ever."""

    def no_room(self: NewestFrame, frame_set: object) -> None:
        raise MemoryError('no room for a picture')

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NewestFrame, 'put', no_room)
        yield
