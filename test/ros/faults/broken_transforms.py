# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TF trees that miss a branch, stop, lie, or are replaced by others."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bench import Bench
from geometry_msgs.msg import TransformStamped
from rclpy.parameter import Parameter
from robot import Tester
from tf2_msgs.msg import TFMessage

from smolrgpt_ros.ros.answer_messages import time_from

CAMERA = 'camera_color_optical_frame'
MAPPED: Mapping[str, str] = {'base_link': 'map', CAMERA: 'base_link'}
RENAMED: Mapping[str, str] = {'chassis': 'world', CAMERA: 'chassis'}
HUNG_ELSEWHERE: Mapping[str, str] = {'mast': 'map', CAMERA: 'mast'}
_RATE_HZ = 50.0


class Broadcaster:
    """Publishes a tree, child to parent, in a thread of its own."""

    def __init__(self, tester: Tester, tree: Mapping[str, str], now_ns) -> None:
        self.tree = tree
        self.x_m = 1.0
        self._tester = tester
        self._now_ns = now_ns
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name='broadcaster', daemon=True)
        self._thread.start()

    def publish(self, ahead_s: float = 0.0) -> None:
        stamp_ns = self._now_ns() + round(ahead_s * 1e9)
        transforms = []
        for child, parent in self.tree.items():
            transform = TransformStamped(child_frame_id=child)
            transform.header.frame_id = parent
            transform.header.stamp = time_from(stamp_ns)
            transform.transform.translation.x = self.x_m
            transform.transform.rotation.w = 1.0
            transforms.append(transform)
        self._tester.tf.publish(TFMessage(transforms=transforms))

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(1.0 / _RATE_HZ):
            self.publish()


@contextmanager
def broadcast(bench: Bench, tree: Mapping[str, str] = MAPPED) -> Iterator[Broadcaster]:
    """TF is published, and questions are asked in the map."""
    broadcaster = Broadcaster(bench.tester, tree, bench.camera.clock.now_ns)
    bench.asked = {'target_frame': 'map'}
    try:
        yield broadcaster
    finally:
        broadcaster.close()
        bench.asked = {}


@contextmanager
def _answered_in_the_map(bench: Bench) -> Iterator[Broadcaster]:
    with broadcast(bench) as broadcaster:
        bench.until_answered('OK')
        bench.camera.mark()
        yield broadcaster
        # The end of the fault is that the map is there again, not that nobody asks about it.
        bench.camera.mark()
        bench.until_answered('OK')


@contextmanager
def missing_at_start(bench: Bench) -> Iterator[None]:
    bench.asked = {'target_frame': 'garage'}
    yield
    with broadcast(bench, {'base_link': 'garage', CAMERA: 'base_link'}):
        bench.asked = {'target_frame': 'garage'}
        bench.until_answered('OK')


@contextmanager
def stopped(bench: Bench) -> Iterator[None]:
    with _answered_in_the_map(bench) as broadcaster:
        tree, broadcaster.tree = broadcaster.tree, {}
        yield
        broadcaster.tree = tree


@contextmanager
def replaced(bench: Bench) -> Iterator[None]:
    """Another tree without the map; then one that has it, with other frames below."""
    with _answered_in_the_map(bench) as broadcaster:
        broadcaster.tree = RENAMED
        yield
        broadcaster.tree = HUNG_ELSEWHERE


@contextmanager
def not_a_number(bench: Bench) -> Iterator[None]:
    with _answered_in_the_map(bench) as broadcaster:
        broadcaster.x_m = math.nan
        yield
        broadcaster.x_m = 1.0


@contextmanager
def stamped_ahead_once(bench: Bench) -> Iterator[None]:
    """One message from the future would keep all that follow out of the buffer."""
    with _answered_in_the_map(bench) as broadcaster:
        broadcaster.publish(ahead_s=3600.0)
        yield


@contextmanager
def unknown_gravity_frame(bench: Bench) -> Iterator[None]:
    node = bench.robot.node
    node.set_parameters([Parameter('gravity_frame', value='gravity')])
    yield
    node.set_parameters([Parameter('gravity_frame', value='')])
