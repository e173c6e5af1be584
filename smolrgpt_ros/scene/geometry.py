# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where the objects of a scene stand and how big they are, in metres."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from smolrgpt_ros.scene.floor import fit_floor
from smolrgpt_ros.scene.measured import Floor, Measured, NoDepthError
from smolrgpt_ros.scene.noise import inverse_depth_noise
from smolrgpt_ros.scene.rectangle import smallest_rectangle
from smolrgpt_ros.scene.samples import Samples, region_samples

if TYPE_CHECKING:
    from smolrgpt_ros.scene.frame import Scene
    from smolrgpt_ros.scene.region import Region

__all__ = ['Floor', 'Measured', 'Measurements', 'NoDepthError']

_LEAST_POINTS = 8


class Measurements:
    """Lazy, cached measurements of one scene: the floor once, each region once."""

    def __init__(self, scene: Scene):
        self._scene = scene
        self._measured: dict[int, Measured] = {}

    @cached_property
    def floor(self) -> Floor | None:
        """The floor plane, or None where the picture shows none."""
        scene = self._scene
        if scene.depth is None or scene.camera is None:
            return None
        return fit_floor(scene.depth, scene.camera, scene.up_camera, self.noise_per_m)

    @cached_property
    def noise_per_m(self) -> float:
        """One sigma of inverse depth, 1/m."""
        return 0.0 if self._scene.depth is None else inverse_depth_noise(self._scene.depth)

    def of(self, index: int) -> Measured:
        """Region `index` measured. Raises NoDepthError."""
        if index not in self._measured:
            self._measured[index] = self._measure(self._scene.regions[index])
        return self._measured[index]

    def _measure(self, region: Region) -> Measured:
        name = region.id or region.class_id or 'the region'
        scene = self._scene
        if scene.depth is None:
            raise NoDepthError(f'no metric depth came with the picture, so {name} cannot be measured')
        if scene.camera is None:
            raise NoDepthError(f'the camera is not known, so {name} cannot be measured; publish camera_info')
        samples = region_samples(region, scene.depth, scene.camera)
        chosen = samples.inside & np.isfinite(samples.z)
        if np.count_nonzero(chosen) < _LEAST_POINTS:
            raise NoDepthError(
                f'{name} has {np.count_nonzero(chosen)} depth samples, too few to measure it; '
                'it may be too close, too far, or of a surface the sensor cannot see'
            )
        points = samples.points(chosen)
        if self.floor is None:
            return _free_standing(points)
        return _standing(points, self.floor)


def _free_standing(points: np.ndarray) -> Measured:
    z = points[:, 2]
    near = points[np.abs(z - np.percentile(z, 35)) < 0.25]
    low, high = np.percentile(near, [2, 98], axis=0)
    return Measured(
        (low + high) / 2, high - low, np.eye(3)[:, [0, 2, 1]], np.full(3, 0.05), None, False, len(near)
    )


def _standing(points: np.ndarray, floor: Floor) -> Measured:
    heights = floor.heights_m(points)
    above = heights > 0.05
    if np.count_nonzero(above) >= max(_LEAST_POINTS, 0.1 * len(points)):
        points, heights = points[above], heights[above]
    else:
        heights = np.zeros(len(points))
    rectangle = smallest_rectangle(floor.coordinates(points))
    top = float(heights.max())
    rotation = np.column_stack([*(rectangle.axes @ floor.axes), floor.normal])
    centre = floor.points(rectangle.centre, top / 2)
    size = np.array([*rectangle.size, top])
    return Measured(centre, size, rotation, np.full(3, 0.05), rectangle.corners, True, len(points), 0.0)
