# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The robot's camera and detector: what is published of one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sensor_msgs.msg import CameraInfo, Image
from vision_msgs.msg import Detection2DArray

from smolrgpt_ros.ros.filming import camera_info_message, detections_message
from smolrgpt_ros.ros.mock_robot.body import Stand
from smolrgpt_ros.ros.publishing import image_message
from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.warehouse.filming import OPTICAL_FRAME
from smolrgpt_ros.warehouse.noise import SensorNoise, noisy_detections, with_noise
from smolrgpt_ros.warehouse.render import depth_millimetres, detections, render
from smolrgpt_ros.warehouse.world import World

IDS = ('stable', 'none', 'renumbered')
"""What a detector calls its objects: always the same, nothing, or anew in every picture."""


@dataclass(frozen=True, eq=False)
class Sight:
    """One picture as messages that belong together."""

    image: Image
    depth: Image
    camera_info: CameraInfo
    detections: Detection2DArray


class Eye:
    """Films a world from wherever the robot stands."""

    def __init__(self, camera: Camera, seed: int):
        """Begin a series of pictures; the same seed has the same noise."""
        self.camera = camera
        self._rng = np.random.default_rng([seed, 5])

    def look(
        self, world: World, stand: Stand, stamp_ns: int, *, noise: SensorNoise | None, ids: str
    ) -> Sight:
        """Take a picture.

        Args:
            noise: of depth and detector; None for perfect ones.
            ids: one of IDS.
        """
        frame = render(world, self.camera, stand.map_from_camera)
        regions = (
            detections(frame, masks=False)
            if noise is None
            else noisy_detections(frame, self._rng, noise, masks=False)
        )
        seen = frame if noise is None else with_noise(frame, self._rng, noise)
        sight = Sight(
            image_message(seen.colour, stamp_ns, OPTICAL_FRAME),
            image_message(depth_millimetres(seen.depth_m), stamp_ns, OPTICAL_FRAME, '16UC1'),
            camera_info_message(self.camera),
            detections_message(self._named(regions, ids)),
        )
        stamp = sight.image.header.stamp
        sight.camera_info.header.stamp = sight.detections.header.stamp = stamp
        return sight

    def _named(self, regions: Sequence[Region], ids: str) -> tuple[Region, ...]:
        if ids == 'stable':
            return tuple(regions)
        if ids == 'none':
            return tuple(replace(region, id='') for region in regions)
        order = self._rng.permutation(len(regions))
        return tuple(replace(region, id=str(1 + number)) for region, number in zip(regions, order))
