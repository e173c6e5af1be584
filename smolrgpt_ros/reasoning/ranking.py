# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The best of several candidates, and how surely it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_positive, product
from smolrgpt_ros.reasoning.distance import not_measured
from smolrgpt_ros.scene.geometry import NoDepthError


@dataclass(frozen=True)
class Ranked:
    """A candidate with what it is compared by; the smallest wins."""

    region: int
    value: float
    stddev: float


def measured_best(
    asked: Asked,
    candidates: Sequence[int],
    measure: Callable[[int], tuple[float, float]],
    sign: float,
) -> tuple[Ranked, float, str]:
    """The best of those candidates that can be measured, and a sentence on those that cannot.

    Raises NoDepthError where none can.
    """
    ranking, unmeasured, problem = [], [], None
    for region in candidates:
        try:
            value, stddev = measure(region)
        except NoDepthError as error:
            unmeasured.append(region)
            problem = error
            continue
        ranking.append(Ranked(region, sign * value, stddev))
    if not ranking:
        raise problem or NoDepthError('there is nothing to measure')
    best, confidence = smallest(ranking)
    if not unmeasured:
        return best, confidence, ''
    return best, confidence * 0.5 ** len(unmeasured), not_measured(asked, unmeasured)


def smallest(ranking: Sequence[Ranked]) -> tuple[Ranked, float]:
    """The smallest and the probability that it truly is (pairwise, taken as independent)."""
    best = min(ranking, key=lambda ranked: ranked.value)
    return best, product(
        probability_positive(other.value - best.value, math.hypot(other.stddev, best.stddev))
        for other in ranking
        if other is not best
    )


def chosen(
    asked: Asked, region: int, words: str, others: Sequence[int], confidence: float, note: str = ''
) -> Answer:
    """The answer that names a region: by its `<mask>`, or its id in a question without masks."""
    position = asked.position(region)
    has_masks = asked.question.mask_count > 0
    return asked.answer(
        position if has_masks else asked.world.name(region),
        f'{asked.said(region)} is {words}.{" " + note if note else ""}',
        [region, *others],
        value=float(position) if has_masks else math.nan,
        confidence=confidence,
    )
