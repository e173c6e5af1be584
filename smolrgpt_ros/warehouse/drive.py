# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A camera that moves through a hall: on a robot along free floor, or hanging from a crane."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import ndimage
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.warehouse.viewpoint import Viewpoint, camera_pose
from smolrgpt_ros.warehouse.world import World

CELL_M = 0.10
# The robot's centre stays this far from whatever stands on the floor.
ROBOT_RADIUS_M = 0.40
SPEED_M_S = 0.6
TURN_RAD_S = 0.7
_WAYPOINTS = 6


@dataclass(frozen=True, eq=False)
class Loop:
    """A closed drive over the floor.

    Attributes:
        points: (N + 1, 2) metres, world; the last is the first again.
        headings: (N + 1,) radians, where the robot faces, without jumps.
        times_s: (N + 1,) when it is there, from 0; sharp turns take their time.
    """

    points: np.ndarray
    headings: np.ndarray
    times_s: np.ndarray

    @property
    def period_s(self) -> float:
        """How long once around takes."""
        return float(self.times_s[-1])

    def at(self, time_s: float) -> tuple[float, float, float]:
        """(x, y, heading) at a time, round and round."""
        at = time_s % self.period_s
        x, y = (float(np.interp(at, self.times_s, self.points[:, axis])) for axis in (0, 1))
        return x, y, float(np.interp(at, self.times_s, self.headings))


def clearance_map(world: World) -> np.ndarray:
    """(Y, X) metres from the middle of each CELL_M cell of floor to the nearest thing or wall."""
    shape = (int(world.size[1] / CELL_M), int(world.size[0] / CELL_M))
    free = np.ones(shape, bool)
    free[[0, -1]], free[:, [0, -1]] = False, False
    y, x = (np.mgrid[: shape[0], : shape[1]] + 0.5) * CELL_M
    cells = np.stack([x, y], axis=-1)
    for thing in world.things:
        if thing.class_id != 'buffer':
            free &= (np.abs(thing.to_local(cells)) > np.array(thing.size[:2]) / 2.0).any(axis=-1)
    return ndimage.distance_transform_edt(free) * CELL_M


def _graph(clearance: np.ndarray, allowed: np.ndarray) -> csr_array:
    """Grid graph of the allowed cells; narrow places cost more."""
    number = np.arange(allowed.size).reshape(allowed.shape)
    cost = 1.0 + 1.5 / (0.1 + np.clip(clearance - ROBOT_RADIUS_M, 0.0, 1.0))
    rows, columns, costs = [], [], []
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        a = (slice(0, -dy or None), slice(max(-dx, 0), -dx if dx > 0 else None))
        b = (slice(dy, None), slice(max(dx, 0), dx if dx < 0 else None))
        both = allowed[a] & allowed[b]
        rows.append(number[a][both])
        columns.append(number[b][both])
        costs.append(np.hypot(dx, dy) * (cost[a] + cost[b])[both] / 2.0)
    return csr_array(
        (np.concatenate(costs), (np.concatenate(rows), np.concatenate(columns))),
        (allowed.size,) * 2,
    )


def plan_loop(world: World) -> Loop:
    """Plan a smooth loop round the hall that keeps clear of everything.

    Raises:
        ValueError: the hall has no free floor to drive a loop on.
    """
    clearance = clearance_map(world)
    parts, count = ndimage.label(clearance > ROBOT_RADIUS_M)
    if not count:
        raise ValueError(
            f'no cell of the hall {world.seed} is {ROBOT_RADIUS_M} m clear of everything'
        )
    allowed = parts == 1 + int(np.argmax(np.bincount(parts.ravel())[1:]))
    graph = _graph(clearance, allowed)
    cells = np.argwhere(allowed)
    middle = np.array(clearance.shape) / 2.0
    stops = []
    for angle in np.arange(_WAYPOINTS) * 2.0 * np.pi / _WAYPOINTS:
        target = middle + 0.62 * middle * np.array([np.sin(angle), np.cos(angle)])
        stop = cells[np.argmin(np.linalg.norm(cells - target, axis=1))]
        stops.append(int(stop[0] * clearance.shape[1] + stop[1]))
    stops = [stop for i, stop in enumerate(stops) if stop != stops[i - 1]] or stops[:1]
    path: list[int] = []
    _, before = dijkstra(graph, directed=False, indices=stops, return_predecessors=True)
    for i in range(len(stops)):
        leg, cell = [], stops[(i + 1) % len(stops)]
        while cell != stops[i]:
            leg.append(cell)
            cell = int(before[i, cell])
        path += leg[::-1]
    if len(path) < 8:
        raise ValueError(f'the free floor of hall {world.seed} is too small for a loop')
    rows, columns = np.divmod(np.array(path), clearance.shape[1])
    return _smooth_loop((np.stack([columns, rows], axis=1) + 0.5) * CELL_M, clearance)


def _smooth_loop(corners: np.ndarray, clearance: np.ndarray) -> Loop:
    """Round the path as far as it stays clear."""
    for sigma in (10.0, 6.0, 3.0, 1.5, 0.0):
        points = (
            ndimage.gaussian_filter1d(corners, sigma, axis=0, mode='wrap') if sigma else corners
        )
        cells = (points / CELL_M).astype(int)
        if (clearance[cells[:, 1], cells[:, 0]] > 0.8 * ROBOT_RADIUS_M).all():
            break
    steps = np.linalg.norm(np.diff(points, axis=0, append=points[:1]), axis=1)
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    count = max(int(travelled[-1] / 0.05), 16)
    at = np.linspace(0.0, travelled[-1], count, endpoint=False)
    closed = np.vstack([points, points[:1]])
    even = np.stack([np.interp(at, travelled, closed[:, axis]) for axis in (0, 1)], axis=1)
    # It faces where it will be in half a metre, turning smoothly.
    ahead = np.roll(even, -10, axis=0) - even
    facing = ndimage.gaussian_filter1d(
        ahead / np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9),
        14.0,
        axis=0,
        mode='wrap',
    )
    headings = np.unwrap(np.arctan2(facing[:, 1], facing[:, 0]))
    # Close it: the first sample again, facing as it did or whole turns on.
    turn = (headings[0] - headings[-1] + np.pi) % (2.0 * np.pi) - np.pi
    headings = np.append(headings, headings[-1] + turn)
    even = np.vstack([even, even[:1]])
    moving = np.linalg.norm(np.diff(even, axis=0), axis=1) / SPEED_M_S
    turning = np.abs(np.diff(headings)) / TURN_RAD_S
    times = np.concatenate([[0.0], np.cumsum(np.maximum(moving, turning))])
    return Loop(even, headings, times)


@lru_cache(maxsize=8)
def _loop(world: World) -> Loop:
    return plan_loop(world)


def period_s(
    world: World, viewpoint: Viewpoint = Viewpoint.ROBOT, speed_m_s: float = SPEED_M_S
) -> float:
    """After how long the camera is back where it was."""
    slower = SPEED_M_S / speed_m_s
    return _loop(world).period_s * slower if viewpoint is Viewpoint.ROBOT else 40.0


def drive(
    world: World,
    time_s: float,
    viewpoint: Viewpoint = Viewpoint.ROBOT,
    *,
    height_m: float = 1.1,
    pitch_down: float = np.radians(14.0),
    speed_m_s: float = SPEED_M_S,
) -> Pose:
    """Pose world_from_camera at a time: smooth, periodic, the same for everybody who asks.

    Args:
        height_m: of a robot's camera; the crane's hangs at 6 m, looks down at the middle of the
            hall and swings around it.
        pitch_down: of a robot's camera, radians.
    """
    if viewpoint is Viewpoint.ROBOT:
        x, y, heading = _loop(world).at(time_s * speed_m_s / SPEED_M_S)
        return camera_pose(x, y, height_m, heading, pitch_down)
    phase = 2.0 * np.pi * time_s / period_s(world, viewpoint)
    length, width, _ = world.size
    x = length * (0.12 + 0.05 * np.sin(phase))
    y = width * (0.5 + 0.22 * np.sin(phase + 0.7))
    aim = np.array([length * 0.5, width * (0.5 + 0.06 * np.cos(phase))])
    reach = float(np.hypot(aim[0] - x, aim[1] - y))
    return camera_pose(
        x, y, 6.0, float(np.arctan2(aim[1] - y, aim[0] - x)), float(np.arctan2(6.0, reach + 0.5))
    )
