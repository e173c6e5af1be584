# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How far from centre to centre."""

from __future__ import annotations

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_within
from smolrgpt_ros.reasoning.world import Length

# A distance counts as right within this share of the truth (the benchmark's metric).
TOLERANCE = 0.1


def answer_distance(asked: Asked) -> Answer:
    """Metres between two centres; exactly 0 for an object inside the area it is measured to.

    Raises:
        QuestionError: there is no object to measure to, or both are the same.
        NoDepthError: one of them cannot be measured.
    """
    world = asked.world
    named = [reference for reference in (0, 1) if not asked.is_viewer(reference)]
    if not named:
        raise QuestionError(
            Failure(Reason.NOT_UNDERSTOOD, 'a distance needs an object to measure to; name one')
        )
    regions = [asked.one(reference) for reference in named]
    if len(regions) == 1:
        length = world.range(regions[0])
        text = f'{asked.said(regions[0])} is {length.value_m:.2f} m away.'
        return _of_length(asked, length, text, regions)
    a, b = regions
    asked.two_different(a, b)
    length = world.distance(a, b)
    if length.value_m == 0.0 and a != b:
        inner, area = (a, b) if world.is_area(b) and world.inside(a, b) else (b, a)
        judgement = world.inside_judged(inner, area)
        text = f'{asked.said(inner)} is inside {asked.said(area)}: 0 m.'
        return asked.answer(
            0.0, text, regions, value=0.0, unit='m', stddev=0.0, confidence=judgement.confidence
        )
    text = f'{asked.said(a)} and {asked.said(b)} are {length.value_m:.2f} m apart.'
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


def not_measured(asked: Asked, regions: list[int]) -> str:
    """The sentence that says which regions have no measurement."""
    verb = 'have' if len(regions) > 1 else 'has'
    named = asked.said_all(regions)
    return f'{named} {verb} no usable depth and may be missing.'
