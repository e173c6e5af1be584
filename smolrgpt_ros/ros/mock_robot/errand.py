# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Random errands: a hall, where the robot starts, and which pallet belongs into which buffer.

The right pallet is the benchmark's: the closest to the empty transporter, of all pallets of the
hall, that no transporter carries (`warehouse.truth`). An errand is drawn so that it has one answer
and can be done: the hall has exactly one empty transporter; from the start the picture shows it,
the right pallet and the whole buffer; the second closest pallet of the hall is farther by the
benchmark's margin for 'nearest' (a fifth and 0.4 m); and there is a way to the pallet and to a free
place in the buffer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.ros.mock_robot.body import (
    CAMERA_VIEW,
    LOADED_RADIUS_M,
    RADIUS_M,
    REACH_M,
    Stand,
)
from smolrgpt_ros.ros.mock_robot.hall import Hall, placed
from smolrgpt_ros.ros.mock_robot.route import RouteError, plan_route
from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.warehouse import truth
from smolrgpt_ros.warehouse.drive import CELL_M
from smolrgpt_ros.warehouse.layout import footprints_overlap, generate_world
from smolrgpt_ros.warehouse.render import render
from smolrgpt_ros.warehouse.shown import NEAREST_FACTOR, NEAREST_MARGIN_M, Shown, View
from smolrgpt_ros.warehouse.viewpoint import make_camera
from smolrgpt_ros.warehouse.world import Thing, World

_POSES_TRIED, _RENDERED = 400, 6
_HALLS_TRIED = 60
_START_CLEARANCE_M = 0.6
_NEAREST_M, _FARTHEST_M = 2.4, 10.0
# From where the robot looks at a pallet before the fork reaches for it.
STAGING_M = 1.7
_SLOT_INSET_M, _SLOT_CLEARANCE_M = 0.45, 0.3


@dataclass(frozen=True, eq=False)
class Errand:
    """What is to be fetched, and where it is to be brought.

    Attributes:
        pallet_id: the right one, by truth; whoever does the errand has to find it out.
    """

    seed: int
    world: World
    start: Stand
    transporter_id: str
    pallet_id: str
    buffer_id: str


class NoErrandError(ValueError):
    """No hall of a seed has an errand with one answer that can be done."""


def mock_camera(width: int = 320, height: int = 240) -> Camera:
    """The robot's camera."""
    return make_camera(width, height, CAMERA_VIEW)


def draw_errand(seed: int) -> Errand:
    """The errand of a seed, the same everywhere. Raises NoErrandError."""
    for attempt in range(_HALLS_TRIED):
        rng = np.random.default_rng([seed, attempt, 11])
        world = generate_world(int(rng.integers(2**31 - 1)))
        found = next(_errands(seed, world, rng), None)
        if found is not None:
            return found
    raise NoErrandError(f'none of {_HALLS_TRIED} halls of seed {seed} has an errand')


def _errands(seed: int, world: World, rng: np.random.Generator) -> Iterator[Errand]:
    hall = Hall(world)
    empty = [t for t in world.of_class('transporter') if truth.is_empty(world, t)]
    # 'The empty transporter' is the same from wherever the robot looks.
    for transporter in empty if len(empty) == 1 else ():
        pallet = _clearly_nearest(world, transporter)
        if pallet is None:
            continue
        buffers = [b for b in world.of_class('buffer') if not truth.is_inside(pallet, b)]
        for buffer in (buffers[i] for i in rng.permutation(len(buffers))):
            for start in _starts(hall, rng, (transporter, pallet, buffer)):
                if _shows_all(world, start, transporter, pallet, buffer):
                    if _can_be_done(hall, start, pallet, buffer):
                        yield Errand(seed, world, start, transporter.id, pallet.id, buffer.id)
                    break


def _clearly_nearest(world: World, transporter: Thing) -> Thing | None:
    """The pallet to pick up, where no other one is nearly as close."""
    pallets = world.of_class('pallet')
    best = truth.pallet_to_pick_up(pallets, transporter)
    if best is None:
        return None
    others = [p for p in pallets if not p.carried_by and p is not pallets[best]]
    for axes in (2, 3):
        nearest = math.dist(pallets[best].centre[:axes], transporter.centre[:axes])
        limit = max(NEAREST_FACTOR * nearest, nearest + NEAREST_MARGIN_M)
        if any(math.dist(p.centre[:axes], transporter.centre[:axes]) < limit for p in others):
            return None
    return pallets[best]


def _starts(hall: Hall, rng: np.random.Generator, wanted: tuple[Thing, ...]) -> Iterator[Stand]:
    """Free places from which everything wanted lies in the picture; at most a few."""
    camera, clearance = mock_camera(), hall.clearance_m
    free = np.argwhere(clearance > _START_CLEARANCE_M)
    if not len(free):
        return
    aim = np.mean([thing.centre[:2] for thing in wanted], axis=0)
    found = 0
    for row, column in free[rng.integers(len(free), size=_POSES_TRIED)]:
        x, y = (column + 0.5) * CELL_M, (row + 0.5) * CELL_M
        heading = math.atan2(aim[1] - y, aim[0] - x) + float(rng.normal(0.0, 0.15))
        start = Stand(float(x), float(y), heading)
        if all(_in_picture(thing, start, camera) for thing in wanted):
            yield start
            found += 1
            if found == _RENDERED:
                return


def _in_picture(thing: Thing, start: Stand, camera: Camera) -> bool:
    points = start.map_from_camera.inverse().apply(thing.corners)
    ahead = float(np.linalg.norm(np.subtract(thing.centre[:2], (start.x, start.y))))
    if (points[:, 2] < 0.5).any() or not _NEAREST_M < ahead < _FARTHEST_M:
        return False
    u = camera.fx * points[:, 0] / points[:, 2] + camera.cx
    v = camera.fy * points[:, 1] / points[:, 2] + camera.cy
    return bool(
        (u > 2).all()
        and (u < camera.width - 3).all()
        and (v > 2).all()
        and (v < camera.height - 3).all()
    )


def _shows_all(
    world: World, start: Stand, transporter: Thing, pallet: Thing, buffer: Thing
) -> bool:
    """Whether the picture tells which transporter is empty, and shows the three well."""
    frame = render(world, mock_camera(), start.map_from_camera)
    view = View(frame)
    shown = {s.thing.id: s for s in view.shown if s.measurable}
    if not all(thing.id in shown for thing in (transporter, pallet, buffer)):
        return False
    return all(
        _clearly_loaded(world, frame.world.things[index], shown)
        for index in _detected(view)
        if frame.world.things[index].id != transporter.id
        and (
            frame.world.things[index].class_id == 'transporter'
            or frame.world.things[index].carried_by
        )
    )


def _detected(view: View) -> list[int]:
    least = 20  # pixels: what the detector reports at this size
    return [i for i, area in enumerate(view.frame.areas_px) if area >= least]


def _clearly_loaded(world: World, thing: Thing, shown: dict[str, Shown]) -> bool:
    """Whether both a carrier and its load are seen well."""
    if thing.class_id == 'transporter':
        load = next((t for t in world.things if t.carried_by == thing.id), None)
        return load is not None and thing.id in shown and load.id in shown
    return thing.id in shown and thing.carried_by in shown


def _can_be_done(hall: Hall, start: Stand, pallet: Thing, buffer: Thing) -> bool:
    """Whether a way leads to a side of the pallet, and from there to a place in the buffer."""
    for dock in _docks(pallet):
        back = Stand(*dock.ahead(REACH_M - STAGING_M), dock.yaw)
        try:
            plan_route(hall.clearance_m, start, back, RADIUS_M)
            plan_route(hall.clearance_m, back, dock, RADIUS_M)
        except RouteError:
            continue
        lifted = Hall(hall.world(start))
        lifted.lift(dock)
        return any(
            _reachable(lifted, dock, place) for place in _places(lifted, dock, pallet, buffer)
        )
    return False


def _docks(pallet: Thing) -> Iterator[Stand]:
    """Where the base stands when the fork takes the pallet, from each side."""
    for quarter in range(4):
        yaw = pallet.yaw + quarter * math.pi / 2.0
        reach = REACH_M + pallet.size[quarter % 2] / 2.0
        x, y, _ = pallet.centre
        yield Stand(x - reach * math.cos(yaw), y - reach * math.sin(yaw), yaw)


def _places(hall: Hall, dock: Stand, pallet: Thing, buffer: Thing) -> Iterator[Stand]:
    """Where the base may stand to set the pallet down in a free place of the buffer."""
    half = np.array(buffer.size[:2]) / 2.0 - _SLOT_INSET_M
    if (half <= 0.0).any():
        return
    solid = [t for t in hall.world(dock).things if t.class_id != 'buffer' and t.id != pallet.id]
    quarter = round((pallet.yaw - dock.yaw) / (math.pi / 2.0))
    reach = REACH_M + pallet.size[quarter % 2] / 2.0
    for along in np.arange(-half[0], half[0] + 1e-6, 0.4):
        for across in np.arange(-half[1], half[1] + 1e-6, 0.4):
            x, y = np.array(buffer.centre[:2]) + buffer.rotation[:2, :2] @ (along, across)
            for turn in range(4):
                yaw = buffer.yaw + turn * math.pi / 2.0
                down = placed(pallet, x, y, yaw + pallet.yaw - dock.yaw, 0.0)
                if not any(footprints_overlap(down, t, _SLOT_CLEARANCE_M) for t in solid):
                    yield Stand(x - reach * math.cos(yaw), y - reach * math.sin(yaw), yaw)


def _reachable(hall: Hall, start: Stand, place: Stand) -> bool:
    try:
        plan_route(hall.clearance_m, start, place, LOADED_RADIUS_M)
    except RouteError:
        return False
    return True
