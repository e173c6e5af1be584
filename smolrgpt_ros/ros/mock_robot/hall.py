# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The warehouse around the robot, which changes: a pallet is lifted, carried, set down."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property

import numpy as np

from smolrgpt_ros.ros.mock_robot.body import (
    LIFT_M,
    REACH_M,
    REACH_TOLERANCE_M,
    SIDE_TOLERANCE_M,
    YAW_TOLERANCE,
    Stand,
)
from smolrgpt_ros.warehouse.drive import clearance_map
from smolrgpt_ros.warehouse.layout import footprints_overlap
from smolrgpt_ros.warehouse.truth import is_inside
from smolrgpt_ros.warehouse.world import Thing, World

ROBOT = 'robot'
"""What carries a lifted pallet, as `Thing.carried_by` says it."""
_SET_DOWN_CLEARANCE_M = 0.02


class ForkError(ValueError):
    """The fork cannot do what it was asked for; the message says why."""


class Hall:
    """A world and what the robot has done to it. Not thread-safe."""

    def __init__(self, world: World):
        """Begin with a world and an empty fork."""
        self._size, self._seed = world.size, world.seed
        self._things = {id_or(thing, place): thing for place, thing in enumerate(world.things)}
        self._carried = ''
        # How the load lies on the fork: the yaw of the load in the base's frame.
        self._load_yaw = 0.0

    @property
    def carried(self) -> str:
        """Id of the load, '' where the fork is empty."""
        return self._carried

    def world(self, robot: Stand) -> World:
        """The world as it is, the load where the robot is."""
        if self._carried:
            load = self._things[self._carried]
            self._things[self._carried] = placed(
                load, robot.x, robot.y, robot.yaw + self._load_yaw, LIFT_M
            )
            self._forget()
        return self._standing

    @cached_property
    def _standing(self) -> World:
        return World(tuple(self._things.values()), self._size, self._seed)

    @cached_property
    def clearance_m(self) -> np.ndarray:
        """(Y, X) metres from each cell of floor to what stands on it; the load is no obstacle."""
        standing = tuple(thing for thing in self._things.values() if thing.carried_by != ROBOT)
        return clearance_map(World(standing, self._size, self._seed))

    def _forget(self) -> None:
        vars(self).pop('_standing', None)

    def lift(self, robot: Stand) -> str:
        """Take what stands before the fork; returns its id. Raises ForkError."""
        if self._carried:
            raise ForkError(f'the fork holds {self._carried} already; set it down first')
        nearest = min(
            (thing for thing in self._things.values() if thing.class_id == 'pallet'),
            key=lambda thing: math.hypot(*np.subtract(robot.ahead(REACH_M), thing.centre[:2])),
            default=None,
        )
        if nearest is None:
            raise ForkError('there is no pallet in this hall')
        if nearest.carried_by:
            raise ForkError(f'{nearest.id} stands on {nearest.carried_by}, not on the floor')
        side, ahead, left, skew = _alignment(robot, nearest)
        gap_m = ahead - side / 2.0
        if abs(gap_m - REACH_M) > REACH_TOLERANCE_M:
            raise ForkError(
                f'the near side of {nearest.id} is {gap_m:.2f} m ahead; the fork takes what '
                f'stands {REACH_M:g} +- {REACH_TOLERANCE_M:g} m ahead'
            )
        if abs(left) > SIDE_TOLERANCE_M:
            raise ForkError(
                f'{nearest.id} stands {abs(left):.2f} m to the {"left" if left > 0 else "right"} '
                f'of the fork; it takes what is at most {SIDE_TOLERANCE_M:g} m off'
            )
        if abs(skew) > YAW_TOLERANCE:
            raise ForkError(
                f'{nearest.id} is turned by {math.degrees(skew):.0f} degrees to the fork; it '
                f'takes at most {math.degrees(YAW_TOLERANCE):.0f}'
            )
        self._carried, self._load_yaw = nearest.id, nearest.yaw - robot.yaw
        self._things[nearest.id] = replace(nearest, carried_by=ROBOT)
        self._forget()
        vars(self).pop('clearance_m', None)
        return nearest.id

    def set_down(self, robot: Stand) -> str:
        """Put the load on the floor before the fork; returns its id. Raises ForkError."""
        if not self._carried:
            raise ForkError('the fork is empty; there is nothing to set down')
        load = self._things[self._carried]
        side, *_ = _alignment(Stand(0.0, 0.0, 0.0), replace(load, yaw=self._load_yaw))
        x, y = robot.ahead(REACH_M + side / 2.0)
        down = replace(placed(load, x, y, robot.yaw + self._load_yaw, 0.0), carried_by='')
        corners = down.footprint
        if corners.min() < 0.0 or (corners > np.array(self._size[:2])).any():
            raise ForkError(f'{load.id} would stand in the wall at ({x:.2f}, {y:.2f}) m')
        for other in self._things.values():
            solid = other.class_id != 'buffer' and other.carried_by in ('', ROBOT)
            if (
                solid
                and other.id != load.id
                and footprints_overlap(down, other, _SET_DOWN_CLEARANCE_M)
            ):
                raise ForkError(
                    f'{other.id or "something"} stands where {load.id} would be set down, at '
                    f'({x:.2f}, {y:.2f}) m'
                )
        self._things[load.id], self._carried = down, ''
        self._forget()
        vars(self).pop('clearance_m', None)
        return load.id

    def pallets_in(self, buffer_id: str) -> list[str]:
        """Ids of the pallets that stand in a buffer. Raises KeyError."""
        buffer = self._things[buffer_id]
        pallets = (thing for thing in self._things.values() if thing.class_id == 'pallet')
        return [pallet.id for pallet in pallets if is_inside(pallet, buffer)]


def id_or(thing: Thing, place: int) -> str:
    """The thing's id; clutter has none and is told apart by its place."""
    return thing.id or f'#{place}'


def _alignment(robot: Stand, load: Thing) -> tuple[float, float, float, float]:
    """Extent of a load along the fork, metres; its centre ahead and to the left; its skew."""
    quarter = round((load.yaw - robot.yaw) / (math.pi / 2.0))
    skew = load.yaw - robot.yaw - quarter * math.pi / 2.0
    along = load.size[quarter % 2]
    return along, *robot.to_local(*load.centre[:2]), skew


def placed(thing: Thing, x: float, y: float, yaw: float, bottom_m: float) -> Thing:
    """The same thing elsewhere: its centre over (x, y), turned to `yaw`, its foot at a height."""
    turn = yaw - thing.yaw
    c, s = math.cos(turn), math.sin(turn)
    old = np.array(thing.centre)
    new = np.array([x, y, bottom_m + thing.size[2] / 2.0])

    def moved(centre: tuple[float, float, float]) -> tuple[float, float, float]:
        dx, dy, dz = np.subtract(centre, old)
        return (
            float(new[0] + c * dx - s * dy),
            float(new[1] + s * dx + c * dy),
            float(new[2] + dz),
        )

    return replace(
        thing,
        centre=(float(x), float(y), float(new[2])),
        yaw=yaw,
        cuboids=tuple(
            replace(part, centre=moved(part.centre), yaw=part.yaw + turn) for part in thing.cuboids
        ),
        ellipsoids=tuple(
            replace(part, centre=moved(part.centre), yaw=part.yaw + turn)
            for part in thing.ellipsoids
        ),
    )
