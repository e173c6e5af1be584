# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Poses on the floor: where a robot stands to set a load down in a buffer, or to look at it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

# A pallet of 1.2 m by 1.0 m reaches 0.78 m from its centre at most.
_PALLET_REACH_M = 0.78
_GRID_M = 0.3
_VIEW_M = 1.7
# Of an area for a few pallets; one that looks smaller may be partly hidden.
_LEAST_DIAGONAL_M = 2.8
_SAME_CENTRE_M, _SAME_SIZE_M = 0.4, 0.7
_LEAST_INSET_M, _GOOD_INSET_M = 0.45, 0.85
# Two pallets side by side fit into the least gap, long side to long side or end to end; whether
# turned ones do the fork has to see. Wider gaps are taken first.
_LEAST_GAP_M, _GOOD_GAP_M = 1.25, 1.9
# Half of a pallet's short side: the nearest that a base may come to one, if it comes from there.
_PALLET_LEAST_REACH_M = 0.5
# Poses so close to one that is occupied most likely are occupied, too, and are tried later.
_ALIKE_M, _ALIKE_YAW = 0.5, 0.5


@dataclass(frozen=True)
class FloorPose:
    """A base on the floor of the map: metres, radians."""

    x: float
    y: float
    yaw: float

    def moved(self, ahead_m: float) -> FloorPose:
        """The same, that far ahead; behind where negative."""
        return FloorPose(
            self.x + ahead_m * math.cos(self.yaw), self.y + ahead_m * math.sin(self.yaw), self.yaw
        )

    def turned(self, radians: float) -> FloorPose:
        """The same, turned on the spot."""
        return FloorPose(self.x, self.y, math.remainder(self.yaw + radians, 2.0 * math.pi))

    def towards(self, point: tuple[float, float]) -> FloorPose:
        """The same, turned on the spot until it looks at a point."""
        return FloorPose(self.x, self.y, math.atan2(point[1] - self.y, point[0] - self.x))

    def aside_m(self, other: FloorPose) -> float:
        """Metres from the straight line that the other one drives along."""
        x, y = self.x - other.x, self.y - other.y
        return abs(math.cos(other.yaw) * y - math.sin(other.yaw) * x)

    def distance_m(self, other: FloorPose) -> float:
        """Metres between both."""
        return math.dist((self.x, self.y), (other.x, other.y))

    def angle_to(self, other: FloorPose) -> float:
        """Radians between both headings, without sign."""
        return abs(math.remainder(self.yaw - other.yaw, 2.0 * math.pi))


def middle(poses: Sequence[FloorPose]) -> FloorPose:
    """The median place and the mean heading of poses that are about the same."""
    x, y = (float(np.median([getattr(pose, axis) for pose in poses])) for axis in ('x', 'y'))
    yaws = [pose.yaw for pose in poses]
    return FloorPose(x, y, math.atan2(sum(map(math.sin, yaws)), sum(map(math.cos, yaws))))


@dataclass(frozen=True)
class Area:
    """A buffer as it was measured, aligned with the axes of the map.

    Attributes:
        centre, size: (x, y) metres.
        occupied: (x, y) of what was seen in it.
    """

    centre: tuple[float, float]
    size: tuple[float, float]
    occupied: tuple[tuple[float, float], ...] = ()

    @property
    def view_m(self) -> float:
        """From how far the whole area fits into the picture of a camera that looks down a bit."""
        return max(math.hypot(*self.size), _LEAST_DIAGONAL_M) / 2.0 + _VIEW_M

    def agrees_with(self, other: Area) -> bool:
        """Whether both are measurements of the same rectangle."""
        sizes = np.abs(np.subtract(self.size, other.size))
        return math.dist(self.centre, other.centre) < _SAME_CENTRE_M and bool(
            (sizes < _SAME_SIZE_M).all()
        )


def shared_area(areas: Sequence[Area]) -> Area | None:
    """What all have in common, with all that was seen there; None where that is nothing."""
    centres, halves = np.array([a.centre for a in areas]), np.array([a.size for a in areas]) / 2.0
    low, high = (centres - halves).max(axis=0), (centres + halves).min(axis=0)
    if (high - low <= 0.0).any():
        return None
    x, y = ((low + high) / 2.0).tolist()
    length, width = (high - low).tolist()
    return Area((x, y), (length, width), tuple(p for area in areas for p in area.occupied))


def set_down_poses(
    area: Area, robot: FloorPose, *, reach_m: float, clearance_m: float
) -> list[FloorPose]:
    """Where the base may stand to set a load down in the area, the best first.

    Good is a place near the middle, well inside, away from what stands there, and not far.

    Args:
        reach_m: from the base's centre to that of the load on the floor.
        clearance_m: free floor that the loaded robot needs around its centre.
    """
    scored = []
    for x, y in _grid(area):
        inset = min(half - abs(p - c) for half, p, c in _sides(area, (x, y)))
        gap = min((math.dist((x, y), other) for other in area.occupied), default=math.inf)
        if gap < _LEAST_GAP_M:
            continue
        for quarter in range(4):
            yaw = math.remainder(quarter * math.pi / 2.0, 2.0 * math.pi)
            base = FloorPose(x, y, yaw).moved(-reach_m)
            beside = min(
                (math.dist((base.x, base.y), other) for other in area.occupied), default=math.inf
            )
            if beside < clearance_m + _PALLET_LEAST_REACH_M:
                continue
            tight_m = max(clearance_m + _PALLET_REACH_M - beside, 0.0)
            cost = (
                base.distance_m(robot)
                + math.dist((x, y), area.centre)
                + 6.0 * max(_GOOD_INSET_M - inset, 0.0)
                + 6.0 * max(_GOOD_GAP_M - gap, 0.0)
                + 12.0 * tight_m
            )
            scored.append((cost, base))
    return [base for _, base in sorted(scored, key=lambda pair: pair[0])]


def spread(poses: Sequence[FloorPose]) -> list[FloorPose]:
    """The same poses, those first that differ clearly from all better ones."""
    first: list[FloorPose] = []
    later: list[FloorPose] = []
    for pose in poses:
        alike = any(
            pose.distance_m(other) <= _ALIKE_M and pose.angle_to(other) <= _ALIKE_YAW
            for other in first
        )
        (later if alike else first).append(pose)
    return [*first, *later]


def _sides(area: Area, point: tuple[float, float]) -> list[tuple[float, float, float]]:
    return [(size / 2.0, p, c) for size, p, c in zip(area.size, point, area.centre, strict=True)]


def _grid(area: Area) -> Iterator[tuple[float, float]]:
    """Points at least a little inside, the centre among them."""
    halves = [max(size / 2.0 - _LEAST_INSET_M, 0.0) for size in area.size]
    # An odd number of places, so that the middle is one of them, up to the least inset.
    along, across = (
        np.linspace(-half, half, 2 * math.ceil(half / _GRID_M) + 1).tolist() for half in halves
    )
    for x in along:
        for y in across:
            yield area.centre[0] + x, area.centre[1] + y


def lookouts(
    target: tuple[float, float], robot: FloorPose, distance_m: float, number: int = 8
) -> list[FloorPose]:
    """Poses round a point that look at it, the nearest to the robot first."""
    poses = []
    for i in range(number):
        angle = 2.0 * math.pi * i / number
        x = target[0] - distance_m * math.cos(angle)
        y = target[1] - distance_m * math.sin(angle)
        poses.append(FloorPose(x, y, math.remainder(angle, 2.0 * math.pi)))
    return sorted(poses, key=robot.distance_m)
