# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is counted of outcomes, and how it is said as JSON."""

from __future__ import annotations

import json
import math

import pytest
from small_dataset import small_dataset

from smolrgpt_ros.evaluation.figures import NO_ANSWER, Evaluation, Latency
from smolrgpt_ros.evaluation.outcome import (
    Outcome,
    PictureOutcome,
    outcome_row,
    picture_of_row,
    picture_row,
)
from smolrgpt_ros.evaluation.running import Run, evaluate
from smolrgpt_ros.evaluation.submission import submission_of
from smolrgpt_ros.evaluation.summary import summary
from smolrgpt_ros.evaluation.warehouse_task import warehouse_task
from smolrgpt_ros.warehouse.records import RecordError
from smolrgpt_ros.warehouse.score import Truth, distance_error, is_correct, score


def outcome(category: str, truth, answer, problem: str = '', **changed) -> Outcome:
    values = {
        'record_id': 'id', 'image': 'a.png', 'question': '?', 'category': category,
        'subtype': 'kind', 'truth': truth, 'normalized': answer,
        'right': answer is not None and is_correct(category, answer, truth),
        'distance_error': distance_error(answer, truth) if category == 'distance' else math.nan,
        'confidence': 1.0, 'stddev': math.nan, 'problem': problem,
    }  # fmt: skip
    return Outcome(**(values | changed))


def test_score_is_the_mean_over_the_categories_present() -> None:
    evaluation = Evaluation(
        (outcome('mcq', 1, 1), outcome('mcq', 1, 0), outcome('mcq', 1, 2), outcome('count', 3, 3))
    )
    assert evaluation.accuracies == pytest.approx({'mcq': 100 / 3, 'count': 100.0})
    assert evaluation.score == pytest.approx((100 / 3 + 100) / 2)


def test_the_score_of_a_run_is_the_official_one() -> None:
    evaluation = evaluate(warehouse_task(small_dataset()), Run(processes=1))
    assert evaluation is not None
    truths = [Truth(o.record_id, o.category, o.truth) for o in evaluation.outcomes if o.truth != '']
    official = score(submission_of(evaluation).answers, truths)
    assert evaluation.score == pytest.approx(official.score)
    assert evaluation.accuracies == pytest.approx(
        {category: 100 * share for category, share in official.accuracies.items()}
    )


def test_median_distance_error_leaves_zero_distances_out_and_keeps_failures() -> None:
    evaluation = Evaluation((
        outcome('distance', 1.0, 1.01), outcome('distance', 1.0, 1.03),
        outcome('distance', 1.0, None), outcome('distance', 0, 5.0),
    ))  # fmt: skip
    assert evaluation.median_distance_error == pytest.approx(3.0)
    assert evaluation.mean_errors == {'distance': pytest.approx(2.0)}


def test_confusion_reads_answers_as_the_scorer_does() -> None:
    evaluation = Evaluation((
        outcome('left_right', 'left', 'L'), outcome('left_right', 'left', 'right-hand'),
        outcome('left_right', 'right', None), outcome('mcq', 2, 'region two'),
        outcome('count', 3, 3.7), outcome('count', 3, '4'),
    ))  # fmt: skip
    assert evaluation.confusion('left_right') == {
        ('left', 'left'): 1, ('left', 'right'): 1, ('right', NO_ANSWER): 1,
    }  # fmt: skip
    assert evaluation.confusion('mcq') == {('2', '2'): 1}
    assert evaluation.confusion('count') == {('3', '3'): 1, ('3', '4'): 1}


def test_distances_by_range() -> None:
    evaluation = Evaluation((
        outcome('distance', 0, 0.0), outcome('distance', 2.0, 2.1), outcome('distance', 2.01, 3.0),
        outcome('distance', 20.0, None), outcome('distance', 3.0, 3.0),
    ))  # fmt: skip
    found = [
        (r.above_m, r.up_to_m, r.tally.asked, r.tally.right) for r in evaluation.distance_ranges
    ]
    assert found == [(0, 0, 1, 1), (0, 2, 1, 1), (2, 4, 2, 1), (16, math.inf, 1, 0)]
    assert math.isinf(evaluation.distance_ranges[-1].median_error)
    assert evaluation.distance_ranges[1].p90_error == pytest.approx(5.0)


def test_coverage_counts_each_reason() -> None:
    evaluation = Evaluation((
        outcome('mcq', 1, 1), outcome('mcq', 1, None, 'NO_DEPTH: no depth'),
        outcome('mcq', 1, None, 'NO_DEPTH: other words: here'),
        outcome('mcq', 1, None, 'TIMEOUT: late'),
    ))  # fmt: skip
    assert evaluation.coverage == {'answered': 1, 'NO_DEPTH': 2, 'TIMEOUT': 1}
    assert evaluation.categories['mcq'].unanswered == 3


def test_one_sigma_and_confidence_of_outcomes() -> None:
    evaluation = Evaluation((
        outcome('distance', 2.0, 2.05, stddev=0.1, confidence=0.95),
        outcome('distance', 2.0, 3.0, stddev=0.1, confidence=0.95),
        outcome('distance', 2.0, None, confidence=math.nan),
    ))  # fmt: skip
    assert (evaluation.one_sigma.within, evaluation.one_sigma.count) == (1, 2)
    assert evaluation.calibration.count == 2
    assert evaluation.calibration.expected_error == pytest.approx(0.45)


def test_latency() -> None:
    found = Latency.of([math.nan, *(0.01 * n for n in range(1, 101))])
    assert (found.mean, found.median) == (pytest.approx(0.505), pytest.approx(0.505))
    assert found.p95 == pytest.approx(0.95, abs=0.01)


def test_summary_is_strict_json_even_of_nothing() -> None:
    for evaluation in (Evaluation(()), Evaluation((outcome('distance', 20.0, None),))):
        row = json.loads(json.dumps(summary(evaluation, 0.0), allow_nan=False))
        assert row['questions'] == len(evaluation.outcomes)
    assert json.loads(json.dumps(summary(Evaluation(()), 0.0), allow_nan=False))['score'] is None


def test_a_picture_in_a_journal_reads_back_the_same() -> None:
    done = PictureOutcome(
        3, 'a.png',
        (outcome('distance', 1.5, None, 'NO_DEPTH: x'), outcome('mcq', 1, 2, confidence=1 / 3)),
        (RecordError('b', 'has no mask'),), 0.1, math.nan,
    )  # fmt: skip
    again = picture_of_row(json.loads(json.dumps(picture_row(done), allow_nan=False)))
    assert repr(again) == repr(done)
    assert json.loads(json.dumps(outcome_row(done.outcomes[0]), allow_nan=False))['stddev'] is None


def test_a_submission_answers_every_id() -> None:
    evaluation = Evaluation(
        (
            outcome('mcq', None, '2', record_id='a', right=False, distance_error=math.nan),
            outcome('distance', 1.0, None, 'NO_DEPTH: x', record_id='b'),
            outcome('', None, None, 'NOT_UNDERSTOOD: x', record_id='c', right=False),
        ),
        (RecordError('d', 'has no picture'), RecordError('#4', 'expected an object')),
    )
    found = submission_of(evaluation)
    assert found.answers == {'a': 2, 'b': 0.0, 'c': 0, 'd': 0}
    assert found.guessed == ('b', 'c', 'd')
    assert found.without_id == 1
