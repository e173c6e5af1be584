# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Areas painted on the floor: buffers, zones. Their outline meets the floor, so that no depth is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smolrgpt_ros.scene.measured import Floor, Measured
from smolrgpt_ros.scene.rectangle import smallest_rectangle
from smolrgpt_ros.scene.samples import Samples

if TYPE_CHECKING:
    from smolrgpt_ros.scene.frame import Scene
    from smolrgpt_ros.scene.region import Region

AREA_CLASSES = frozenset({'buffer', 'zone', 'area'})
_FLAT_SHARE = 0.9


def is_painted_area(region: Region, samples: Samples, floor: Floor, noise_per_m: float) -> bool:
    """Whether a region is part of the floor: by its class, or, without one, since its mask lies flat on it."""
    if region.class_id:
        return region.class_id in AREA_CLASSES
    if region.mask is None:
        return False
    usable = samples.inside & np.isfinite(samples.z)
    if np.count_nonzero(usable) < 20:
        return False
    inverse_z = 1.0 / samples.z[usable]
    inverse_floor = samples.directions[usable] @ (-floor.normal / floor.offset_m)
    band = 3.0 * noise_per_m + 0.05 / floor.offset_m * inverse_z
    return float(np.mean(np.abs(inverse_z - inverse_floor) < band)) > _FLAT_SHARE


def measure_painted(
    region: Region, samples: Samples, scene: Scene, floor: Floor
) -> Measured | None:
    """The painted rectangle; None where its rays do not meet the floor."""
    from smolrgpt_ros.scene.standing import boxed

    plan = floor.hit(samples.directions[samples.inside])
    plan = plan[np.isfinite(plan).all(axis=1)]
    if len(plan) < 8:
        return None
    rectangle = smallest_rectangle(plan)
    return boxed(rectangle, 0.0, 0.0, floor, np.full(3, 0.05), len(plan))
