# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How far from centre to centre, and what lies within a radius."""

from __future__ import annotations

import math

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.reasoning.asked import Asked, listed
from smolrgpt_ros.reasoning.confidence import probability_positive, probability_within
from smolrgpt_ros.reasoning.related import answer_related
from smolrgpt_ros.reasoning.world import Length
from smolrgpt_ros.scene.geometry import NoDepthError

# A distance counts as right within this share of the truth (the benchmark's metric).
TOLERANCE = 0.1
DEFAULT_RADIUS_M = 2.0


def answer_distance(asked: Asked) -> Answer:
    """Metres between two centres; exactly 0 for an object inside the area it is measured to."""
    world = asked.world
    named = [reference for reference in (0, 1) if not asked.is_viewer(reference)]
    if not named:
        raise QuestionError(
            Failure(Reason.NOT_UNDERSTOOD, 'a distance needs an object to measure to; name one')
        )
    regions = [asked.one(reference) for reference in named]
    if len(regions) == 1:
        length = world.range(regions[0])
        text = f'{world.name(regions[0])} is {length.value_m:.2f} m away.'
        return _of_length(asked, length, text, regions)
    a, b = regions
    length = world.distance(a, b)
    if length.value_m == 0.0 and a != b:
        inner, area = (a, b) if world.is_area(b) and world.inside(a, b) else (b, a)
        judgement = world.inside_judged(inner, area)
        text = f'{world.name(inner)} is inside {world.name(area)}: 0 m.'
        return asked.answer(
            0.0, text, regions, value=0.0, unit='m', stddev=0.0, confidence=judgement.confidence
        )
    text = f'{world.name(a)} and {world.name(b)} are {length.value_m:.2f} m apart.'
    return _of_length(asked, length, text, regions)


def _of_length(asked: Asked, length: Length, text: str, regions: list[int]) -> Answer:
    return asked.answer(
        round(length.value_m, 3),
        text,
        regions,
        value=length.value_m,
        unit='m',
        stddev=length.stddev_m,
        confidence=probability_within(TOLERANCE * length.value_m, length.stddev_m),
    )


def answer_within(asked: Asked) -> Answer:
    """Which objects' centres lie within a radius of an object's or the viewer's, nearest first."""
    world = asked.world
    radius_m = DEFAULT_RADIUS_M if asked.question.radius_m is None else asked.question.radius_m
    if math.isinf(radius_m) and len(asked.references) > 1:
        return answer_related(asked)
    if asked.is_viewer(0):
        centre, centre_name = None, 'you'
    else:
        centre = asked.one(0)
        centre_name = world.name(centre)
        world.measured(centre)
    wanted = asked.references[1] if len(asked.references) > 1 else range(len(world.scene.regions))
    candidates = [region for region in wanted if region != centre]
    confidence, found, unmeasured = 1.0, [], []
    for region in candidates:
        try:
            length = world.range(region) if centre is None else world.distance(region, centre)
        except NoDepthError:
            unmeasured.append(region)
            if len(unmeasured) == len(candidates):
                raise
            continue
        confidence *= probability_positive(abs(radius_m - length.value_m), length.stddev_m)
        if length.value_m <= radius_m:
            found.append((length.value_m, region))
    regions = [region for _, region in sorted(found)]
    described = listed(
        f'{world.name(region)} ({distance:.2f} m)' for distance, region in sorted(found)
    )
    verb = 'are' if len(found) > 1 else 'is'
    text = f'{described} {verb} within {radius_m:g} m of {centre_name}.'
    if not found:
        text = f'Nothing is within {radius_m:g} m of {centre_name}.'
    if unmeasured:
        text += f' {not_measured(asked, unmeasured)}'
        confidence *= 0.5
    return asked.answer(
        ' '.join(world.name(region) for region in regions),
        text,
        regions if centre is None else [*regions, centre],
        value=float(len(regions)),
        confidence=confidence,
    )


def not_measured(asked: Asked, regions: list[int]) -> str:
    """The sentence that says which regions have no measurement."""
    verb = 'have' if len(regions) > 1 else 'has'
    named = listed(asked.world.name(region) for region in regions)
    return f'{named} {verb} no usable depth and may be missing.'
