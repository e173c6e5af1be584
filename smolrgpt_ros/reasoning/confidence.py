# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a measured margin and its standard deviation to the probability of being right."""

from __future__ import annotations

import math
from collections.abc import Iterable

MINIMUM_STDDEV = 1e-6


def probability_positive(margin: float, stddev: float) -> float:
    """Probability that what was measured as `margin`, with Gaussian error, is above zero."""
    return 0.5 * math.erfc(-margin / (math.sqrt(2.0) * max(stddev, MINIMUM_STDDEV)))


def probability_within(tolerance: float, stddev: float) -> float:
    """Probability that a Gaussian error stays within plus or minus `tolerance`."""
    return math.erf(tolerance / (math.sqrt(2.0) * max(stddev, MINIMUM_STDDEV)))


def product(probabilities: Iterable[float]) -> float:
    """Probability that independent judgements all hold."""
    result = 1.0
    for probability in probabilities:
        result *= probability
    return result


def combined_stddev(*stddevs: float) -> float:
    """Standard deviation of a sum of independent errors."""
    return math.hypot(*stddevs)


def probability_of_count(judgements: Iterable[tuple[bool, float]]) -> float:
    """Probability that as many things are there as were judged to be.

    Two wrong judgements may make a right number, so that it is more than the product of all: the
    number is distributed as the sum of independent trials of different chances (Poisson binomial).

    Args:
        judgements: whether each thing was judged to be there, and how surely that is right.
    """
    chances = [1.0]  # of 0, 1, 2 ... things
    counted = 0
    for holds, confidence in judgements:
        there = confidence if holds else 1.0 - confidence
        counted += holds
        more = [chance * there for chance in chances]
        chances = [chance * (1.0 - there) for chance in chances] + [0.0]
        for number, chance in enumerate(more, 1):
            chances[number] += chance
    return chances[counted]
