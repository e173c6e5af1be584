# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the right answers are: the benchmark's definitions on true poses.

left_right, leftmost, rightmost, middle: order across the picture. Distance: centre to centre of the
3-D boxes, exactly 0 for an object inside the buffer it is measured to. Inside a buffer: not
carried, and the centre of its footprint lies in the rectangle. The pallet to pick up: the closest
to the empty transporter that no transporter carries.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from smolrgpt_ros.warehouse.world import Thing, World


def is_inside(thing: Thing, buffer: Thing) -> bool:
    """Whether a thing stands in a buffer."""
    return (
        buffer.class_id == 'buffer'
        and thing.class_id not in ('buffer', 'shelf', '')
        and not thing.carried_by
        and buffer.inset_m(thing.centre) > 0.0
    )


def true_distance_m(a: Thing, b: Thing) -> float:
    """Metres from centre to centre; 0 where one stands in the other."""
    if is_inside(a, b) or is_inside(b, a):
        return 0.0
    return float(np.linalg.norm(np.subtract(a.centre, b.centre)))


def is_empty(world: World, transporter: Thing) -> bool:
    """Whether no pallet stands on a transporter."""
    return all(thing.carried_by != transporter.id for thing in world.things)


def count_inside(pallets: Sequence[Thing], buffer: Thing) -> int:
    """How many of the pallets stand in the buffer."""
    return sum(is_inside(pallet, buffer) for pallet in pallets)


def nearest(candidates: Sequence[Thing], landmark: Thing) -> int:
    """Return the position of the candidate closest, by centres, to the landmark."""
    if not candidates:
        raise ValueError('no candidates to choose the nearest from')
    reach = [math.dist(candidate.centre, landmark.centre) for candidate in candidates]
    return reach.index(min(reach))


def pallet_to_pick_up(pallets: Sequence[Thing], transporter: Thing) -> int | None:
    """Position of the closest pallet that nobody carries; None where all are carried."""
    free = [position for position, pallet in enumerate(pallets) if not pallet.carried_by]
    return free[nearest([pallets[p] for p in free], transporter)] if free else None
