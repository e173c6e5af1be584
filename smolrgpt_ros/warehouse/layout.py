# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where everything stands: racks along the walls, buffers in the middle, aisles between."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from smolrgpt_ros.warehouse import objects
from smolrgpt_ros.warehouse.world import Thing, World

# A pallet's footprint centre keeps this distance to every buffer's border, so that inside is never
# a coin toss.
INSIDE_MARGIN_M = 0.22
_CLEARANCE_M = 0.12
_WALL_M = 0.75


def footprints_overlap(a: Thing, b: Thing, clearance_m: float = 0.0) -> bool:
    """Whether two oriented rectangles come closer than `clearance_m` (separating axes of both)."""
    reach = (math.hypot(*a.size[:2]) + math.hypot(*b.size[:2])) / 2.0 + 2.0 * clearance_m
    if math.hypot(a.centre[0] - b.centre[0], a.centre[1] - b.centre[1]) > reach:
        return False
    return not (_separated(a, b, clearance_m) or _separated(b, a, clearance_m))


def _separated(one: Thing, other: Thing, clearance_m: float) -> bool:
    """Whether an axis of `one` parts the rectangles; in plain floats, asked very often."""
    cos, sin = math.cos(one.yaw), math.sin(one.yaw)
    dx, dy = other.centre[0] - one.centre[0], other.centre[1] - one.centre[1]
    turned_cos, turned_sin = math.cos(other.yaw - one.yaw), math.sin(other.yaw - one.yaw)
    along, across = other.size[0] / 2.0, other.size[1] / 2.0
    reach_x = abs(turned_cos) * along + abs(turned_sin) * across
    reach_y = abs(turned_sin) * along + abs(turned_cos) * across
    return (
        abs(cos * dx + sin * dy) - reach_x >= one.size[0] / 2.0 + clearance_m
        or abs(cos * dy - sin * dx) - reach_y >= one.size[1] / 2.0 + clearance_m
    )


class _Floor:
    """Things placed so far; refuses what would stand in another."""

    def __init__(self, size: tuple[float, float, float]):
        self.size = size
        self.things: list[Thing] = []
        self.counts: dict[str, int] = {}

    def next_id(self, class_id: str) -> str:
        self.counts[class_id] = self.counts.get(class_id, 0) + 1
        return f'{class_id}_{self.counts[class_id]}'

    def free(self, thing: Thing, clearance_m: float = _CLEARANCE_M) -> bool:
        cos, sin = abs(math.cos(thing.yaw)), abs(math.sin(thing.yaw))
        along, across = thing.size[0] / 2.0, thing.size[1] / 2.0
        for axis, reach in ((0, cos * along + sin * across), (1, sin * along + cos * across)):
            low, high = thing.centre[axis] - reach, thing.centre[axis] + reach
            if low < 0.05 or high > self.size[axis] - 0.05:
                return False
        solid = (t for t in self.things if t.class_id != 'buffer' and not t.carried_by)
        return not any(footprints_overlap(thing, other, clearance_m) for other in solid)

    def buffers(self) -> list[Thing]:
        return [thing for thing in self.things if thing.class_id == 'buffer']


def _racks(floor: _Floor, rng: np.random.Generator) -> None:
    length, width, _ = floor.size
    walls = [('left', 0.8), ('right', 0.8), ('end', 0.7), ('start', 0.4)]
    for wall, chance in walls:
        if rng.random() > chance:
            continue
        span = length if wall in ('left', 'right') else width
        place = float(rng.uniform(1.8, 2.8))
        levels = int(rng.integers(2, 4))
        while place + 3.0 < span - 1.5:
            if rng.random() < 0.72:
                x, y, yaw = {
                    'left': (place + 1.35, width - _WALL_M, 0.0),
                    'right': (place + 1.35, _WALL_M, 0.0),
                    'end': (length - _WALL_M, place + 1.35, np.pi / 2),
                    'start': (_WALL_M, place + 1.35, np.pi / 2),
                }[wall]
                shelf = objects.build_shelf(
                    f'shelf_{floor.counts.get("shelf", 0) + 1}', x, y, yaw, rng, levels=levels
                )
                if floor.free(shelf, 0.05):
                    floor.next_id('shelf')
                    floor.things.append(shelf)
            place += 2.7 + float(rng.choice([0.06, 0.06, 1.2]))


def _buffers(floor: _Floor, rng: np.random.Generator) -> None:
    """Two or three rows of one to three rectangles, side by side, a common small turn."""
    length, width, _ = floor.size
    rows, columns = int(rng.integers(2, 4)), int(rng.integers(1, 4))
    x_edges = np.linspace(2.6, length - 2.6, rows + 1)
    y_edges = np.linspace(2.4, width - 2.4, columns + 1)
    turn = float(rng.uniform(-0.06, 0.06))
    for i in range(rows):
        for j in range(columns):
            if rng.random() < 0.12 and len(floor.buffers()) >= 2:
                continue
            cell = np.array([x_edges[i + 1] - x_edges[i], y_edges[j + 1] - y_edges[j]])
            size = np.clip(cell - rng.uniform(1.3, 2.2, 2), 2.0, [3.4, 6.0])
            if (size > cell - 0.5).any():
                continue
            middle = np.array([x_edges[i], y_edges[j]]) + cell / 2.0 + rng.uniform(-0.15, 0.15, 2)
            buffer = objects.build_buffer(
                f'buffer_{floor.counts.get("buffer", 0) + 1}',
                float(middle[0]),
                float(middle[1]),
                turn,
                float(size[0]),
                float(size[1]),
            )
            if all(not footprints_overlap(buffer, other, 0.3) for other in floor.things):
                floor.next_id('buffer')
                floor.things.append(buffer)


def _clear_of_borders(point: np.ndarray, buffers: list[Thing]) -> bool:
    return all(abs(buffer.inset_m(point)) >= INSIDE_MARGIN_M for buffer in buffers)


def _stored_pallets(floor: _Floor, rng: np.random.Generator) -> None:
    """Pallets in the buffers: most clear of the tape, some across it."""
    for buffer in floor.buffers():
        for _ in range(int(rng.integers(0, 5))):
            for _ in range(12):
                straddle = rng.random() < 0.15
                half = np.array(buffer.size[:2]) / 2.0 - (INSIDE_MARGIN_M if straddle else 0.72)
                if (half <= 0).any():
                    continue
                local = rng.uniform(-half, half)
                x, y = np.array(buffer.centre[:2]) + buffer.rotation[:2, :2] @ local
                yaw = buffer.yaw + float(rng.choice([0.0, np.pi / 2])) + float(rng.normal(0, 0.05))
                pallet = objects.build_pallet(
                    f'pallet_{floor.counts.get("pallet", 0) + 1}', x, y, yaw, rng
                )
                if floor.free(pallet):
                    floor.next_id('pallet')
                    floor.things.append(pallet)
                    break


def _scatter(
    floor: _Floor,
    rng: np.random.Generator,
    class_id: str,
    count: int,
    build: Callable[[str, float, float, float, np.random.Generator], Thing],
    *,
    outside: bool,
    clearance_m: float = _CLEARANCE_M,
) -> list[Thing]:
    """`count` things at free places; `outside` keeps the whole footprint off the buffers."""
    placed: list[Thing] = []
    length, width, _ = floor.size
    for _ in range(count):
        for _ in range(40):
            x, y = rng.uniform((1.9, 1.9), (length - 1.9, width - 1.9))
            yaw = float(rng.choice(np.arange(4)) * np.pi / 2 + rng.normal(0, 0.15))
            thing = build(
                f'{class_id}_{floor.counts.get(class_id, 0) + 1}' if class_id else '',
                x,
                y,
                yaw,
                rng,
            )
            clear = _clear_of_borders(np.array([x, y]), floor.buffers())
            if outside:
                clear = not any(
                    footprints_overlap(thing, buffer, 0.05) for buffer in floor.buffers()
                )
            if clear and floor.free(thing, clearance_m):
                if class_id:
                    floor.next_id(class_id)
                floor.things.append(thing)
                placed.append(thing)
                break
    return placed


def generate_world(seed: int, *, loaded_share: float = 0.5) -> World:
    """Lay out the hall of a seed: the same seed gives the same hall everywhere.

    Args:
        loaded_share: how often a transporter carries a pallet.
    """
    rng = np.random.default_rng([seed, 1])
    size = (
        float(rng.uniform(14.0, 19.0)),
        float(rng.uniform(12.0, 17.0)),
        float(rng.uniform(9.0, 10.5)),
    )
    floor = _Floor(size)
    _racks(floor, rng)
    _buffers(floor, rng)
    for x in (0.2, size[0] - 0.2):
        for y in (0.2, size[1] - 0.2):
            floor.things.append(objects.build_pillar(x, y, size[2]))
    _stored_pallets(floor, rng)
    for transporter in _scatter(
        floor,
        rng,
        'transporter',
        int(rng.integers(2, 5)),
        objects.build_transporter,
        outside=True,
        clearance_m=0.3,
    ):
        if rng.random() < loaded_share:
            floor.things.append(objects.load_of(transporter, floor.next_id('pallet'), rng))
    _scatter(floor, rng, 'pallet', int(rng.integers(2, 6)), objects.build_pallet, outside=False)
    _scatter(
        floor,
        rng,
        'person',
        int(rng.integers(0, 4)),
        objects.build_person,
        outside=False,
        clearance_m=0.2,
    )
    _scatter(floor, rng, '', int(rng.integers(0, 3)), objects.build_table, outside=True)
    return World(tuple(floor.things), size, seed)
