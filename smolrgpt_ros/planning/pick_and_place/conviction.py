# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How sure several looks make of one choice among a few."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable
from typing import Generic, TypeVar

Choice = TypeVar('Choice', bound=Hashable)

# Before any look each of a handful is as likely as the others.
_CHOICES = 4
_PRIOR = -math.log(_CHOICES - 1.0)
_MOST_SURE = 0.999
_SAME_PLACE_M = 1.0


class Conviction(Generic[Choice]):
    """Looks from different places as independent evidence (Bayes, by the logarithms of odds).

    A look that is sure to 90 % is evidence of ``logit(0.9) - prior`` for its choice, and against
    every other choice by as much. What is hidden at one place is hidden in all pictures from there,
    so that of all looks from one place the surest counts alone.
    """

    def __init__(self, sure: float):
        """Begin without evidence; what is likely to a share of `sure` is believed."""
        if not 0.0 < sure < 1.0:
            raise ValueError(f'nothing is ever as sure as {sure}; choose a share between 0 and 1')
        self._sure = sure
        self._looks: list[tuple[Choice, float, tuple[float, float]]] = []

    def add(self, choice: Choice, confidence: float, place: tuple[float, float]) -> bool:
        """Count what a look said; whether that is enough by now.

        Args:
            confidence: how sure it was, 0 to 1.
            place: (x, y) metres, where it was made.
        """
        likely = min(max(confidence, 1.0 - _MOST_SURE), _MOST_SURE)
        look = choice, max(_logit(likely) - _PRIOR, 0.0), place
        for i, (_, evidence, other) in enumerate(self._looks):
            if math.dist(place, other) < _SAME_PLACE_M:
                if look[1] > evidence:
                    self._looks[i] = look
                break
        else:
            self._looks.append(look)
        return self.of(choice) >= self._sure - 1e-9

    def of(self, choice: Choice) -> float:
        """How likely a choice is, 0 to 1."""
        evidence: defaultdict[Choice, float] = defaultdict(float)
        for said, amount, _ in self._looks:
            evidence[said] += amount
        against = max((a for other, a in evidence.items() if other != choice), default=0.0)
        return 1.0 / (1.0 + math.exp(against - evidence[choice] - _PRIOR))


def _logit(share: float) -> float:
    return math.log(share / (1.0 - share))
