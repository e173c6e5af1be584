# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What stands in a relation to another: 'what is left of the rack', 'what is in buffer_1'."""

from __future__ import annotations

import math

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_positive, product

RELATION_WORDS = {
    'in': 'in',
    'on': 'on',
    'holding': 'holding',
    'closest_to': 'closest to',
    'furthest_from': 'furthest from',
    'left_of': 'to the left of',
    'right_of': 'to the right of',
    'in_front_of': 'in front of',
    'behind': 'behind',
}


def answer_related(asked: Asked) -> Answer:
    """Every region that grounding found to stand in the relation; none is an answer, too."""
    world = asked.world
    relation = asked.question.references[1].relation
    kind = relation.kind if relation is not None else ''
    centre = None if asked.is_viewer(0) else asked.one(0)
    regions = [region for region in asked.references[1] if region != centre]
    if centre is not None:
        confidence = product(_confidence(asked, kind, region, centre) for region in regions)
    else:
        confidence = product(_state_confidence(asked, kind, region) for region in regions)
    return asked.answer(
        ' '.join(world.name(region) for region in regions),
        _sentence(asked, kind, regions, centre),
        regions if centre is None else [*regions, centre],
        value=float(len(regions)),
        confidence=confidence,
    )


def _sentence(asked: Asked, kind: str, regions: list[int], centre: int | None) -> str:
    """'transporter_2 is empty.', 'pallet_4 is in buffer_2.', 'Nothing is behind pallet_3.'."""
    whom = 'you' if centre is None else asked.said(centre)
    if kind == 'holding' and centre is not None:
        return _held_sentence(asked, whom, regions, centre)
    nobody = asked.none_of(1)
    names = asked.said_all(regions) if regions else f'{nobody[:1].upper()}{nobody[1:]}'
    verb = 'are' if len(regions) > 1 else 'is'
    state = asked.question.references[1].attribute
    if not kind:
        return f'{names} {verb} {state or "in view"}.'
    relation = asked.question.references[1].relation
    if centre is None and relation is not None and not relation.other.viewer:
        return f'{names} {verb} {RELATION_WORDS[kind]} {relation.other.text}.'
    if centre is None and kind in ('left_of', 'right_of'):
        return f'{names} {verb} to your {kind.removesuffix("_of")}.'
    if centre is not None and kind in ('in_front_of', 'behind'):
        # What is compared: how far they are from the viewer.
        compared = 'farther from' if kind == 'behind' else 'nearer to'
        return f'{names} {verb} {compared} you than {whom}.'
    if kind == 'on' and centre is not None and asked.world.is_area(centre):
        kind = 'in'
    return f'{names} {verb} {RELATION_WORDS[kind]} {whom}.'


def _held_sentence(asked: Asked, whom: str, regions: list[int], centre: int) -> str:
    """What holds the centre: 'pallet_4 is in buffer_2', 'pallet_3 is on no transporter'."""
    area = any(asked.world.is_area(region) for region in regions) or asked.noun(1) == 'buffer'
    preposition = 'in' if area else 'on'
    holders = asked.said_all(regions) if regions else asked.none_of(1)
    return f'{whom} is {preposition} {holders}.'


def _state_confidence(asked: Asked, kind: str, region: int) -> float:
    """How surely a region is empty or loaded, or stands in or on anything."""
    world = asked.world
    others = [other for other in range(len(world.scene.regions)) if other != region]
    if kind in ('in', 'on'):
        judged = [world.belongs_judged(region, other) for other in others]
        return max((judgement.confidence for judgement in judged if judgement.holds), default=1.0)
    if asked.question.references[1].attribute and not world.is_area(region):
        return world.loaded_judged(region).confidence
    return 1.0


def _confidence(asked: Asked, kind: str, region: int, other: int) -> float:
    """How surely one region stands in a relation that was found to hold."""
    world = asked.world
    if kind in ('in', 'on'):
        return world.belongs_judged(region, other).confidence
    if kind == 'holding':
        return world.belongs_judged(other, region).confidence
    if kind in ('left_of', 'right_of'):
        one, two = world.column(region), world.column(other)
        margin_px = abs(one.value_px - two.value_px)
        return probability_positive(margin_px, math.hypot(one.stddev_px, two.stddev_px))
    return 1.0
