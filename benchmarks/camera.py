# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The publisher's process: 1280x720 colour and depth, camera_info, 20 detections, all at 30 Hz.

`python -m benchmarks.camera FILE` writes the stamp of each set, nanoseconds, as a line of FILE.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image
from vision_msgs.msg import Detection2D, Detection2DArray

from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.process.spinning import run_node
from smolrgpt_ros.ros.filming import Shot, film
from smolrgpt_ros.warehouse.filming import Film

RATE_HZ = 30.0
DETECTIONS = 20
FILM = Film(seed=3, viewpoint='high', size_px=(1280, 720), length=1)


def published_shot() -> Shot:
    """The set that is published: a hall with exactly `DETECTIONS` detections."""
    for number in range(50):
        shot = film(Film(FILM.seed, number, FILM.viewpoint, size_px=FILM.size_px, length=1))[0][0]
        found: list[Detection2D] = list(shot.detections.detections)
        if len(found) >= DETECTIONS and len(pallet_ids(found[:DETECTIONS])) >= 2:
            shot.detections.detections = found[:DETECTIONS]
            return shot
    raise RuntimeError(
        f'no hall of seed {FILM.seed} shows {DETECTIONS} detections with two pallets'
    )


def pallet_ids(detections: list[Detection2D]) -> list[str]:
    """Ids of the pallets among detections."""
    return [one.id for one in detections if one.results[0].hypothesis.class_id == 'pallet']


class Camera(Node):
    """Publishes one set again and again with the stamp of the moment, best effort as cameras do."""

    def __init__(self, shot: Shot, stamps: TextIO):
        super().__init__('benchmark_camera')
        self._shot = shot
        self._stamps = stamps
        self._publishers = [
            (message, self.create_publisher(kind, CAMERA_TOPICS[name], qos_profile_sensor_data))
            for name, kind, message in (
                ('camera_info', CameraInfo, shot.camera_info),
                ('detections', Detection2DArray, shot.detections),
                ('depth', Image, shot.depth),
                ('image', Image, shot.image),
            )
        ]
        self.create_timer(1.0 / RATE_HZ, self._publish)

    def _publish(self) -> None:
        now = self.get_clock().now()
        for message, publisher in self._publishers:
            message.header.stamp = now.to_msg()
            publisher.publish(message)
        self._stamps.write(f'{now.nanoseconds}\n')
        self._stamps.flush()


def main() -> None:
    """Publish until interrupted."""
    with Path(sys.argv[1]).open('w', encoding='ascii') as stamps:
        run_node(lambda: Camera(published_shot(), stamps), sys.argv)


if __name__ == '__main__':
    main()
