# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A world up to scale, where depth is relative: what stands where, but not in metres.

Which is nearest, what stands in an area, which pallet a transporter should take: none of this asks
for the scale. Measuring works with lengths in metres all the same (a floor has some thickness, a
box some height), so the scale is set to a plausible one: the camera's height at first, then the
length of the pallets, where there are any. No length from such a world is told, unless somebody
says how long the pallets are.
"""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import median, stdev

import numpy as np

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.reasoning.world import SceneWorld
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import NoDepthError
from smolrgpt_ros.scene.relative import shape_of

# Answers of these kinds do not depend on the scale.
SCALE_FREE = frozenset({Category.MCQ, Category.COUNT, Category.BETWEEN})

PLAUSIBLE_CAMERA_HEIGHT_M = 4.0
# The longer side of most pallets: EUR 1, industrial, ISO 6780 and GMA pallets measure 1.2 m.
PALLET_LENGTH_M = 1.2

# Relative standard deviations: of one pallet's measured length, and of the recovered shape.
LENGTH_STDDEV = 0.1
SCALE_STDDEV = 0.03

RELATIVE_NOTE = 'Depth is relative here: the order is measured, not the metres.'


def world_up_to_scale(scene: Scene, pallet_length_m: float | None = None) -> SceneWorld | None:
    """The scene with the shape that its relative depth tells, or None where it tells none.

    Args:
        pallet_length_m: known longer side of the pallets; makes the world metric where any is seen.
    """
    if scene.depth is not None or scene.relative_depth is None:
        return None
    shape = shape_of(scene.relative_depth, scene.camera)
    if shape is None:
        return None
    levels = scene.relative_depth + np.float32(shape.shift)
    unit = PLAUSIBLE_CAMERA_HEIGHT_M / shape.height
    shaped = replace(scene, camera=shape.camera)
    world = SceneWorld(
        replace(shaped, depth=DepthImage(levels, unit)), metric=False, note=RELATIVE_NOTE
    )
    lengths = _pallet_lengths(world)
    if not lengths:
        return world
    unit *= (pallet_length_m or PALLET_LENGTH_M) / median(lengths)
    scaled = replace(shaped, depth=DepthImage(levels, unit))
    if pallet_length_m is None:
        return SceneWorld(scaled, metric=False, note=RELATIVE_NOTE)
    spread = stdev(lengths) / median(lengths) if len(lengths) > 1 else LENGTH_STDDEV
    return SceneWorld(
        scaled,
        scale_stddev=math.hypot(SCALE_STDDEV, spread / math.sqrt(len(lengths))),
        note=f'Depth is relative; the scale is that of pallets {pallet_length_m:g} m long.',
    )


def _pallet_lengths(world: SceneWorld) -> list[float]:
    lengths = []
    for region, kind in enumerate(world.kinds):
        if kind == 'pallet' and not world.is_cut(region):
            try:
                lengths.append(float(world.measured(region).size[:2].max()))
            except NoDepthError:
                continue
    return lengths
