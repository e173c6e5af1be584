# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which pallet an empty transporter should take.

A transporter is empty when no pallet stands on it; the best pallet is the closest one to it that no
transporter carries already; of several empty transporters the closest pair counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_positive, product
from smolrgpt_ros.reasoning.placement import Judgement
from smolrgpt_ros.reasoning.ranking import Ranked, chosen, measured_best
from smolrgpt_ros.scene.geometry import NoDepthError

# Below this a judgement 'taken' is doubted when nothing else is left to choose.
SURE = 0.95


def answer_pickup(asked: Asked) -> Answer:
    """The free pallet of the question that is closest to an empty transporter.

    Raises:
        QuestionError: there is no empty transporter, or no free pallet.
        NoDepthError: none of them can be measured.
    """
    world = asked.world
    transporters = _transporters(asked)
    carriers = dict.fromkeys((*transporters, *_of_class(asked, 'transporter')))

    def carried(pallet: int) -> Judgement:
        return _any(lambda carrier: world.carried_judged(pallet, carrier), carriers)

    empty, empty_confidence = _free_of(_judged_each(transporters, world.loaded_judged))
    caveat = ''
    if not empty:
        if len(transporters) > 1 or asked.question.references[1].attribute == 'empty':
            raise QuestionError(
                Failure(
                    Reason.UNKNOWN_OBJECT,
                    f'no transporter is empty: {asked.said_all(transporters)} carry a '
                    'pallet; name the transporter that should take one',
                )
            )
        # Asked about this one by name: say it, with the doubt that goes with it.
        empty, empty_confidence = list(transporters), 1.0 - empty_confidence
        caveat = f'{asked.said(transporters[0])} seems to carry a pallet already.'
    pallets = [region for region in asked.references[0] if region not in carriers]
    judgements = _judged_each(pallets, carried)
    free, _ = _free_of(judgements)
    if not free:
        raise QuestionError(
            Failure(
                Reason.UNKNOWN_OBJECT,
                'no pallet is free: a transporter carries each of them already',
            )
        )

    def reach(pallet: int) -> tuple[float, float]:
        length = min((world.distance(pallet, t) for t in empty), key=lambda length: length.value_m)
        return length.value_m, length.stddev_m

    best, confidence, note = measured_best(asked, free, reach, 1.0)
    if judgements[best.region].holds:
        # Nothing else was left to choose, and this one is doubted.
        confidence *= 1.0 - judgements[best.region].confidence
    else:
        confidence *= judgements[best.region].confidence
        confidence *= _nearer_ones_carried(judgements, best, reach)
    taker = min(empty, key=lambda t: world.distance_m(best.region, t))
    return chosen(
        asked,
        best.region,
        f'the closest free pallet to {asked.said(taker)}{world.told_m(best.value)}',
        [taker],
        confidence * empty_confidence,
        f'{caveat} {note}'.strip(),
    )


def _transporters(asked: Asked) -> tuple[int, ...]:
    """The transporters meant; all in the picture where none is named. Raises QuestionError."""
    meant = asked.references[1] if len(asked.references) > 1 else ()
    meant = meant or _of_class(asked, 'transporter')
    if not meant:
        raise QuestionError(
            Failure(
                Reason.UNKNOWN_OBJECT,
                'no transporter is in the picture; only a detected one can be chosen for',
            )
        )
    return meant


def _of_class(asked: Asked, class_id: str) -> tuple[int, ...]:
    return tuple(i for i, kind in enumerate(asked.world.kinds) if kind == class_id)


def _any(judge: Callable[[int], Judgement], regions: Sequence[int] | dict[int, None]) -> Judgement:
    """Whether any of the regions holds; one that cannot be measured leaves doubt."""
    confidence = 1.0
    for region in regions:
        try:
            judgement = judge(region)
        except NoDepthError:
            confidence *= 0.5
            continue
        if judgement.holds:
            return judgement
        confidence *= judgement.confidence
    return Judgement(False, confidence)


def _judged_each(regions: Sequence[int], taken: Callable[[int], Judgement]) -> dict[int, Judgement]:
    """Whether each of the regions is taken; one that cannot be measured may be or not."""
    judgements = {}
    for region in regions:
        try:
            judgements[region] = taken(region)
        except NoDepthError:
            judgements[region] = Judgement(False, 0.5)
    return judgements


def _free_of(judgements: dict[int, Judgement]) -> tuple[list[int], float]:
    """Those of the regions that are free, and how surely all were judged right.

    Where all seem taken but one of them doubtfully, that one.
    """
    confidence = product(judgement.confidence for judgement in judgements.values())
    free = [region for region, judgement in judgements.items() if not judgement.holds]
    if free or not judgements:
        return free, confidence
    doubtful = min(judgements, key=lambda region: judgements[region].confidence)
    if judgements[doubtful].confidence < SURE:
        return [doubtful], 1.0 - judgements[doubtful].confidence
    return [], confidence


def _nearer_ones_carried(
    judgements: dict[int, Judgement], best: Ranked, reach: Callable[[int], tuple[float, float]]
) -> float:
    """How surely those pallets are carried that would be nearer than the best were they free.

    Of those farther away it does not matter.
    """
    confidence = 1.0
    for region, judgement in judgements.items():
        if not judgement.holds:
            continue
        try:
            value, stddev = reach(region)
        except NoDepthError:
            continue
        nearer = probability_positive(best.value - value, math.hypot(stddev, best.stddev))
        confidence *= 1.0 - (1.0 - judgement.confidence) * nearer
    return confidence
