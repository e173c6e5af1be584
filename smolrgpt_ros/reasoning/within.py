# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What lies within a radius of an object or of the viewer, or beyond it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.language.sentence import listed, quantity
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_positive
from smolrgpt_ros.reasoning.distance import not_measured
from smolrgpt_ros.reasoning.related import answer_related
from smolrgpt_ros.scene.geometry import NoDepthError

DEFAULT_RADIUS_M = 2.0


def answer_within(asked: Asked) -> Answer:
    """Which objects' centres lie within a radius, or beyond it, nearest first."""
    world, question = asked.world, asked.question
    radius_m = DEFAULT_RADIUS_M if question.radius_m is None else question.radius_m
    if math.isinf(radius_m) and len(asked.references) > 1:
        return answer_related(asked)
    centre = None if asked.is_viewer(0) else asked.one(0)
    if centre is not None:
        world.measured(centre)
    every = range(len(world.scene.regions))
    meant = asked.references[1] if len(asked.references) > 1 else every
    wanted = [region for region in meant if region != centre]
    confidence, lengths, unmeasured = 1.0, [], []
    for region in wanted:
        try:
            length = world.range(region) if centre is None else world.distance(region, centre)
        except NoDepthError:
            unmeasured.append(region)
            if len(unmeasured) == len(wanted):
                raise
            continue
        confidence *= probability_positive(abs(radius_m - length.value_m), length.stddev_m)
        lengths.append((length.value_m, region))
    lengths.sort()
    found = [entry for entry in lengths if (entry[0] > radius_m) == question.beyond]
    text = _sentence(asked, found, lengths, radius_m, centre)
    if unmeasured:
        text += f' {not_measured(asked, unmeasured)}'
        confidence *= 0.5
    regions = [region for _, region in found]
    return asked.answer(
        ' '.join(world.name(region) for region in regions),
        text,
        regions if centre is None else [*regions, centre],
        value=float(len(regions)),
        confidence=confidence,
    )


def _sentence(
    asked: Asked,
    found: Sequence[tuple[float, int]],
    lengths: Sequence[tuple[float, int]],
    radius_m: float,
    centre: int | None,
) -> str:
    """'pallet_3 (1.20 m) is within 2 m of you.'; where nothing is, how far the nearest is."""
    whom = 'you' if centre is None else asked.said(centre)
    beyond = asked.question.beyond
    where = (
        f'farther than {radius_m:g} m from {whom}' if beyond else f'within {radius_m:g} m of {whom}'
    )
    verb = 'are' if len(found) > 1 else 'is'
    names = listed(_with_length(asked, length, region, centre) for length, region in found)
    if found and asked.question.form == 'how_many' and asked.noun(1):
        number = quantity(len(found), asked.noun(1))
        return f'{number} {verb} {where}: {names}.'
    if found:
        return asked.opened(True, f'{names} {verb} {where}.')
    references = asked.question.references
    if len(references) > 1 and not references[1].plural and lengths:
        length, region = lengths[0]
        return asked.opened(False, f'{_with_length(asked, length, region, centre)} is not {where}.')
    nobody = asked.none_of(1)
    nobody = f'{nobody[:1].upper()}{nobody[1:]}'
    if not lengths and asked.noun(1):
        return asked.opened(False, f'{nobody} is detected, so none is {where}.')
    text = asked.opened(False, f'{nobody} is {where}.')
    if not lengths:
        return text
    length, region = lengths[-1] if beyond else lengths[0]
    extreme = 'farthest' if beyond else 'nearest'
    return f'{text} The {extreme} is {_with_length(asked, length, region, centre)}.'


def _with_length(asked: Asked, length_m: float, region: int, centre: int | None) -> str:
    """'pallet_3 (2.31 m)'; what stands in an area has no distance from it."""
    name, world = asked.said(region), asked.world
    if length_m > 0.0 or centre is None:
        return f'{name} ({length_m:.2f} m)'
    return f'{name} (inside)' if world.is_area(centre) else f'{name} (around it)'
