# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Answers that came from elsewhere, in the engine's place: a submission file against the truth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from smolrgpt_ros.evaluation.figures import Evaluation
from smolrgpt_ros.evaluation.kinds import subtype_of
from smolrgpt_ros.evaluation.outcome import Outcome
from smolrgpt_ros.evaluation.warehouse_task import WarehouseTask, parsed_question
from smolrgpt_ros.warehouse.records import Record, RecordError
from smolrgpt_ros.warehouse.score import ScoreError, Truth, score


def score_answers(
    task: WarehouseTask, answers: Mapping[str, Any], *, strict: bool = False
) -> Evaluation:
    """Compare answers (id -> normalized answer) with a split, as the official scorer does.

    Raises:
        ScoreError: the ids differ, or the split has no answers. RecordError: `strict` and a record
            is malformed. ValueError, OSError: the split cannot be read.
    """
    malformed: list[RecordError] = []
    records: list[Record] = []

    def report(problem: RecordError) -> None:
        if strict:
            raise problem
        malformed.append(problem)

    for _, listed in task.pictures(report):
        records += listed
    truths = [
        Truth(record.id, record.category.value, record.normalized_answer)
        for record in records
        if record.category is not None and record.normalized_answer is not None
    ]
    if not truths:
        raise ScoreError(
            f'{task.dataset.records_path} has no true answers, so there is nothing to score with'
        )
    found = score(answers, truths)
    outcomes = []
    for record, truth in zip(records, truths):
        question = parsed_question(record.question, ())
        error = found.distance_errors.get(record.id, math.nan)
        outcomes.append(
            Outcome(
                record.id, record.image, record.question, truth.category,
                subtype_of(question, truth.normalized_answer), truth.normalized_answer,
                answers[record.id], found.correct[record.id], error, math.nan, math.nan, '',
            )
        )  # fmt: skip
    return Evaluation(tuple(outcomes), tuple(malformed))
