# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One region measured: from its depth samples to the whole object's box."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smolrgpt_ros.scene.elevated import free_standing, is_lifted, without_support
from smolrgpt_ros.scene.foreground import above_floor, object_samples
from smolrgpt_ros.scene.measured import Floor, Measured, NoDepthError
from smolrgpt_ros.scene.overhead import ahead, overhead
from smolrgpt_ros.scene.painted import AREA_CLASSES, is_painted_area, measure_painted
from smolrgpt_ros.scene.samples import Samples, eroded, region_samples
from smolrgpt_ros.scene.standing import STANDING_CLASSES, Circumstances, measure_standing
from smolrgpt_ros.scene.surface import Surface, surface_of
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
    trusted = region.mask is not None
    samples: Samples | None = None
    if floor is not None and (region.class_id in AREA_CLASSES or (trusted and not region.class_id)):
        samples = region_samples(region, scene.depth, scene.camera)
        if is_painted_area(region, samples, floor, noise_per_m):
            painted = measure_painted(region, samples, scene, floor, noise_per_m)
            if painted is not None:
                return painted
    if samples is None or not trusted:
        margin = 0.0 if trusted else _BOX_MARGIN
        samples = region_samples(region, scene.depth, scene.camera, margin)
    measured_here = samples.z > 0.0  # not so where it is NaN
    usable = _usable(region, samples, measured_here, noise_per_m)
    found = np.count_nonzero(usable)
    if found < _LEAST_SAMPLES:
        raise NoDepthError(
            f'{name} has {found} depth samples, too few to measure it; it may be too near, '
            'too far, or of a '
            'surface that the sensor cannot see. Move the camera, or ask about another object'
        )
    surface = surface_of(samples.z, usable if trusted else None, noise_per_m)
    if floor is None:
        own = object_samples(samples, surface, ahead(samples, surface), usable, trusted=trusted)
        return _free_standing(samples, surface, _mask(samples, own))
    seen = overhead(samples, surface, floor)
    how = Circumstances(
        region.class_id, trusted, touches_border(region.box_px, scene.size_px), scene.camera.fx,
        scene.depth, surface.noise_per_m,
    )  # fmt: skip
    above = above_floor(surface, seen, floor)
    above &= measured_here
    rising = usable & above
    if np.count_nonzero(rising) < max(_LEAST_SAMPLES, 0.1 * found):
        return measure_standing(seen, samples, np.flatnonzero(usable), floor, how)
    # Inside a mask even what hardly rises is the object: its lower edge shows where it stands.
    own = object_samples(
        samples, surface, seen, usable if trusted else rising, trusted=trusted,
        around=None if trusted else above,
    )  # fmt: skip
    if region.class_id not in STANDING_CLASSES and is_lifted(seen.heights.take(own)):
        chosen = _mask(samples, own)
        if not trusted:
            chosen = without_support(seen.heights.reshape(chosen.shape), chosen)
        return _free_standing(samples, surface, chosen)
    return measure_standing(seen, samples, own, floor, how)


def _usable(
    region: Region, samples: Samples, measured_here: np.ndarray, noise_per_m: float
) -> np.ndarray:
    """The region's samples (R, C) with depth, where there is noise without a mask's border."""
    usable = samples.inside & measured_here
    if region.mask is None or noise_per_m <= _NOISY_PER_M:
        return usable
    inner = eroded(region.mask, samples) & usable
    enough = np.count_nonzero(inner) > max(_LEAST_SAMPLES, 0.3 * np.count_nonzero(usable))
    return inner if enough else usable


def _mask(samples: Samples, places: np.ndarray) -> np.ndarray:
    """Samples (R, C) by their places (K,) in the flat window."""
    chosen = np.zeros(samples.z.size, dtype=bool)
    chosen[places] = True
    return chosen.reshape(samples.z.shape)


def _free_standing(samples: Samples, surface: Surface, own: np.ndarray) -> Measured:
    points = samples.directions / surface.inverse_z[..., None]
    return free_standing(points, samples, own, surface.noise_per_m)
