# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What stands in a relation to another: 'what is left of the rack', 'what is in buffer_1'."""

from __future__ import annotations

import math

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.reasoning.asked import Asked, listed
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
    names = listed(world.name(region) for region in regions) if regions else 'Nothing'
    verb = 'are' if len(regions) > 1 else 'is'
    whom = 'you' if centre is None else world.name(centre)
    confidence = (
        1.0
        if centre is None
        else product(_confidence(asked, kind, region, centre) for region in regions)
    )
    return asked.answer(
        ' '.join(world.name(region) for region in regions),
        f'{names} {verb} {RELATION_WORDS.get(kind, "related to")} {whom}.',
        regions if centre is None else [*regions, centre],
        value=float(len(regions)),
        confidence=confidence,
    )


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
