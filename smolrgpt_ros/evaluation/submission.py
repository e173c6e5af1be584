# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Answers as the official scorer takes them: one for every id, of the type of its category."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from smolrgpt_ros.evaluation.figures import Evaluation
from smolrgpt_ros.evaluation.outcome import Normalized, Outcome
from smolrgpt_ros.warehouse.score import write_submission

# The scorer refuses a file without an answer for every record; these stand where there is none.
_PLACEHOLDERS: dict[str, Normalized] = {'left_right': 'left', 'mcq': 0, 'count': 0, 'distance': 0.0}


@dataclass(frozen=True)
class Submission:
    """What is handed in.

    Attributes:
        answers: record id -> answer, in the order of the records.
        guessed: ids whose answer is a placeholder, since there was none.
        without_id: malformed records that have no id, so nothing can be said about them.
    """

    answers: dict[str, Normalized]
    guessed: tuple[str, ...]
    without_id: int


def submission_of(evaluation: Evaluation) -> Submission:
    """One answer a record; malformed records get a placeholder too, if they have an id."""
    answers: dict[str, Normalized] = {}
    guessed = []
    for outcome in evaluation.outcomes:
        answers[outcome.record_id] = _answer(outcome)
        if outcome.normalized is None:
            guessed.append(outcome.record_id)
    without_id = 0
    for problem in evaluation.malformed:
        if problem.record_id.startswith('#'):
            without_id += 1
        elif problem.record_id not in answers:
            answers[problem.record_id] = 0
            guessed.append(problem.record_id)
    return Submission(answers, tuple(guessed), without_id)


def _answer(outcome: Outcome) -> Normalized:
    if outcome.normalized is None:
        return _PLACEHOLDERS.get(outcome.category, 0)
    if outcome.category in ('mcq', 'count'):
        return int(outcome.normalized)
    if outcome.category == 'distance':
        return float(outcome.normalized)
    return str(outcome.normalized)


def write_answers(path: Path, submission: Submission) -> None:
    """Write the file. Raises ScoreError for an answer of a wrong type, OSError."""
    write_submission(path, submission.answers)
