# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How many objects stand in an area on the floor."""

from __future__ import annotations

from collections.abc import Sequence

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.language.sentence import quantity
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_of_count
from smolrgpt_ros.reasoning.distance import not_measured
from smolrgpt_ros.reasoning.placement import Judgement
from smolrgpt_ros.reasoning.related import RELATION_WORDS
from smolrgpt_ros.reasoning.world import SceneWorld
from smolrgpt_ros.scene.geometry import NoDepthError

# What stands in the part of an area that the picture cuts off is not seen.
CUT_CONFIDENCE = 0.8


def answer_count(asked: Asked) -> Answer:
    """The number of things, in the area where one is named; things detected twice count once."""
    world = asked.world
    things = distinct(world, asked.references[0])
    if len(asked.references) < 2 or asked.is_viewer(1):
        text = asked.opened(bool(things), f'{_subject(asked, things)} {_relation(asked)}')
        text += f': {asked.said_all(things)}.' if things and not _named(asked) else '.'
        return _counted(asked, things, [], 1.0, text)
    reference = asked.question.references[1]
    areas = asked.references[1] if reference.plural or reference.members else (asked.one(1),)
    for area in areas:
        world.footprint(area)
    things = [thing for thing in things if thing not in areas]
    inside, judgements, unmeasured = [], [], []
    for thing in things:
        try:
            judgement = _in_any(world, thing, areas)
        except NoDepthError:
            unmeasured.append(thing)
            if len(unmeasured) == len(things):
                raise
            judgements.append((False, 0.5))
            continue
        judgements.append((judgement.holds, judgement.confidence))
        if judgement.holds:
            inside.append(thing)
    text = _sentence(asked, things, inside, areas)
    if unmeasured:
        text += f' {not_measured(asked, unmeasured)}'
    confidence = probability_of_count(judgements)
    cut = [area for area in areas if world.is_area(area) and world.is_cut(area)]
    if cut:
        confidence *= CUT_CONFIDENCE
        text += f' {asked.said_all(cut)} {_are(cut)} only partly in view.'
    return _counted(asked, inside, list(areas), confidence, text)


def _in_any(world: SceneWorld, thing: int, areas: Sequence[int]) -> Judgement:
    """Whether a thing belongs to one of the areas. Raises NoDepthError."""
    confidence = 1.0
    for area in areas:
        judgement = world.belongs_judged(thing, area)
        if judgement.holds:
            return judgement
        confidence *= judgement.confidence
    return Judgement(False, confidence)


def distinct(world: SceneWorld, regions: Sequence[int]) -> list[int]:
    """The regions without those that are another one detected again."""
    kept: list[int] = []
    for region in sorted(
        dict.fromkeys(regions), key=lambda index: -world.scene.regions[index].score
    ):
        if not any(world.same(region, other) for other in kept):
            kept.append(region)
    return sorted(kept)


def _sentence(asked: Asked, things: list[int], inside: list[int], areas: Sequence[int]) -> str:
    """What stands in or on the areas."""
    preposition = 'in' if all(asked.world.is_area(area) for area in areas) else 'on'
    reference = asked.question.references[1]
    anywhere = reference.text.split(maxsplit=1)[:1] in (['a'], ['an'], ['any'])
    place = f'{preposition} {f"a {asked.noun(1)}" if anywhere else asked.said_all(areas)}'
    if asked.question.choice in ('empty', 'loaded') and len(areas) == 1:
        return _state_sentence(asked, inside, areas[0], preposition)
    if _named(asked):
        outside = [thing for thing in things if thing not in inside]
        sentences = [f'{asked.said_all(inside)} {_are(inside)} {place}'] if inside else []
        sentences += [f'{asked.said_all(outside)} {_are(outside)} not {place}'] if outside else []
        return asked.opened(not outside, f'{", ".join(sentences)}.')
    text = asked.opened(bool(inside), f'{_subject(asked, inside)} {place}')
    return f'{text}: {asked.said_all(inside)}.' if inside else f'{text}.'


def _state_sentence(asked: Asked, inside: list[int], area: int, preposition: str) -> str:
    """Whether the area or the transporter is empty."""
    state = asked.question.choice
    if not inside:
        return asked.opened(state == 'empty', f'{asked.said(area)} is empty.')
    area_or_empty = state == 'empty' or asked.world.is_area(area)
    denied = ' not empty' if area_or_empty else ' loaded'
    held = f'{asked.said_all(inside)} {_are(inside)} {preposition} it'
    return asked.opened(state == 'loaded', f'{asked.said(area)} is{denied}: {held}.')


def _named(asked: Asked) -> bool:
    """Whether the things are named one by one, not by their kind."""
    reference = asked.question.references[0]
    return not reference.plural or bool(reference.members)


def _subject(asked: Asked, things: list[int]) -> str:
    """'3 pallets are', 'No pallets are', 'pallet_3 is'."""
    if _named(asked) and things:
        return f'{asked.said_all(things)} {_are(things)}'
    reference = asked.question.references[0]
    noun = f'{reference.attribute} {asked.noun(0) or "object"}'.strip()
    number = quantity(len(things), noun)
    return f'{number[:1].upper()}{number[1:]} {"is" if len(things) == 1 else "are"}'


def _relation(asked: Asked) -> str:
    """'in view', or how the counted stand to something."""
    relation = asked.question.references[0].relation
    if relation is None:
        return 'in view'
    words = RELATION_WORDS[relation.kind]
    if not relation.other.viewer:
        return f'{words} {relation.other.text}'
    return {'left_of': 'to your left', 'right_of': 'to your right'}.get(
        relation.kind, f'{words} you'
    )


def _are(things: list[int]) -> str:
    return 'are' if len(things) > 1 else 'is'


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
