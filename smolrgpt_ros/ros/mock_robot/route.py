# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A way over the free floor, and the turns and straight lines that drive it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from smolrgpt_ros.ros.mock_robot.body import SPEED_M_S, TURN_RAD_S, Stand, turned
from smolrgpt_ros.warehouse.drive import CELL_M

# Those of nav2_msgs/action/ComputePathToPose, which NavigateToPose hands on.
GOAL_OUTSIDE_MAP, GOAL_OCCUPIED, NO_VALID_PATH = 204, 206, 208
# Round where it stands now, the robot may be as close to things as it is: it has to get away.
_LEAVING_M = 1.2
_SAMPLE_M = 0.04
_COMFORT_M = 0.6


class RouteError(ValueError):
    """There is no way; `code` is Nav2's, the message says why."""

    def __init__(self, code: int, message: str):
        """Remember both."""
        super().__init__(message)
        self.code = code


def plan_route(
    clearance_m: np.ndarray, start: Stand, goal: Stand, radius_m: float
) -> list[tuple[float, float]]:
    """Floor points from the start to the goal, straight lines between which keep clear.

    Args:
        clearance_m: (Y, X) of cells of CELL_M.

    Raises:
        RouteError: the goal lies outside, in an obstacle, or cannot be reached.
    """
    rows, columns = clearance_m.shape
    column, row = int(goal.x / CELL_M), int(goal.y / CELL_M)
    if goal.x < 0.0 or goal.y < 0.0 or column >= columns or row >= rows:
        raise RouteError(
            GOAL_OUTSIDE_MAP, f'the goal ({goal.x:.2f}, {goal.y:.2f}) m lies outside of the hall'
        )
    if clearance_m[row, column] < radius_m:
        raise RouteError(
            GOAL_OCCUPIED,
            f'the goal ({goal.x:.2f}, {goal.y:.2f}) m is {clearance_m[row, column]:.2f} m from '
            f'what stands there; the robot needs {radius_m:.2f} m',
        )
    allowed = _allowed(clearance_m, start, radius_m)
    cells = _shortest(clearance_m, allowed, _cell(start, clearance_m.shape), (row, column))
    if cells is None:
        raise RouteError(
            NO_VALID_PATH,
            f'no way for a radius of {radius_m:.2f} m leads to ({goal.x:.2f}, {goal.y:.2f}) m',
        )
    middles = [((c + 0.5) * CELL_M, (r + 0.5) * CELL_M) for r, c in cells]
    points = [(start.x, start.y), *middles[1:-1], (goal.x, goal.y)]
    return _pulled_tight(points, allowed)


def _cell(stand: Stand, shape: tuple[int, ...]) -> tuple[int, int]:
    return (
        min(max(int(stand.y / CELL_M), 0), shape[0] - 1),
        min(max(int(stand.x / CELL_M), 0), shape[1] - 1),
    )


def _allowed(clearance_m: np.ndarray, start: Stand, radius_m: float) -> np.ndarray:
    """Bool (Y, X): where the centre of the base may be."""
    allowed = clearance_m >= radius_m
    here = float(clearance_m[_cell(start, clearance_m.shape)])
    if here < radius_m:
        y, x = (np.indices(clearance_m.shape) + 0.5) * CELL_M
        near = np.hypot(x - start.x, y - start.y) < _LEAVING_M
        allowed |= near & (clearance_m >= max(here - CELL_M, 0.0))
    return allowed


def _shortest(
    clearance_m: np.ndarray, allowed: np.ndarray, start: tuple[int, int], goal: tuple[int, int]
) -> list[tuple[int, int]] | None:
    """Cells from start to goal, keeping off things where that costs little."""
    if not (allowed[start] and allowed[goal]):
        return None
    number = np.arange(allowed.size).reshape(allowed.shape)
    cost = 1.0 + np.clip(1.2 - clearance_m / (2 * _COMFORT_M), 0.0, 1.0)
    rows, columns, costs = [], [], []
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        a = (slice(0, -dy or None), slice(max(-dx, 0), -dx if dx > 0 else None))
        b = (slice(dy, None), slice(max(dx, 0), dx if dx < 0 else None))
        both = allowed[a] & allowed[b]
        rows.append(number[a][both])
        columns.append(number[b][both])
        costs.append(np.hypot(dx, dy) * (cost[a] + cost[b])[both] / 2.0)
    graph = csr_array(
        (np.concatenate(costs), (np.concatenate(rows), np.concatenate(columns))),
        (allowed.size,) * 2,
    )
    first, last = int(number[start]), int(number[goal])
    length, before = dijkstra(graph, directed=False, indices=first, return_predecessors=True)
    if not np.isfinite(length[last]):
        return None
    cells = [last]
    while cells[-1] != first:
        cells.append(int(before[cells[-1]]))
    return [(cell // allowed.shape[1], cell % allowed.shape[1]) for cell in reversed(cells)]


def _pulled_tight(
    points: list[tuple[float, float]], allowed: np.ndarray
) -> list[tuple[float, float]]:
    """Leave out the points that are passed on a straight line anyway."""
    kept = [points[0]]
    at = 0
    while at < len(points) - 1:
        step = next(
            (
                ahead
                for ahead in range(len(points) - 1, at + 1, -1)
                if _clear(points[at], points[ahead], allowed)
            ),
            at + 1,
        )
        kept.append(points[step])
        at = step
    return kept


def _clear(a: tuple[float, float], b: tuple[float, float], allowed: np.ndarray) -> bool:
    count = max(int(math.dist(a, b) / _SAMPLE_M), 1)
    share = np.linspace(0.0, 1.0, count + 1)
    columns = ((a[0] + share * (b[0] - a[0])) / CELL_M).astype(int)
    rows = ((a[1] + share * (b[1] - a[1])) / CELL_M).astype(int)
    return bool(allowed[rows, columns].all())


@dataclass
class Drive:
    """Turns and straight lines of a unicycle along a route, as far as it has come.

    Attributes:
        stand: where the base is now.
    """

    stand: Stand
    _legs: list[tuple[str, float, float]] = field(default_factory=list)

    @classmethod
    def along(cls, start: Stand, points: list[tuple[float, float]], final_yaw: float) -> Drive:
        """Turn to each point, drive there, and turn to the final yaw."""
        legs: list[tuple[str, float, float]] = []
        for a, b in pairwise(points):
            if math.dist(a, b) < 1e-3:
                continue
            legs.append(('turn', math.atan2(b[1] - a[1], b[0] - a[0]), 0.0))
            legs.append(('drive', b[0], b[1]))
        return cls(start, [*legs, ('turn', final_yaw, 0.0)])

    @property
    def done(self) -> bool:
        """Whether it has arrived."""
        return not self._legs

    @property
    def remaining_m(self) -> float:
        """Metres still to drive."""
        return self._remaining()[0]

    @property
    def remaining_s(self) -> float:
        """Seconds that the rest takes."""
        metres, radians = self._remaining()
        return metres / SPEED_M_S + radians / TURN_RAD_S

    def _remaining(self) -> tuple[float, float]:
        x, y, yaw = self.stand.x, self.stand.y, self.stand.yaw
        metres = radians = 0.0
        for kind, first, second in self._legs:
            if kind == 'turn':
                radians += abs(turned(first - yaw))
                yaw = first
            else:
                metres += math.dist((x, y), (first, second))
                x, y = first, second
        return metres, radians

    def advance(self, seconds: float) -> None:
        """Move for that long, at full speed, or as far as there is to go."""
        while seconds > 0.0 and self._legs:
            kind, first, second = self._legs[0]
            if kind == 'turn':
                seconds = self._turn(first, seconds)
            else:
                seconds = self._drive(first, second, seconds)

    def _turn(self, yaw: float, seconds: float) -> float:
        rest = turned(yaw - self.stand.yaw)
        needed_s = abs(rest) / TURN_RAD_S
        if needed_s <= seconds:
            self.stand = Stand(self.stand.x, self.stand.y, turned(yaw))
            self._legs.pop(0)
            return seconds - needed_s
        turn = math.copysign(TURN_RAD_S * seconds, rest)
        self.stand = Stand(self.stand.x, self.stand.y, turned(self.stand.yaw + turn))
        return 0.0

    def _drive(self, x: float, y: float, seconds: float) -> float:
        rest_m = math.dist((self.stand.x, self.stand.y), (x, y))
        needed_s = rest_m / SPEED_M_S
        if needed_s <= seconds:
            self.stand = Stand(x, y, self.stand.yaw)
            self._legs.pop(0)
            return seconds - needed_s
        share = SPEED_M_S * seconds / rest_m
        self.stand = Stand(
            self.stand.x + share * (x - self.stand.x),
            self.stand.y + share * (y - self.stand.y),
            self.stand.yaw,
        )
        return 0.0
