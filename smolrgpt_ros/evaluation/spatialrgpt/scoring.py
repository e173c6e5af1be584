# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""When an answer of SpatialRGPT-Bench is right, and how far off a quantity is."""

from __future__ import annotations

import math

from smolrgpt_ros.evaluation.spatialrgpt.categories import Asked, Kind
from smolrgpt_ros.evaluation.spatialrgpt.reading import Read

LENGTH_BOUND = 0.25
"""Relative error up to which a length is right, inclusive."""
CLOCK_BOUND_H = 1
"""Hours up to which a direction is right: as the publishers' program has it."""


def error_of(asked: Asked, answer: Read | None, truth: Read) -> float:
    """Relative error of a length (metres where the truth is 0), hours of a direction.

    inf without an answer, NaN for what is no quantity.
    """
    if asked.kind not in (Kind.LENGTH, Kind.CLOCK):
        return math.nan
    if answer is None:
        return math.inf
    off = abs(float(answer) - float(truth))
    if asked.kind is Kind.CLOCK:
        return min(off, 12.0 - off)
    return off / float(truth) if float(truth) else off


def is_right(asked: Asked, answer: Read | None, truth: Read) -> bool:
    """Whether an answer is right; none never is."""
    if answer is None:
        return False
    if asked.kind is Kind.LENGTH:
        if float(truth) == 0.0:
            return float(answer) == 0.0
        # As products, so that the bounds themselves are inside whatever the rounding of a division.
        low, high = (1.0 - LENGTH_BOUND) * float(truth), (1.0 + LENGTH_BOUND) * float(truth)
        return low <= float(answer) <= high
    if asked.kind is Kind.CLOCK:
        return error_of(asked, answer, truth) <= CLOCK_BOUND_H
    return answer == truth
