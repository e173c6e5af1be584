# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What stands between two objects: in the strip of floor as wide as the narrower one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_positive
from smolrgpt_ros.reasoning.distance import not_measured
from smolrgpt_ros.reasoning.polygon import Point, Polygon, clip, extent_along
from smolrgpt_ros.reasoning.world import SceneWorld
from smolrgpt_ros.scene.geometry import NoDepthError

VIEWER_HALF_WIDTH_M = 0.3
# What reaches into the strip by less than this only touches it.
INTRUSION_LEAST_M = 0.1


@dataclass(frozen=True)
class Strip:
    """A stretch of floor between two things.

    Attributes:
        along: unit direction from the first to the second, floor coordinates.
        start_m: where the first ends along it.
        end_m: where the second begins.
        middle_m: coordinate of its middle line across.
        half_width_m: half of its width.
    """

    along: Point
    start_m: float
    end_m: float
    middle_m: float
    half_width_m: float

    @property
    def across(self) -> Point:
        """Unit direction to the left of `along`."""
        return -self.along[1], self.along[0]

    def intrusion_m(self, footprint: Polygon) -> float:
        """How wide the part of a footprint is that lies in the strip; 0 where none does."""
        x, y = self.along
        across = self.across
        part = clip(footprint, (x, y), self.start_m)
        part = clip(part, (-x, -y), -self.end_m) if part else part
        low, high = self.middle_m - self.half_width_m, self.middle_m + self.half_width_m
        part = clip(part, across, low) if part else part
        part = clip(part, (-across[0], -across[1]), -high) if part else part
        if len(part) < 3:
            return 0.0
        first, last = extent_along(part, across)
        return last - first


def answer_between(asked: Asked) -> Answer:
    """Ids of the things in the strip, first to second; painted areas do not stand in it.

    Where a kind of thing is asked for, or one by its id, only those count.

    Raises:
        QuestionError: both ends are the same, or one of them cannot be told.
        NoDepthError: an end cannot be measured.
    """
    world = asked.world
    ends = [None if asked.is_viewer(i) else asked.one(i) for i in (0, 1)]
    named = [end for end in ends if end is not None]
    names = ['you' if end is None else asked.said(end) for end in ends]
    wanted = asked.references[2] if len(asked.references) > 2 else None
    if not named or ends[0] == ends[1]:
        raise QuestionError(
            Failure(Reason.NOT_UNDERSTOOD, 'between needs two different objects; name both')
        )
    strip = strip_between(world, ends[0], ends[1])
    found, crossed, unmeasured, confidence = [], [], [], 1.0
    for region in range(len(world.scene.regions)):
        if region in named or (wanted is not None and region not in wanted):
            continue
        try:
            footprint = world.footprint(region)
        except NoDepthError:
            unmeasured.append(region)
            continue
        intrusion_m = strip.intrusion_m(footprint)
        if world.is_area(region) and wanted is None:
            crossed += [region] if intrusion_m > INTRUSION_LEAST_M else []
            continue
        if intrusion_m > 0.0:
            stddev_m = world.floor_stddev_m(region)
            confidence *= probability_positive(abs(intrusion_m - INTRUSION_LEAST_M), stddev_m)
        if intrusion_m > INTRUSION_LEAST_M:
            centre = world.floor_centre(region)
            found.append((centre[0] * strip.along[0] + centre[1] * strip.along[1], region))
    regions = [region for _, region in sorted(found)]
    text = _sentence(asked, regions, names)
    if crossed:
        text += f' The way crosses {asked.said_all(crossed)}.'
    if unmeasured:
        text += f' {not_measured(asked, unmeasured)}'
        confidence *= 0.5
    return asked.answer(
        ' '.join(world.name(region) for region in regions),
        text,
        [*regions, *named],
        value=float(len(regions)),
        confidence=confidence,
    )


def _sentence(asked: Asked, regions: list[int], names: list[str]) -> str:
    """'pallet_3 is between you and pallet_7.', with yes or no where that is asked."""
    place = f'between {names[0]} and {names[1]}'
    verb = 'are' if len(regions) > 1 else 'is'
    if regions:
        return asked.opened(True, f'{asked.said_all(regions)} {verb} {place}.')
    references = asked.question.references
    if len(references) > 2 and not references[2].plural and asked.references[2]:
        return asked.opened(False, f'{asked.said(asked.one(2))} is not {place}.')
    nobody = asked.none_of(2)
    return asked.opened(False, f'{nobody[:1].upper()}{nobody[1:]} is {place}.')


def strip_between(world: SceneWorld, first: int | None, second: int | None) -> Strip:
    """The strip of floor between two regions; None is the viewer. Raises NoDepthError."""
    (ax, ay), (bx, by) = (_centre(world, end) for end in (first, second))
    length_m = math.hypot(bx - ax, by - ay)
    along = ((bx - ax) / length_m, (by - ay) / length_m) if length_m > 0.0 else (0.0, 1.0)
    across = (-along[1], along[0])
    _, start_m = extent_along(_footprint(world, first), along)
    end_m, _ = extent_along(_footprint(world, second), along)
    widths = []
    for end in (first, second):
        low, high = extent_along(_footprint(world, end), across)
        widths.append(high - low)
    return Strip(along, start_m, end_m, ax * across[0] + ay * across[1], 0.5 * min(widths))


def _centre(world: SceneWorld, region: int | None) -> Point:
    return world.viewer_on_floor if region is None else world.floor_centre(region)


def _footprint(world: SceneWorld, region: int | None) -> Polygon:
    if region is not None:
        return world.footprint(region)
    x, y = world.viewer_on_floor
    half = VIEWER_HALF_WIDTH_M
    return ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
