# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The warehouse camera with faults: `python -m benchmarks.faulty_camera --seed N`."""

from __future__ import annotations

import argparse
import copy
import sys
import time
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time

from benchmarks.camera_faults import Faults
from smolrgpt_ros.process.spinning import run_node
from smolrgpt_ros.ros.filming import Shot
from smolrgpt_ros.ros.publishing import image_message
from smolrgpt_ros.ros.warehouse_camera import BASE_FRAME, MAP_FRAME, WarehouseCamera

_LATE_NS = 83_000_000
_BACK_NS = 10_000_000_000


class FaultyCamera(WarehouseCamera):
    """Films as ever, but for what is wrong at the moment."""

    def __init__(self, seed: int):
        super().__init__()
        self._faults = Faults(seed)
        self._starts_s = time.monotonic()
        self._fault = ''

    def _publish(self) -> None:
        fault = self._faults.at(time.monotonic() - self._starts_s)
        if fault != self._fault:
            self._fault = fault
            self.get_logger().info(fault or 'all is well')
        if fault == 'camera unplugged':
            return
        now_ns = self.get_clock().now().nanoseconds - (_BACK_NS if fault == 'clock back' else 0)
        shot = next(self._shots)
        if fault != 'no transforms':
            self._send_transform(shot, now_ns)
        for topic, publisher in (
            ('camera_info', self._camera_info),
            ('detections', self._detections),
            ('depth', self._depth),
            ('image', self._image),
        ):
            message = spoiled(topic, getattr(shot, topic), fault)
            if message is not None:
                late_ns = _LATE_NS if (topic, fault) == ('depth', 'depth late') else 0
                message.header.stamp = _time(now_ns - late_ns)
                publisher.publish(message)

    def _send_transform(self, shot: Shot, now_ns: int) -> None:
        if self._tf is not None:
            transform = self._transform(MAP_FRAME, BASE_FRAME, shot.map_from_base)
            transform.header.stamp = _time(now_ns)
            self._tf.sendTransform(transform)


def spoiled(topic: str, message: Any, fault: str) -> Any:
    """The message as the fault leaves it, None where it never comes; the original stays good."""
    if (topic, fault) in {('detections', 'no detections'), ('depth', 'no depth')}:
        return None
    if topic == 'detections' and fault in ('empty detections', 'detector renumbers'):
        message = copy.deepcopy(message)
        if fault == 'empty detections':
            message.detections = []
        for number, detection in enumerate(message.detections):
            detection.id = f'{detection.results[0].hypothesis.class_id}_{900 + number}'
    if topic == 'depth' and fault == 'depth truncated':
        message = _with(message, data=message.data[: len(message.data) // 2])
    if topic == 'image' and fault == 'unknown encoding':
        message = _with(message, encoding='plaid8')
    if fault == 'smaller pictures' and topic in ('image', 'depth'):
        message = _halved(message)
    if fault == 'smaller pictures' and topic == 'camera_info':
        message = copy.deepcopy(message)
        message.width, message.height = message.width // 2, message.height // 2
        message.k = [value / 2.0 for value in message.k[:8]] + [1.0]
        message.p = [value / 2.0 for value in message.p[:10]] + [1.0, 0.0]
    return message


def _with(message: Any, **changes: Any) -> Any:
    """A copy of a picture with some fields changed; its pixels are not copied."""
    fields = ('header', 'height', 'width', 'encoding', 'is_bigendian', 'step', 'data')
    return type(message)(**({name: getattr(message, name) for name in fields} | changes))


def _halved(message: Any) -> Any:
    kind, channels = (np.uint16, 1) if message.encoding == '16UC1' else (np.uint8, 3)
    pixels = np.frombuffer(message.data, kind).reshape(message.height, message.width, channels)
    half = np.ascontiguousarray(pixels[::2, ::2])
    return image_message(half, 0, message.header.frame_id, message.encoding)


def _time(stamp_ns: int) -> Time:
    sec, nanosec = divmod(stamp_ns, 1_000_000_000)
    return Time(sec=sec, nanosec=nanosec)


def main() -> int:
    """Film until interrupted."""
    parser = argparse.ArgumentParser(prog='benchmarks.faulty_camera')
    parser.add_argument('--seed', type=int, default=1)
    arguments, ros_arguments = parser.parse_known_args()
    return run_node(lambda: FaultyCamera(arguments.seed), [sys.argv[0], *ros_arguments])


if __name__ == '__main__':
    sys.exit(main())
