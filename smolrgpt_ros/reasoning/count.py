# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How many objects stand in an area on the floor."""

from __future__ import annotations

from collections.abc import Sequence

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.reasoning.asked import Asked, listed
from smolrgpt_ros.reasoning.confidence import product
from smolrgpt_ros.reasoning.distance import not_measured
from smolrgpt_ros.reasoning.world import SceneWorld
from smolrgpt_ros.scene.geometry import NoDepthError


def answer_count(asked: Asked) -> Answer:
    """The number of things, in the area where one is named; things detected twice count once."""
    world = asked.world
    things = distinct(world, asked.references[0])
    noun = asked.question.references[0].class_id or 'object'
    if len(asked.references) < 2 or asked.is_viewer(1):
        names = listed(world.name(thing) for thing in things)
        return _counted(asked, things, [], 1.0, f'{_quantity(len(things), noun)} in view: {names}.')
    area = asked.one(1)
    world.footprint(area)
    inside, confidences, unmeasured = [], [], []
    for thing in things:
        try:
            judgement = world.belongs_judged(thing, area)
        except NoDepthError:
            unmeasured.append(thing)
            if len(unmeasured) == len(things):
                raise
            confidences.append(0.5)
            continue
        confidences.append(judgement.confidence)
        if judgement.holds:
            inside.append(thing)
    preposition = 'in' if world.is_area(area) else 'on'
    text = f'{_quantity(len(inside), noun)} {preposition} {world.name(area)}'
    text += f': {listed(world.name(thing) for thing in inside)}.' if inside else '.'
    if unmeasured:
        text += f' {not_measured(asked, unmeasured)}'
    return _counted(asked, inside, [area], product(confidences), text)


def distinct(world: SceneWorld, regions: Sequence[int]) -> list[int]:
    """The regions without those that are another one detected again."""
    kept: list[int] = []
    for region in sorted(
        dict.fromkeys(regions), key=lambda index: -world.scene.regions[index].score
    ):
        if not any(world.same(region, other) for other in kept):
            kept.append(region)
    return sorted(kept)


def _quantity(number: int, noun: str) -> str:
    plural = (
        noun
        if number == 1
        else 'people'
        if noun == 'person'
        else 'shelves'
        if noun == 'shelf'
        else f'{noun}s'
    )
    return f'{number or "No"} {plural}'


def _counted(
    asked: Asked, things: list[int], others: list[int], confidence: float, text: str
) -> Answer:
    return asked.answer(
        len(things),
        text,
        [*things, *others],
        value=float(len(things)),
        confidence=confidence,
    )
