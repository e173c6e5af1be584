# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A run's figures as one JSON object."""

from __future__ import annotations

import math
from typing import Any

from smolrgpt_ros.evaluation.figures import Evaluation, Latency, Tally


def summary(evaluation: Evaluation, seconds: float) -> dict[str, Any]:
    """Everything that is counted; percent and seconds, null where there is no finite value."""
    sigma = evaluation.one_sigma
    return {
        'score': rounded(evaluation.score),
        **(
            {name: rounded(value) for name, value in evaluation.accuracies.items()}
            if evaluation.scored
            else {}
        ),
        'median_distance_error': rounded(evaluation.median_distance_error),
        'mean_error': {name: rounded(value) for name, value in evaluation.mean_errors.items()},
        'questions': len(evaluation.outcomes),
        'unanswered': sum(outcome.normalized is None for outcome in evaluation.outcomes),
        'malformed': len(evaluation.malformed),
        'coverage': evaluation.coverage,
        'subtypes': [
            {'category': category, 'kind': kind, **_tally(tally, scored=evaluation.scored)}
            for (category, kind), tally in evaluation.subtypes.items()
        ],
        'confusion': {
            category: [
                {'truth': truth, 'answer': answer, 'count': count}
                for (truth, answer), count in sorted(evaluation.confusion(category).items())
            ]
            for category in evaluation.categories
            if not category.endswith('distance')
        },
        'distance_ranges': [
            {
                'above_m': part.above_m,
                'up_to_m': rounded(part.up_to_m),
                **_tally(part.tally, scored=True),
                'median_error': rounded(part.median_error),
                'p90_error': rounded(part.p90_error),
            }
            for part in evaluation.distance_ranges
        ],
        'ece': rounded(evaluation.calibration.expected_error, 4),
        'calibration': [
            {
                'low': part.low,
                'high': part.high,
                'count': part.count,
                'confidence': rounded(part.confidence, 4),
                'accuracy': rounded(part.accuracy, 4),
            }
            for part in evaluation.calibration.bins
        ],
        'one_sigma': {'percent': rounded(sigma.percent), 'count': sigma.count},
        'question_s': _latency(evaluation.question_latency),
        'picture_s': _latency(evaluation.picture_latency),
        'seconds': round(seconds, 1),
    }


def rounded(value: float, digits: int = 2) -> float | None:
    """None where there is no finite value, since JSON has no NaN."""
    return round(value, digits) if math.isfinite(value) else None


def _tally(tally: Tally, *, scored: bool) -> dict[str, Any]:
    return {
        'accuracy': rounded(tally.accuracy) if scored else None,
        'right': tally.right if scored else None,
        'asked': tally.asked,
        'unanswered': tally.unanswered,
    }


def _latency(latency: Latency) -> dict[str, float | None]:
    return {
        'mean': rounded(latency.mean, 5),
        'median': rounded(latency.median, 5),
        'p95': rounded(latency.p95, 5),
    }
