# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is true of a region, as numbers: what its tokens are asked to hold.

Known of rendered scenes only. All are of the size of one, so that none outweighs the others.
"""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.warehouse import truth
from smolrgpt_ros.warehouse.shown import View

CLASSES = ('pallet', 'buffer', 'transporter', 'shelf', 'person')
#: metres that count as one
PLACE_M, EXTENT_M = 5.0, 1.0
_EXTENT = np.triu_indices(3)
#: numbers of a region: centre, place across the picture, extent, class, load, buffer
FACTS = 3 + 1 + len(_EXTENT[0]) + len(CLASSES) + 1 + 1 + 3
#: which of them are yes (1) or no (0)
FACTS_THAT_ARE_FLAGS = tuple(10 <= number < 17 for number in range(FACTS))


def region_facts(view: View, index: int) -> np.ndarray:
    """(FACTS,) float32 of thing `index` of the view's world; NaN where nothing can be told.

    In order: centre of the 3-D box in the camera frame (x right, y down, z ahead, in `PLACE_M`);
    where that lies across the picture (-1 left border, 1 right); its half sizes along their axes as
    the symmetric matrix sum of h a a^T (upper triangle, in `EXTENT_M`, camera frame), which is the
    same for a box and the same box turned by half a turn; class, one of `CLASSES`; whether a
    pallet is carried or a transporter loaded; whether it stands in a buffer, and that one's centre.
    """
    frame = view.frame
    world, thing = frame.world, frame.world.things[index]
    facts = np.full(FACTS, np.nan, np.float32)
    centre = frame.centre_camera(thing)
    facts[:3] = centre / PLACE_M
    if centre[2] > 0.0:
        camera = frame.camera
        column = camera.cx + camera.fx * centre[0] / centre[2]
        facts[3] = np.clip(2.0 * column / camera.width - 1.0, -1.0, 1.0)
    axes = frame.world_from_camera.rotation.T @ thing.rotation
    spread = (axes * (np.array(thing.size) / 2.0)) @ axes.T
    facts[4:10] = spread[_EXTENT] / EXTENT_M
    facts[10:15] = [float(thing.class_id == name) for name in CLASSES]
    if thing.class_id == 'pallet':
        facts[15] = float(bool(thing.carried_by))
    elif thing.class_id == 'transporter':
        facts[15] = float(not truth.is_empty(world, thing))
    if thing.class_id in ('pallet', 'transporter'):
        around = next((b for b in world.of_class('buffer') if truth.is_inside(thing, b)), None)
        facts[16] = float(around is not None)
        if around is not None:
            facts[17:20] = frame.centre_camera(around) / PLACE_M
    return facts
