# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What came out of a run, counted: score, sub-types, confusion, distances, latency, calibration."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from statistics import median

import numpy as np

from smolrgpt_ros.evaluation.calibration import (
    Calibration,
    SigmaShare,
    calibration,
    one_sigma_share,
)
from smolrgpt_ros.evaluation.outcome import Outcome, PictureOutcome
from smolrgpt_ros.warehouse.records import RecordError
from smolrgpt_ros.warehouse.score import CATEGORIES, same_as

NO_ANSWER = 'none'
# Upper ends of the ranges of true distances, metres.
_RANGES_M = (2.0, 4.0, 8.0, 16.0, math.inf)


@dataclass(frozen=True)
class Tally:
    """How often a kind of question was answered right.

    Attributes:
        asked: questions of that kind.
        right: those answered right by the benchmark's rule.
        unanswered: those where the engine gave a reason in place of an answer; they count as wrong.
    """

    asked: int
    right: int
    unanswered: int

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Tally:
        """Count them."""
        listed = list(outcomes)
        return cls(
            len(listed), sum(o.right for o in listed), sum(o.normalized is None for o in listed)
        )

    @property
    def accuracy(self) -> float:
        """Share answered right, percent; NaN where nothing was asked."""
        return 100.0 * self.right / self.asked if self.asked else math.nan


@dataclass(frozen=True)
class Latency:
    """Seconds; NaN where nothing was timed."""

    mean: float
    median: float
    p95: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Latency:
        """Of the finite ones."""
        timed = np.array([value for value in seconds if math.isfinite(value)])
        if not timed.size:
            return cls(math.nan, math.nan, math.nan)
        return cls(*(float(v) for v in (timed.mean(), np.median(timed), np.percentile(timed, 95))))


@dataclass(frozen=True)
class DistanceRange:
    """Relative errors of the distances whose truth lies in (above_m, up_to_m]; 0 m: both are 0.

    Attributes:
        median_error, p90_error: percent, infinite where that many have no answer; centimetres would
            hide what the benchmark asks for. NaN for the truth 0, where only exactly 0 is right.
    """

    above_m: float
    up_to_m: float
    tally: Tally
    median_error: float
    p90_error: float


@dataclass(frozen=True)
class Evaluation:
    """What came out of one run over one dataset.

    Attributes:
        outcomes: one for each record that could be read.
        malformed: what was wrong with the others.
        pictures: times of each picture.
        categories_known: the categories, in the order of reports.
    """

    outcomes: tuple[Outcome, ...]
    malformed: tuple[RecordError, ...] = ()
    pictures: tuple[PictureOutcome, ...] = ()
    categories_known: tuple[str, ...] = CATEGORIES

    @property
    def scored(self) -> bool:
        """Whether there are truths to compare with; the test split has none."""
        return any(outcome.truth is not None for outcome in self.outcomes)

    @cached_property
    def categories(self) -> dict[str, Tally]:
        """A tally for each of the benchmark's categories that occurs."""
        tallies = {
            category: Tally.of(o for o in self.outcomes if o.category == category)
            for category in self.categories_known
        }
        return {category: tally for category, tally in tallies.items() if tally.asked}

    @cached_property
    def subtypes(self) -> dict[tuple[str, str], Tally]:
        """A tally for each (category, kind of question) that occurs."""
        kinds: dict[tuple[str, str], list[Outcome]] = {}
        for outcome in self.outcomes:
            kinds.setdefault((outcome.category, outcome.subtype), []).append(outcome)
        return {kind: Tally.of(kinds[kind]) for kind in sorted(kinds)}

    @property
    def accuracies(self) -> dict[str, float]:
        """Percent answered right in each category that occurs."""
        return {category: tally.accuracy for category, tally in self.categories.items()}

    @property
    def score(self) -> float:
        """The benchmark's figure: mean of the accuracies of the categories present, percent."""
        accuracies = self.accuracies
        if not self.scored or not accuracies:
            return math.nan
        return sum(accuracies.values()) / len(accuracies)

    @property
    def median_distance_error(self) -> float:
        """Median relative error of the distances, percent, over those whose truth is not 0."""
        errors = [
            outcome.distance_error
            for outcome in self.outcomes
            if outcome.category == 'distance' and not _is_zero(outcome.truth)
        ]
        return 100.0 * median(errors) if errors else math.nan

    @property
    def mean_errors(self) -> dict[str, float]:
        """Mean absolute error of each quantity, over its answers: percent; hours of a direction.

        Zero distances, whose relative error does not exist, are left out.
        """
        found: dict[str, list[float]] = {}
        for outcome in self.outcomes:
            if math.isfinite(outcome.distance_error) and not _is_zero(outcome.truth):
                percent = 1.0 if outcome.category == 'direction' else 100.0
                found.setdefault(outcome.category, []).append(percent * outcome.distance_error)
        return {category: sum(errors) / len(errors) for category, errors in found.items()}

    @property
    def mistakes(self) -> tuple[Outcome, ...]:
        """Every outcome that is not right."""
        return tuple(outcome for outcome in self.outcomes if not outcome.right)

    def confusion(self, category: str) -> dict[tuple[str, str], int]:
        """(truth, answer) -> how often, both as the benchmark's rule reads them."""
        pairs = Counter(
            (
                same_as(category, outcome.truth),
                NO_ANSWER if outcome.normalized is None else same_as(category, outcome.normalized),
            )
            for outcome in self.outcomes
            if outcome.category == category and outcome.truth is not None
        )
        return dict(pairs)

    @property
    def distance_ranges(self) -> tuple[DistanceRange, ...]:
        """The distances by how far the truth is; only ranges that occur."""
        known = [
            (float(o.truth), o) for o in self.outcomes if _is_distance(o) and o.truth is not None
        ]
        edges = [(0.0, 0.0), *zip((0.0, *_RANGES_M), _RANGES_M)]
        found = []
        for above_m, up_to_m in edges:
            inside = [
                outcome
                for truth_m, outcome in known
                if (above_m < truth_m <= up_to_m) or (up_to_m == 0.0 and truth_m == 0.0)
            ]
            if inside:
                errors = np.array([100.0 * outcome.distance_error for outcome in inside])
                middle, high = (
                    (math.nan, math.nan)
                    if up_to_m == 0.0
                    else (_ranked(errors, 0.5), _ranked(errors, 0.9))
                )
                found.append(DistanceRange(above_m, up_to_m, Tally.of(inside), middle, high))
        return tuple(found)

    @property
    def question_latency(self) -> Latency:
        """The engine's time a question; a picture's questions share its call evenly."""
        return Latency.of(outcome.seconds for outcome in self.outcomes)

    @property
    def picture_latency(self) -> Latency:
        """Reading a picture and answering all that was asked about it."""
        return Latency.of(done.load_s + done.answer_s for done in self.pictures)

    @property
    def coverage(self) -> dict[str, int]:
        """'answered' and each reason in place of an answer -> how many."""
        reasons = Counter(outcome.reason for outcome in self.outcomes if outcome.problem)
        return {
            'answered': len(self.outcomes) - sum(reasons.values()),
            **dict(reasons.most_common()),
        }

    @cached_property
    def calibration(self) -> Calibration:
        """Confidence beside accuracy, over what was answered."""
        answered = [o for o in self.outcomes if o.normalized is not None and o.truth is not None]
        return calibration([o.confidence for o in answered], [o.right for o in answered])

    @property
    def one_sigma(self) -> SigmaShare:
        """Distances whose error lies within their standard deviation."""
        measured = [
            o for o in self.outcomes
            if _is_distance(o) and o.normalized is not None and o.truth is not None
        ]  # fmt: skip
        return one_sigma_share(
            [float(o.normalized or 0) - float(o.truth or 0) for o in measured],
            [o.stddev for o in measured],
        )


def _is_distance(outcome: Outcome) -> bool:
    if not outcome.category.endswith('distance'):
        return False
    try:
        float(outcome.truth or 0), float(outcome.normalized or 0)
    except ValueError:
        return False
    return True


def _is_zero(truth: str | int | float | None) -> bool:
    try:
        return truth is not None and float(truth) == 0.0
    except ValueError:
        return False


def _ranked(values: np.ndarray, share: float) -> float:
    """A quantile that is one of the values: between a finite and an infinite one lies no mean."""
    return float(np.sort(values)[math.ceil(share * len(values)) - 1])
