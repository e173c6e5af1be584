# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From what an engine states to how often it is right: monotone maps, fitted on known answers.

A confidence is calibrated when, of all answers given with 0.8, eight of ten are right. What an
engine states is mapped there by isotonic regression (Zadrozny and Elkan, "Transforming classifier
scores into accurate multiclass probability estimates", KDD 2002), so that the order of its
answers stays as the engine has it.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CALIBRATION_FILE = 'calibration.json'
"""In the folder of a network; without it nobody knows how often the network is right."""

# Fewer answers than this in a step of the map say little about it.
_LEAST_ANSWERS = 25
_MOST_STEPS = 12
# Answers as right as all together that every step is mixed with, so that a step without a wrong
# answer is not taken for certain.
_PRIOR_ANSWERS = 2.0
_ONE_SIDED_95 = 1.645


class CalibrationError(ValueError):
    """A calibration that cannot be read or fitted; the message says why."""


@dataclass(frozen=True)
class Curve:
    """A monotone map, linear between its points and level outside of them.

    Attributes:
        stated: what the engine says, increasing, in [0, 1].
        right: the share of its answers that are right there, not decreasing, in [0, 1].
        answers: of how many answers each share is; empty where that is not known.
    """

    stated: tuple[float, ...]
    right: tuple[float, ...]
    answers: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.stated or len(self.stated) != len(self.right):
            raise CalibrationError(
                f'a curve needs as many stated as right values, got {len(self.stated)} and '
                f'{len(self.right)}'
            )
        values = (*self.stated, *self.right)
        if not all(math.isfinite(value) and 0.0 <= value <= 1.0 for value in values):
            raise CalibrationError(f'a curve lies in [0, 1], got {values}')
        if any(b <= a for a, b in zip(self.stated, self.stated[1:], strict=False)):
            raise CalibrationError(f'stated values must increase, got {self.stated}')
        if any(b < a for a, b in zip(self.right, self.right[1:], strict=False)):
            raise CalibrationError(f'right values must not decrease, got {self.right}')
        if self.answers and len(self.answers) != len(self.right):
            raise CalibrationError(
                f'a curve needs as many numbers of answers as right values, got '
                f'{len(self.answers)} and {len(self.right)}'
            )
        if not all(math.isfinite(number) and number > 0.0 for number in self.answers):
            raise CalibrationError(f'numbers of answers are above 0, got {self.answers}')

    def __call__(self, confidence: float) -> float:
        """The calibrated confidence; NaN counts as none at all."""
        return self._between(self.right, confidence)

    def at_least(self, confidence: float) -> float:
        """What the calibrated confidence is not below, with a probability of 0.95.

        As so many answers can tell (Wilson, "Probable inference, the law of succession, and
        statistical inference", JASA 1927); the confidence itself where their number is not known.
        """
        if not self.answers:
            return self(confidence)
        lower = [
            _lower_bound(share, number)
            for share, number in zip(self.right, self.answers, strict=True)
        ]
        return self._between(lower, confidence)

    def _between(self, values: Sequence[float], confidence: float) -> float:
        """Of values at the points, the one there."""
        if not confidence > self.stated[0]:
            return values[0]
        after = bisect_right(self.stated, confidence)
        if after == len(self.stated):
            return values[-1]
        low, high = self.stated[after - 1], self.stated[after]
        share = (confidence - low) / (high - low)
        return values[after - 1] + share * (values[after] - values[after - 1])


@dataclass(frozen=True)
class Calibration:
    """How far an engine's confidences can be believed, by category.

    Attributes:
        curves: by the category's value ('left_right', 'distance' ...).
    """

    curves: Mapping[str, Curve]

    def calibrated(self, category: str, confidence: float) -> float | None:
        """Probability that such an answer is right; None for a category never measured."""
        curve = self.curves.get(category)
        return None if curve is None else curve(confidence)

    def at_least(self, category: str, confidence: float) -> float | None:
        """What that probability is not below (`Curve.at_least`); None if never measured."""
        curve = self.curves.get(category)
        return None if curve is None else curve.at_least(confidence)


def fit_curve(stated: Sequence[float], right: Sequence[bool]) -> Curve:
    """The curve of answers stated with a confidence, and whether each was right.

    Raises:
        CalibrationError: no answers, or not as many of the one as of the other.
    """
    if len(stated) != len(right) or not len(stated):
        raise CalibrationError(
            f'a curve is fitted to at least one answer, got {len(stated)} confidences of '
            f'{len(right)} answers'
        )
    confidences = np.clip(np.nan_to_num(np.asarray(stated, float)), 0.0, 1.0)
    hits = np.asarray(right, float)
    overall = (hits.sum() + 1.0) / (len(hits) + 2.0)
    order = np.argsort(confidences, kind='stable')
    steps = max(1, min(_MOST_STEPS, len(order) // _LEAST_ANSWERS))
    points: dict[float, tuple[float, float]] = {}  # stated: share right, answers
    for part in np.array_split(order, steps):
        middle = round(float(confidences[part].mean()), 6)
        share, answers = points.get(middle, (overall, _PRIOR_ANSWERS))
        total = answers + len(part)
        points[middle] = (share * answers + float(hits[part].sum())) / total, total
    known = sorted(points)
    pools = _increasing([points[x][0] for x in known], [points[x][1] for x in known])
    return Curve(
        tuple(known),
        tuple(round(share, 6) for share, _ in pools),
        tuple(number for _, number in pools),
    )


def fit_calibration(answers: Sequence[tuple[str, float, bool]]) -> Calibration:
    """Curves from (category, stated confidence, whether it was right) of many answers."""
    by_category: dict[str, list[tuple[float, bool]]] = {}
    for category, stated, right in answers:
        by_category.setdefault(category, []).append((stated, right))
    return Calibration(
        {
            category: fit_curve([stated for stated, _ in known], [right for _, right in known])
            for category, known in sorted(by_category.items())
        }
    )


def write_calibration(folder: Path | str, calibration: Calibration) -> Path:
    """Put it into a network's folder; returns the file."""
    path = Path(folder) / CALIBRATION_FILE
    curves = {
        category: {'stated': curve.stated, 'right': curve.right, 'answers': curve.answers}
        for category, curve in calibration.curves.items()
    }
    path.write_text(json.dumps({'curves': curves}, indent=1) + '\n', encoding='utf-8')
    return path


def read_calibration(folder: Path | str) -> Calibration | None:
    """What a network's folder says, None where it says nothing. Raises CalibrationError."""
    path = Path(folder) / CALIBRATION_FILE
    if not path.is_file():
        return None
    try:
        curves = json.loads(path.read_text(encoding='utf-8'))['curves']
        return Calibration(
            {
                category: Curve(
                    tuple(map(float, c['stated'])),
                    tuple(map(float, c['right'])),
                    tuple(map(float, c.get('answers', ()))),
                )
                for category, c in curves.items()
            }
        )
    except (
        AttributeError, KeyError, OSError, RecursionError, TypeError, ValueError
    ) as error:  # fmt: skip
        raise CalibrationError(
            f'{path} is no calibration ({type(error).__name__}: {error}); delete it, or fit it anew'
        ) from error


def _lower_bound(share: float, answers: float) -> float:
    """Wilson's one-sided lower bound of a share seen in so many answers."""
    spread = _ONE_SIDED_95**2 / answers
    centre = share + spread / 2.0
    margin = math.sqrt(spread * (share * (1.0 - share) + spread / 4.0))
    return max(0.0, (centre - margin) / (1.0 + spread))


def _increasing(values: Sequence[float], weights: Sequence[float]) -> list[tuple[float, float]]:
    """The closest values that never decrease, and the weight each stands on; pools neighbours."""
    pools: list[tuple[float, float, int]] = []  # value, weight, how many
    for value, weight in zip(values, weights, strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, weight_a, count_a), (b, weight_b, count_b) = pools[-2:]
            total = weight_a + weight_b
            pools[-2:] = [((a * weight_a + b * weight_b) / total, total, count_a + count_b)]
    return [(value, weight) for value, weight, count in pools for _ in range(count)]
