# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whether there is free floor beside an object: seen free, occupied, or seen by nobody.

The floor beside the object is cut into square cells. A cell is seen free where depth shows the
floor at it (looked up by projecting the cell into the picture, so that far floor, where samples lie
metres apart, counts as well), occupied where depth shows something above it, and unknown where
neither is so: behind the object, say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_positive
from smolrgpt_ros.reasoning.polygon import Point, Polygon, clip, extent_along
from smolrgpt_ros.reasoning.seen_floor import floor_seen, obstacle_points
from smolrgpt_ros.reasoning.world import SceneWorld
from smolrgpt_ros.scene.geometry import NoDepthError

CELL_M = 0.05
# How many samples make an obstacle: single flying pixels do not.
OBSTACLE_SAMPLES = 3
# A step outwards counts as free when no more of its cells than this are unseen.
UNSEEN_MOST = 0.2
REACH_M = 3.0
SIDES = ('left', 'right', 'front', 'behind')
SIDE_WORDS = {
    'left': 'to the left of',
    'right': 'to the right of',
    'front': 'in front of',
    'behind': 'behind',
}


@dataclass(frozen=True)
class Room:
    """Free floor on one side of an object.

    Attributes:
        free_m: how far outwards the floor is seen free.
        ends: what ends it: 'obstacle', 'unseen' (hidden or outside of the picture) or 'reach'
            (looked no further).
    """

    side: str
    free_m: float
    ends: str


def answer_room(asked: Asked) -> Answer:
    """Whether the floor beside an object is free; 'no' also where that cannot be seen.

    Raises:
        QuestionError: the side asked about is none.
        NoDepthError: the object, or the floor around it, cannot be measured.
    """
    world, region, question = asked.world, asked.one(0), asked.question
    if question.side and question.side not in SIDES:
        raise QuestionError(
            Failure(
                Reason.NOT_UNDERSTOOD,
                f"'{question.side}' is no side; use one of {', '.join(SIDES)}",
            )
        )
    width_m = question.width_m
    reach_m = REACH_M if width_m is None else width_m + 0.5
    sides = (question.side,) if question.side else SIDES
    rooms = [room_beside(world, region, side, reach_m) for side in sides]
    best = max(rooms, key=lambda room: room.free_m)
    if best.free_m <= 0.0 and best.ends == 'unseen':
        where = (
            f'{SIDE_WORDS[best.side]} {world.name(region)}'
            if question.side
            else f'around {world.name(region)}'
        )
        raise NoDepthError(
            f'the floor {where} cannot be seen from here; a view from another side would help'
        )
    stddev_m = math.hypot(world.floor_stddev_m(region), CELL_M)
    wanted_m = CELL_M if width_m is None else width_m
    enough = best.free_m >= wanted_m
    certain = probability_positive(abs(best.free_m - wanted_m), stddev_m)
    # Nobody knows what is hidden: the floor may go on or not.
    confidence = 0.5 if not enough and best.ends == 'unseen' else certain
    text = _sentence(world, region, best, width_m, enough)
    if world.is_cut(region):
        # Its edges are guessed from the part that is seen.
        confidence *= 0.5
        text += f' {world.name(region)} is only partly in view.'
    return asked.answer(
        'yes' if enough else 'no',
        text,
        [region],
        value=round(best.free_m, 2),
        unit='m',
        stddev=stddev_m,
        confidence=confidence,
    )


def _sentence(
    world: SceneWorld, region: int, room: Room, width_m: float | None, enough: bool
) -> str:
    where = f'{SIDE_WORDS[room.side]} {world.name(region)}'
    ends = {
        'obstacle': 'then something stands in the way',
        'unseen': 'beyond that the floor cannot be seen from here',
        'reach': 'at least',
    }[room.ends]
    seen = f'{room.free_m:.1f} m of floor {where} are seen free, {ends}.'
    if width_m is None:
        return seen
    if enough:
        return f'Yes, there is room of {width_m:g} m {where}: {seen}'
    if room.ends == 'unseen':
        return f'Room of {width_m:g} m {where} cannot be confirmed: {seen}'
    return f'No, there is no room of {width_m:g} m {where}: {seen}'


def room_beside(world: SceneWorld, region: int, side: str, reach_m: float) -> Room:
    """Free floor from the object's edge outwards, as wide as the object. Raises NoDepthError."""
    footprint = world.footprint(region)
    outwards = _direction(world, region, side)
    across = (-outwards[1], outwards[0])
    _, edge_m = extent_along(footprint, outwards)
    low_m, high_m = extent_along(footprint, across)
    # The object's own points reach past its measured edge by the measurement's error.
    margin_m = min(0.03 + 2.0 * world.floor_stddev_m(region), 0.25)
    steps = max(1, math.ceil((reach_m - margin_m) / CELL_M))
    columns = max(2, round((high_m - low_m) / CELL_M))
    out = edge_m + margin_m + CELL_M * (np.arange(steps) + 0.5)
    side_ways = low_m + (high_m - low_m) * (np.arange(columns) + 0.5) / columns
    cells = out[:, None, None] * np.array(outwards) + side_ways[None, :, None] * np.array(across)
    lane = Lane(outwards, across, edge_m + margin_m, steps, low_m, high_m)
    others = [footprint for _, footprint in solid_others(world, region)]
    occupied = lane.occupied_steps(obstacle_points(world.scene)) | lane.covered_steps(others)
    unseen = ~floor_seen(world.scene, cells)
    ends_at = np.flatnonzero(occupied)
    hidden_at = np.flatnonzero(unseen.mean(axis=1) > UNSEEN_MOST)
    first_obstacle = int(ends_at[0]) if len(ends_at) else steps
    first_hidden = int(hidden_at[0]) if len(hidden_at) else steps
    first = min(first_obstacle, first_hidden)
    # A step that is partly hidden by the very thing that stands on it ends at that thing.
    by_obstacle = first_obstacle <= first_hidden + 1 and first_obstacle < steps
    ends = 'obstacle' if by_obstacle else 'unseen' if first_hidden < steps else 'reach'
    free_m = 0.0 if first == 0 else margin_m + first * CELL_M
    return Room(side, min(free_m, reach_m), ends)


@dataclass(frozen=True)
class Lane:
    """The floor beside an object, in steps outwards."""

    outwards: Point
    across: Point
    start_m: float
    steps: int
    low_m: float
    high_m: float

    def occupied_steps(self, obstacle_points: np.ndarray) -> np.ndarray:
        """Which steps (steps,) obstacle samples (N, 2) stand on."""
        out = obstacle_points @ np.array(self.outwards)
        aside = obstacle_points @ np.array(self.across)
        step = np.floor((out - self.start_m) / CELL_M)
        inside = (step >= 0) & (step < self.steps) & (aside > self.low_m) & (aside < self.high_m)
        return (
            np.bincount(step[inside].astype(int), minlength=self.steps)[: self.steps]
            >= OBSTACLE_SAMPLES
        )

    def covered_steps(self, footprints: Sequence[Polygon]) -> np.ndarray:
        """Which steps (steps,) footprints of other objects reach over, hidden parts included."""
        covered = np.zeros(self.steps, bool)
        for footprint in footprints:
            inside = clip(footprint, self.across, self.low_m)
            inside = clip(inside, (-self.across[0], -self.across[1]), -self.high_m)
            if not inside:
                continue
            near_m, far_m = extent_along(inside, self.outwards)
            first = math.floor((near_m - self.start_m) / CELL_M)
            last = math.ceil((far_m - self.start_m) / CELL_M)
            if last > 0:
                covered[max(first, 0) : last] = True
        return covered


def _direction(world: SceneWorld, region: int, side: str) -> Point:
    """Unit floor direction of a side, as the viewer who faces the object sees it."""
    x, y = world.floor_centre(region)
    eye_x, eye_y = world.viewer_on_floor
    away_x, away_y = x - eye_x, y - eye_y
    length_m = math.hypot(away_x, away_y)
    away = (away_x / length_m, away_y / length_m) if length_m > 1e-6 else (0.0, 1.0)
    return {
        'behind': away,
        'front': (-away[0], -away[1]),
        'left': (-away[1], away[0]),
        'right': (away[1], -away[0]),
    }[side]


def solid_others(world: SceneWorld, region: int) -> list[tuple[int, Polygon]]:
    """The other solid things that can be measured, with footprints; not what it carries or rides.

    What stands in an area of the floor is a thing of its own.
    """
    footprints = []
    for other in range(len(world.scene.regions)):
        if other == region or world.is_area(other):
            continue
        try:
            carried = (
                world.carried_judged(other, region).holds
                or world.carried_judged(region, other).holds
            )
            footprints += [] if carried else [(other, world.footprint(other))]
        except NoDepthError:
            continue
    return footprints
