# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One region measured: from its depth samples to the whole object's box."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smolrgpt_ros.scene.elevated import free_standing, is_lifted, without_support
from smolrgpt_ros.scene.foreground import above_floor, object_samples
from smolrgpt_ros.scene.measured import Floor, Measured, NoDepthError
from smolrgpt_ros.scene.painted import is_painted_area, measure_painted
from smolrgpt_ros.scene.samples import eroded, region_samples
from smolrgpt_ros.scene.standing import STANDING_CLASSES, measure_standing
from smolrgpt_ros.scene.surface import surface_of
from smolrgpt_ros.scene.uncertainty import touches_border

if TYPE_CHECKING:
    from smolrgpt_ros.scene.frame import Scene
    from smolrgpt_ros.scene.region import Region

_LEAST_SAMPLES = 8
_BOX_MARGIN = 0.2  # of a box's sides, looked at around it
_NOISY_PER_M = 5e-4


def measure_region(
    region: Region, scene: Scene, floor: Floor | None, noise_per_m: float, name: str
) -> Measured:
    """A region's whole object. The scene has depth and a camera. Raises NoDepthError."""
    assert scene.depth is not None
    assert scene.camera is not None
    samples = region_samples(region, scene.depth, scene.camera)
    if floor is not None and is_painted_area(region, samples, floor, noise_per_m):
        painted = measure_painted(region, samples, scene, floor, noise_per_m)
        if painted is not None:
            return painted
    trusted = region.mask is not None
    if not trusted:
        samples = region_samples(region, scene.depth, scene.camera, margin=_BOX_MARGIN)
    measured_here = np.isfinite(samples.z)
    usable = samples.inside & measured_here
    if region.mask is not None and noise_per_m > _NOISY_PER_M:
        inner = eroded(region.mask, samples) & usable
        if np.count_nonzero(inner) > max(_LEAST_SAMPLES, 0.3 * np.count_nonzero(usable)):
            usable = inner
    found = np.count_nonzero(usable)
    if found < _LEAST_SAMPLES:
        raise NoDepthError(
            f'{name} has {found} depth samples, too few to measure it; it may be too near, '
            'too far, or of a '
            'surface that the sensor cannot see. Move the camera, or ask about another object'
        )
    surface = surface_of(samples.z, usable if trusted else measured_here, noise_per_m)
    points = samples.directions / surface.inverse_z[..., None]
    spread_m = surface.noise_per_m * samples.z**2
    if floor is None:
        own = object_samples(
            samples, surface, points[..., [0, 2]], usable, trusted=trusted, spread_m=spread_m
        )
        return free_standing(points, samples, own, surface.noise_per_m)

    def standing(own: np.ndarray) -> Measured:
        assert scene.camera is not None
        assert scene.depth is not None
        assert floor is not None
        return measure_standing(
            points[own], samples, own, floor, spread_m[own], region.class_id,
            trusted=trusted, cut=touches_border(region.box_px, scene.size_px),
            focal_px=scene.camera.fx,
            depth=scene.depth,
        )  # fmt: skip

    above = measured_here & above_floor(samples, surface, floor)
    rising = usable & above
    if np.count_nonzero(rising) < max(_LEAST_SAMPLES, 0.1 * found):
        return standing(usable)
    plan = floor.coordinates(points)
    # Inside a mask even what hardly rises is the object: its lower edge shows where it stands.
    own = object_samples(
        samples, surface, plan, usable if trusted else rising, trusted=trusted, spread_m=spread_m,
        around=None if trusted else above,
    )  # fmt: skip
    if region.class_id not in STANDING_CLASSES and is_lifted(points, own, floor):
        chosen = own if trusted else without_support(points, own, floor)
        return free_standing(points, samples, chosen, surface.noise_per_m)
    return standing(own)
