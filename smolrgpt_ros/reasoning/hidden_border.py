# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Areas that go on beneath what stands on them.

Of a painted area only that part is seen which nothing hides, and a border that ends at a pallet's
foot is the pallet's, not the area's: the area's own border lies somewhere beneath or behind it.
Things are stored in areas rather than on their borders, so such a pallet is taken to stand in the
area.
"""

from __future__ import annotations

import math

import numpy as np

from smolrgpt_ros.reasoning.polygon import Point, Polygon, extent_along
from smolrgpt_ros.reasoning.seen_floor import floor_seen
from smolrgpt_ros.scene.frame import Scene

# The thing's foot must reach to the border as closely as borders are measured.
TOUCHING_M = 0.1
# Outside the border, past its paint, and so far beneath a pallet's deck that its front stands above
# what counts as floor.
OUTSIDE_M = 0.2
PLACES = 16
HIDDEN_SHARE = 0.85
HIDDEN_BORDER_CONFIDENCE = 0.8


def goes_on_beneath(scene: Scene, area: Polygon, thing: Polygon, centre: Point, eye: Point) -> bool:
    """Whether an area may reach beneath a thing whose centre lies outside its seen part.

    True where the thing touches each border that its centre lies beyond, and no floor is seen along
    the outside of that border. A border on the viewer's side does not count: what stands before an
    area hides its border without touching it.
    """
    beyond = False
    for (x0, y0), (x1, y1) in zip(area, (*area[1:], *area[:1]), strict=True):
        length_m = math.hypot(x1 - x0, y1 - y0)
        if length_m < 1e-6:
            continue
        along = ((x1 - x0) / length_m, (y1 - y0) / length_m)
        outwards = (along[1], -along[0])
        border_m = x0 * outwards[0] + y0 * outwards[1]
        if centre[0] * outwards[0] + centre[1] * outwards[1] <= border_m:
            continue
        beyond = True
        aside_m = (centre[0] - x0) * along[0] + (centre[1] - y0) * along[1]
        if not 0.0 <= aside_m <= length_m:
            return False
        if extent_along(thing, outwards)[0] - border_m > TOUCHING_M:
            return False
        if _faces(outwards, (0.5 * (x0 + x1), 0.5 * (y0 + y1)), eye):
            return False
        steps = (np.arange(PLACES) + 0.5)[:, None] / PLACES * np.array([x1 - x0, y1 - y0])
        places = np.array([x0, y0]) + steps + OUTSIDE_M * np.array(outwards)
        if 1.0 - float(floor_seen(scene, places).mean()) < HIDDEN_SHARE:
            return False
    return beyond


def _faces(outwards: Point, place: Point, eye: Point) -> bool:
    """Whether a border is turned towards the eye (by less than 60 degrees)."""
    dx, dy = eye[0] - place[0], eye[1] - place[1]
    distance_m = math.hypot(dx, dy)
    return outwards[0] * dx + outwards[1] * dy > 0.5 * distance_m
