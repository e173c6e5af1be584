# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where a robot can stand to pick an object up: its four sides, and which of them have room.

The floor that the robot needs on a side is the lane from the object's edge to the robot's back. It
is looked at as `room` looks at the floor beside an object: in square cells, seen free where depth
shows the floor, occupied where something rises from it. What a robot cannot see it must not drive
onto, so that a lane with hidden floor is told from a free one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np

from smolrgpt_ros.reasoning.polygon import Point, clip, signed_area
from smolrgpt_ros.reasoning.room import CELL_M, OBSTACLE_SAMPLES, UNSEEN_MOST, solid_others
from smolrgpt_ros.reasoning.seen_floor import floor_seen, obstacle_points
from smolrgpt_ros.reasoning.world import SceneWorld

# Footprints of others reach over a lane by less than this where only their errors do.
_TOUCHES_M2 = 0.01
_LONGEST_MARGIN_M = 0.25


class Lane(Enum):
    """Whether the floor on a side is free."""

    FREE = 'free'
    OCCUPIED = 'occupied'
    UNSEEN = 'unseen'


@dataclass(frozen=True)
class Robot:
    """The room a robot takes before an object.

    Attributes:
        standoff_m: from the object's edge to the centre of the robot's base.
        width_m, length_m: of the robot, its centre in the middle.
    """

    standoff_m: float
    width_m: float
    length_m: float


@dataclass(frozen=True, eq=False)
class Side:
    """One side of an object, with a robot before it.

    Attributes:
        base: where the robot's base stands, floor coordinates, metres.
        facing: unit direction in which it looks at the object, floor coordinates.
        lane: whether the floor it needs is free.
        seen: share of that floor that was seen, 0 to 1.
        occupied_by: regions that reach onto it.
        covariance: (3, 3) of base x, base y (floor coordinates, square metres) and direction
            (square radians).
    """

    base: Point
    facing: Point
    lane: Lane
    seen: float
    occupied_by: tuple[int, ...]
    covariance: np.ndarray


def sides(world: SceneWorld, region: int, robot: Robot) -> tuple[Side, ...]:
    """The four sides of a region: free ones first, hidden ones next, then from near to far.

    Raises:
        NoDepthError: the object or the floor cannot be measured.
    """
    measured = world.measured(region)
    centre, floor = world.floor_centre(region), world.floor
    assert floor is not None  # without one there is no centre on it
    length_axis = floor.axes @ measured.rotation[:, 0]
    length_axis = length_axis / np.linalg.norm(length_axis)
    axes = ((length_axis[0], length_axis[1]), (-length_axis[1], length_axis[0]))
    obstacles = obstacle_points(world.scene)
    others = solid_others(world, region)
    found = []
    for axis, size_m in zip(axes, measured.size[:2].tolist(), strict=True):
        for sign in (1.0, -1.0):
            outwards = (sign * float(axis[0]), sign * float(axis[1]))
            found.append(_side(world, region, centre, outwards, size_m, robot, obstacles, others))
    rank = {Lane.FREE: 0, Lane.UNSEEN: 1, Lane.OCCUPIED: 2}
    viewer = world.viewer_on_floor
    return tuple(sorted(found, key=lambda side: (rank[side.lane], math.dist(side.base, viewer))))


def _side(
    world: SceneWorld,
    region: int,
    centre: Point,
    outwards: Point,
    size_m: float,
    robot: Robot,
    obstacles: np.ndarray,
    others: list[tuple[int, tuple[Point, ...]]],
) -> Side:
    reach_m = 0.5 * size_m + robot.standoff_m
    base = (centre[0] + reach_m * outwards[0], centre[1] + reach_m * outwards[1])
    # The object's own points reach past its measured edge by the measurement's error.
    margin_m = min(0.03 + 2.0 * world.floor_stddev_m(region), _LONGEST_MARGIN_M)
    near_m, far_m = 0.5 * size_m + margin_m, reach_m + 0.5 * robot.length_m
    half_m = 0.5 * robot.width_m
    across = (-outwards[1], outwards[0])
    inside = _inside(obstacles, centre, outwards, across, near_m, far_m, half_m)
    occupied_by = tuple(
        other
        for other, footprint in others
        if _overlap_m2(footprint, centre, outwards, across, near_m, far_m, half_m) > _TOUCHES_M2
    )
    cells = _cells(centre, outwards, across, near_m, far_m, half_m)
    seen = floor_seen(world.scene, cells) | _under(cells, world, robot)
    lane = Lane.FREE
    if occupied_by or np.count_nonzero(inside) >= OBSTACLE_SAMPLES:
        lane = Lane.OCCUPIED
    elif (seen.mean(axis=1) < 1.0 - UNSEEN_MOST).any():
        lane = Lane.UNSEEN
    facing = (-outwards[0], -outwards[1])
    return Side(
        base, facing, lane, float(seen.mean()), occupied_by,
        _covariance(world, region, outwards, reach_m),
    )  # fmt: skip


def _cells(
    centre: Point, outwards: Point, across: Point, near_m: float, far_m: float, half_m: float
) -> np.ndarray:
    """Centres (S, C, 2) of a lane's cells, floor coordinates: steps outwards, then across."""
    steps = max(1, math.ceil((far_m - near_m) / CELL_M))
    columns = max(2, math.ceil(2.0 * half_m / CELL_M))
    out = near_m + (far_m - near_m) * (np.arange(steps) + 0.5) / steps
    aside = half_m * (2.0 * (np.arange(columns) + 0.5) / columns - 1.0)
    return (
        np.array(centre)
        + out[:, None, None] * np.array(outwards)
        + aside[None, :, None] * np.array(across)
    )


def _under(cells: np.ndarray, world: SceneWorld, robot: Robot) -> np.ndarray:
    """Which cells (...) the robot itself stands on, so that they are free though it hides them.

    Only where TF tells where it stands: a camera may hang anywhere.
    """
    if world.scene.viewer_camera is None:
        return np.zeros(cells.shape[:-1], dtype=bool)
    # Its heading is not known here: the circle within it, whatever it is.
    radius_m = 0.5 * min(robot.width_m, robot.length_m)
    offset = cells - np.array(world.viewer_on_floor)
    return np.hypot(offset[..., 0], offset[..., 1]) <= radius_m


def _inside(
    points: np.ndarray, centre: Point, outwards: Point, across: Point,
    near_m: float, far_m: float, half_m: float,
) -> np.ndarray:  # fmt: skip
    """Which points (N, 2) lie in a lane."""
    relative = points - np.array(centre)
    out, aside = relative @ np.array(outwards), relative @ np.array(across)
    return (out > near_m) & (out < far_m) & (np.abs(aside) < half_m)


def _overlap_m2(
    footprint: tuple[Point, ...], centre: Point, outwards: Point, across: Point,
    near_m: float, far_m: float, half_m: float,
) -> float:  # fmt: skip
    """Area of a footprint within a lane, square metres."""
    out = outwards[0] * centre[0] + outwards[1] * centre[1]
    aside = across[0] * centre[0] + across[1] * centre[1]
    inside = clip(footprint, outwards, out + near_m)
    inside = clip(inside, (-outwards[0], -outwards[1]), -(out + far_m))
    inside = clip(inside, across, aside - half_m)
    inside = clip(inside, (-across[0], -across[1]), -(aside + half_m))
    return signed_area(inside) if len(inside) > 2 else 0.0


def _covariance(world: SceneWorld, region: int, outwards: Point, reach_m: float) -> np.ndarray:
    """Of a base pose (3, 3), to first order in the object's place and direction.

    ``base = centre + reach * outwards``: an error of the direction turns the base around the
    centre. The direction is as well known as the object's ends are, which err as its centre does,
    independently: ``sqrt(2) sigma / length``.
    """
    measured, floor = world.measured(region), world.floor
    assert floor is not None
    place = floor.axes @ np.diag(np.square(measured.stddev_camera)) @ floor.axes.T
    longest_m = max(float(measured.size[:2].max()), CELL_M)
    turn = 2.0 * (world.floor_stddev_m(region) / longest_m) ** 2
    aside = reach_m * np.array([-outwards[1], outwards[0]])  # of the base, a radian of turn
    covariance = np.empty((3, 3))
    covariance[:2, :2] = place + turn * np.outer(aside, aside)
    covariance[:2, 2] = covariance[2, :2] = turn * aside
    covariance[2, 2] = turn
    return covariance
