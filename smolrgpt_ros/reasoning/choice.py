# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which one: leftmost, nearest, largest, or the pallet an empty transporter should take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.language.lexicon import ORDINALS
from smolrgpt_ros.language.sentence import listed
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_positive, product
from smolrgpt_ros.reasoning.count import distinct
from smolrgpt_ros.reasoning.pickup import answer_pickup
from smolrgpt_ros.reasoning.ranking import Ranked, chosen, measured_best, smallest


def answer_choice(asked: Asked) -> Answer:
    """The candidate that the question's superlative or task picks.

    Raises:
        QuestionError: there are no candidates, or none of them is what is asked for.
        NoDepthError: none of them can be measured.
    """
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
        'most': _by_contents,
        'fewest': _by_contents,
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
    return chosen(asked, best.region, f'the {_rank(asked)}', [], confidence)


def _rank(asked: Asked) -> str:
    """'leftmost', 'second from the left': what the chosen one is called."""
    reference, choice = asked.question.references[0], asked.question.choice
    if reference.ordinal < 2:
        return choice
    place = next(word for word, number in ORDINALS.items() if number == reference.ordinal)
    side = {'leftmost': 'from the left', 'rightmost': 'from the right'}.get(choice, choice)
    return f'{place} {side}'


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
    whom = ' and '.join(asked.said(landmark) for landmark in landmarks) or 'you'
    if len(candidates) == 2:
        other = next(region for region in candidates if region != best.region)
        sides = (f'closer to {whom}', f'farther from {whom}')
        return _compared(
            asked,
            best.region,
            other,
            sides if nearest else sides[::-1],
            f': {abs(best.value):.2f} m against {distance(other)[0]:.2f} m' if world.metric else '',
            confidence,
            note,
            landmarks,
        )
    relation = f'{_rank(asked)} to' if nearest else f'{_rank(asked)} from'
    inside = nearest and bool(landmarks) and best.value == 0.0
    words = f'{relation} {whom}{" (inside it)" if inside else world.told_m(abs(best.value))}'
    if inside:
        alike = [r for r in candidates if r != best.region and distance(r)[0] == 0.0]
        verb = 'are' if len(alike) > 1 else 'is'
        also = f'{asked.said_all(alike)} {verb} inside as well.' if alike else ''
        note = f'{also} {note}'.strip()
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
    candidates = asked.references[0]
    if len(candidates) == 2:
        other = next(region for region in candidates if region != best.region)
        more = ('larger', 'smaller') if sign < 0.0 else ('smaller', 'larger')
        return _compared(asked, best.region, other, more, '', confidence, note, ())
    return chosen(asked, best.region, f'the {_rank(asked)}', [], confidence, note)


def _compared(
    asked: Asked,
    best: int,
    other: int,
    relations: tuple[str, str],
    lengths: str,
    confidence: float,
    note: str,
    landmarks: Sequence[int],
) -> Answer:
    """Two candidates: 'the bag is farther from you than the die: 2.31 m against 1.45 m.'.

    Args:
        relations: what the best is compared with the other, and the other with the best.
        lengths: ': 2.31 m against 1.45 m', the best's first, or ''.
    """
    subject = asked.references[0][0]
    turned = asked.question.form == 'yes_no' and subject != best
    first, second, relation = (other, best, relations[1]) if turned else (best, other, relations[0])
    if turned and lengths:
        one, _, two = lengths.removeprefix(': ').partition(' against ')
        lengths = f': {two} against {one}'
    words = f'{asked.said(first)} is {relation} than {asked.said(second)}{lengths}'
    answer = chosen(asked, best, '', [other, *landmarks], confidence)
    text = asked.opened(not turned, f'{words}.')
    text = f'{text} {note} {asked.world.note}'.strip()
    return replace(answer, text=f'T{text[1:]}' if text.startswith('the ') else text)


def _by_contents(asked: Asked) -> Answer:
    """The area or carrier that most, or fewest, of the second reference's things stand in."""
    world = asked.world
    things = distinct(world, asked.references[1])
    confidence = 1.0
    counts = {}
    for holder in asked.references[0]:
        judgements = [world.belongs_judged(thing, holder) for thing in things]
        counts[holder] = sum(judgement.holds for judgement in judgements)
        confidence *= product(judgement.confidence for judgement in judgements)
    wanted = (max if asked.question.choice == 'most' else min)(counts.values())
    best = [holder for holder, count in counts.items() if count == wanted]
    if len(best) > 1:
        raise QuestionError(
            Failure(
                Reason.AMBIGUOUS,
                f'{asked.said_all(best)} have the {asked.question.choice} {asked.nouns(1)} '
                f'alike: {wanted} each',
                tuple(world.name(holder) for holder in best),
            )
        )
    others = listed(
        f'{count} {"in" if world.is_area(holder) else "on"} {asked.said(holder)}'
        for holder, count in counts.items()
        if holder != best[0]
    )
    words = f'{asked.said(best[0])} has the {asked.question.choice} {asked.nouns(1)}: {wanted}'
    against = f', against {others}' if len(counts) > 1 else ''
    answer = chosen(asked, best[0], '', [], confidence)
    return replace(answer, text=f'{words}{against}. {world.note}'.strip())
