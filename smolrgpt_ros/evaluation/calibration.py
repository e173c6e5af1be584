# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How far stated doubt agrees with what happens: confidence and standard deviation, checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True)
class ConfidenceBin:
    """Answers whose confidence lies in [low, high), the last bin's also at 1.

    Attributes:
        confidence: their mean confidence, NaN where there are none.
        accuracy: share of them that is right, NaN where there are none.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """Confidence beside accuracy, bin by bin."""

    bins: tuple[ConfidenceBin, ...]

    @property
    def count(self) -> int:
        """Answers looked at."""
        return sum(b.count for b in self.bins)

    @property
    def expected_error(self) -> float:
        """Expected calibration error: mean |accuracy - confidence|, weighted by the counts.

        Guo et al., On Calibration of Modern Neural Networks, ICML 2017, equation 3. NaN without
        answers.
        """
        if not self.count:
            return math.nan
        gaps = (b.count * abs(b.accuracy - b.confidence) for b in self.bins if b.count)
        return sum(gaps) / self.count


def calibration(
    confidences: Sequence[float], right: Sequence[bool], bins: int = BINS
) -> Calibration:
    """Sort answers into bins of equal width by their confidence.

    Args:
        confidences: in [0, 1]; NaN (no answer) is left out.
        right: whether each answer is right.

    Raises:
        ValueError: lengths differ, no bins, or a confidence outside of [0, 1].
    """
    if len(confidences) != len(right):
        raise ValueError(f'{len(confidences)} confidences for {len(right)} answers')
    if bins < 1:
        raise ValueError(f'bins is {bins}, expected at least 1')
    stated = np.asarray(confidences, float)
    correct = np.asarray(right, bool)[~np.isnan(stated)]
    stated = stated[~np.isnan(stated)]
    if stated.size and not (stated.min() >= 0.0 and stated.max() <= 1.0):
        raise ValueError(
            f'confidences reach from {stated.min():g} to {stated.max():g}, expected 0 to 1'
        )
    place = np.minimum((stated * bins).astype(int), bins - 1)
    found = []
    for index in range(bins):
        inside = place == index
        count = int(np.count_nonzero(inside))
        found.append(
            ConfidenceBin(
                index / bins,
                (index + 1) / bins,
                count,
                float(stated[inside].mean()) if count else math.nan,
                float(correct[inside].mean()) if count else math.nan,
            )
        )
    return Calibration(tuple(found))


@dataclass(frozen=True)
class SigmaShare:
    """How many errors lie within one standard deviation; 68.3 % of normal ones do."""

    within: int
    count: int

    @property
    def percent(self) -> float:
        """NaN where no answer has a standard deviation."""
        return 100.0 * self.within / self.count if self.count else math.nan


def one_sigma_share(errors: Sequence[float], stddevs: Sequence[float]) -> SigmaShare:
    """Share of |error| <= standard deviation, over the answers that state one above 0.

    Args:
        errors: answer minus truth, in the unit of the standard deviations; NaN is left out.

    Raises:
        ValueError: lengths differ.
    """
    if len(errors) != len(stddevs):
        raise ValueError(f'{len(errors)} errors for {len(stddevs)} standard deviations')
    off, sigma = np.abs(np.asarray(errors, float)), np.asarray(stddevs, float)
    # An object inside of its buffer is exactly 0 m away: nothing there is normally distributed.
    stated = np.isfinite(off) & np.isfinite(sigma) & (sigma > 0.0)
    return SigmaShare(int(np.count_nonzero(off[stated] <= sigma[stated])), int(stated.sum()))
