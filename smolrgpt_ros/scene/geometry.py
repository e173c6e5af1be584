# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where the objects of a scene stand and how big they are, in metres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from smolrgpt_ros.scene.floor import fit_floor
from smolrgpt_ros.scene.measured import Floor, Measured, NoDepthError
from smolrgpt_ros.scene.noise import inverse_depth_noise
from smolrgpt_ros.scene.objects import measure_region

if TYPE_CHECKING:
    from smolrgpt_ros.scene.frame import Scene
    from smolrgpt_ros.scene.region import Region

__all__ = ['Floor', 'Measured', 'Measurements', 'NoDepthError']


class Measurements:
    """Lazy, cached measurements of one scene: the floor once, each region once."""

    def __init__(self, scene: Scene):
        # A shallow copy: the scene holds its measurements, and a cycle would keep pictures until
        # the garbage collector's oldest generation runs, hundreds of megabytes later.
        self._scene = replace(scene)
        self._measured: dict[int, Measured] = {}

    @cached_property
    def floor(self) -> Floor | None:
        """The floor plane, or None where the picture shows none."""
        scene = self._scene
        if scene.depth is None or scene.camera is None:
            return None
        return fit_floor(
            scene.depth, scene.camera, scene.up_camera, self.noise_per_m, scene.floor_hint
        )

    @property
    def known(self) -> Mapping[int, Measured]:
        """What has been measured so far, by region."""
        return self._measured

    @property
    def known_floor(self) -> Floor | None:
        """The floor if somebody has asked for it already; a hint for the next picture."""
        known: Floor | None = vars(self).get('floor')
        return known

    @cached_property
    def noise_per_m(self) -> float:
        """One sigma of inverse depth, 1/m."""
        return 0.0 if self._scene.depth is None else inverse_depth_noise(self._scene.depth)

    def of(self, index: int) -> Measured:
        """Region `index` measured. Raises NoDepthError."""
        if index not in self._measured:
            self._measured[index] = self._measure(self._scene.regions[index])
        return self._measured[index]

    def of_or_none(self, index: int) -> Measured | None:
        """Region `index` measured; None where it cannot be."""
        try:
            return self.of(index)
        except NoDepthError:
            return None

    def extended(self, scene: Scene) -> Measurements:
        """What has been measured, for a scene with more regions behind those of this one."""
        other = self.renamed(scene)
        other._measured = dict(self._measured)
        return other

    def renamed(self, scene: Scene) -> Measurements:
        """What has been measured, for the same scene with other ids: nothing is measured again."""
        other = Measurements(scene)
        vars(other).update({name: value for name, value in vars(self).items() if name != '_scene'})
        return other

    def _measure(self, region: Region) -> Measured:
        if region.recalled is not None:
            return region.recalled.measured
        name = region.id or region.class_id or 'the region'
        scene = self._scene
        if scene.depth is None:
            raise NoDepthError(
                f'no metric depth came with the picture, so {name} cannot be measured'
            )
        if scene.camera is None:
            raise NoDepthError(
                f'the camera is not known, so {name} cannot be measured; publish camera_info'
            )
        return measure_region(region, scene, self.floor, self.noise_per_m, name)
