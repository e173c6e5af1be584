# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which one: leftmost, nearest, largest, or the pallet an empty transporter should take."""

from __future__ import annotations

import math

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_positive, product
from smolrgpt_ros.reasoning.pickup import answer_pickup
from smolrgpt_ros.reasoning.ranking import Ranked, chosen, measured_best, smallest


def answer_choice(asked: Asked) -> Answer:
    """The candidate that the question's superlative or task picks."""
    if not asked.references or not asked.references[0]:
        raise QuestionError(
            Failure(Reason.UNKNOWN_OBJECT, 'there is nothing in the picture to choose from')
        )
    answerers = {
        'leftmost': _by_column,
        'rightmost': _by_column,
        'middle': _middle,
        'nearest': _by_distance,
        'furthest': _by_distance,
        'largest': _by_size,
        'smallest': _by_size,
        'pickup': answer_pickup,
    }
    answerer = answerers.get(asked.question.choice)
    if answerer is None:
        raise QuestionError(
            Failure(
                Reason.NOT_UNDERSTOOD,
                f"'{asked.question.choice}' is no way to choose one; "
                f'use one of {", ".join(answerers)}',
            )
        )
    return answerer(asked)


def _by_column(asked: Asked) -> Answer:
    sign = 1.0 if asked.question.choice == 'leftmost' else -1.0
    ranking = []
    for region in asked.references[0]:
        column = asked.world.column(region)
        ranking.append(Ranked(region, sign * column.value_px, column.stddev_px))
    best, confidence = smallest(ranking)
    return chosen(asked, best.region, f'the {asked.question.choice}', [], confidence)


def _middle(asked: Asked) -> Answer:
    columns = [asked.world.column(region) for region in asked.references[0]]
    order = sorted(range(len(columns)), key=lambda i: columns[i].value_px)
    middle = order[(len(order) - 1) // 2]
    confidence = product(
        probability_positive(
            abs(columns[i].value_px - columns[middle].value_px),
            math.hypot(columns[i].stddev_px, columns[middle].stddev_px),
        )
        for i in order
        if i != middle
    )
    # An even number has two middle ones.
    return chosen(
        asked,
        asked.references[0][middle],
        'the middle one',
        [],
        confidence if len(order) % 2 else 0.5 * confidence,
    )


def _by_distance(asked: Asked) -> Answer:
    world = asked.world
    landmarks = () if asked.is_viewer(1) else asked.references[1]
    candidates = [region for region in asked.references[0] if region not in landmarks] or list(
        asked.references[0]
    )

    def distance(region: int) -> tuple[float, float]:
        lengths = [world.distance(region, landmark) for landmark in landmarks] or [
            world.range(region)
        ]
        nearest = min(lengths, key=lambda length: length.value_m)
        return nearest.value_m, nearest.stddev_m

    nearest = asked.question.choice == 'nearest'
    best, confidence, note = measured_best(asked, candidates, distance, 1.0 if nearest else -1.0)
    whom = ' and '.join(world.name(landmark) for landmark in landmarks) or 'you'
    relation = 'nearest to' if nearest else 'furthest from'
    words = f'{relation} {whom}{world.told_m(abs(best.value))}'
    return chosen(asked, best.region, words, landmarks, confidence, note)


def _by_size(asked: Asked) -> Answer:
    def volume(region: int) -> tuple[float, float]:
        measured = asked.world.measured(region)
        size = measured.size
        # First order: the sides' errors are taken like the centre's.
        stddev = float(measured.stddev_camera.max())
        sides = [float(side) for side in size if side > 0.02]
        value = math.prod(sides)
        return value, value * stddev * math.sqrt(sum(1.0 / side**2 for side in sides))

    sign = -1.0 if asked.question.choice == 'largest' else 1.0
    best, confidence, note = measured_best(asked, asked.references[0], volume, sign)
    return chosen(asked, best.region, f'the {asked.question.choice}', [], confidence, note)
