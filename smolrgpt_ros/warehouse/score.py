# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The benchmark's metric (AI City Challenge 2025, Track 3), to the last rule."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CATEGORIES = ('left_right', 'mcq', 'distance', 'count')

_SIDES = {
    side[0] + rest if rest else side[0]: side
    for side in ('left', 'right')
    for rest in ('', side[1:], f'{side[1:]} side', f'{side[1:]}-hand', f'{side[1:]} hand')
}
_NUMBER_WORDS = {
    'zero': '0', 'one': '1', 'two': '2', 'three': '3', 'four': '4', 'five': '5', 'six': '6',
    'seven': '7', 'eight': '8', 'nine': '9', 'ten': '10', 'eleven': '11', 'twelve': '12',
    'thirteen': '13', 'fourteen': '14', 'fifteen': '15', 'sixteen': '16', 'seventeen': '17',
    'eighteen': '18', 'nineteen': '19', 'twenty': '20',
}  # fmt: skip
_NUMBER_WORD = re.compile(
    r'\b(' + '|'.join(sorted(_NUMBER_WORDS, key=len, reverse=True)) + r')\b', re.IGNORECASE
)
_DIGITS = re.compile(r'\d+')


class ScoreError(ValueError):
    """Answers that cannot be scored against these truths; the message names the ids."""


@dataclass(frozen=True)
class Truth:
    """What a record's right answer is."""

    id: str
    category: str
    normalized_answer: str | int | float


@dataclass(frozen=True)
class Score:
    """Outcome of a comparison.

    Attributes:
        score: mean of the accuracies of the categories present, times 100; NaN without records.
        accuracies: category -> share of right answers in [0, 1], only categories present, in the
            official order.
        counts: category -> number of records.
        correct: record id -> whether its answer is right.
        distance_errors: id of a distance record -> relative error, or the absolute one in metres
            where the truth is 0; inf where the answer is no number.
    """

    score: float
    accuracies: dict[str, float]
    counts: dict[str, int]
    correct: dict[str, bool]
    distance_errors: dict[str, float]


def _number(value: Any) -> float:
    """Return the value as a float; NaN where it is none."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _integer(value: Any) -> int | None:
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None


def _side(value: Any) -> str:
    text = str(value).strip().lower()
    return _SIDES.get(text, text)


def _first_digits(value: Any) -> str | None:
    digits = _DIGITS.search(
        _NUMBER_WORD.sub(lambda match: _NUMBER_WORDS[match[0].lower()], str(value))
    )
    return digits[0] if digits else None


def _same_index(answer: Any, truth: Any) -> bool:
    digits = _first_digits(answer)
    return digits is not None and digits == _first_digits(truth)


def _close_enough(answer: Any, truth: Any) -> bool:
    value, expected = _number(answer), _number(truth)
    if expected == 0.0:
        return value == 0.0
    return 0.90 * expected <= value <= 1.10 * expected


def _same_count(answer: Any, truth: Any) -> bool:
    value = _integer(answer)
    return value is not None and value == _integer(truth)


_RULES = {
    'left_right': lambda answer, truth: _side(answer) == _side(truth),
    'mcq': _same_index,
    'distance': _close_enough,
    'count': _same_count,
}


def is_correct(category: str, answer: Any, truth: Any) -> bool:
    """Whether a normalized answer is right. Raises ScoreError for an unknown category."""
    if category not in _RULES:
        raise ScoreError(f'category {category!r} is none of {", ".join(CATEGORIES)}')
    return _RULES[category](answer, truth)


def same_as(category: str, value: Any) -> str:
    """What the rule of a category compares: the side, the digits, the whole number; else the value.

    Two values with the same result are one and the same answer to the scorer (distances excepted).
    """
    if category == 'left_right':
        return _side(value)
    if category == 'mcq':
        return _first_digits(value) or str(value)
    if category == 'count':
        whole = _integer(value)
        return str(value if whole is None else whole)
    return str(value)


def distance_error(answer: Any, truth: Any) -> float:
    """Return the relative error of a distance; metres where the truth is 0; inf for no number."""
    value, expected = _number(answer), _number(truth)
    if not math.isfinite(value):
        return math.inf
    return abs(value - expected) / (abs(expected) if expected else 1.0)


def _refuse_other_ids(answers: Mapping[str, Any], truths: Mapping[str, Truth]) -> None:
    missing, unknown = truths.keys() - answers.keys(), answers.keys() - truths.keys()
    if missing or unknown:

        def some(ids: set[str]) -> str:
            return ', '.join(sorted(ids)[:3]) + (' ...' if len(ids) > 3 else '')

        parts = [f'{len(missing)} records without an answer ({some(missing)})'] if missing else []
        parts += [f'{len(unknown)} answers to unknown records ({some(unknown)})'] if unknown else []
        raise ScoreError('the ids of answers and truths differ: ' + '; '.join(parts))


def score(answers: Mapping[str, Any], truths: Iterable[Truth]) -> Score:
    """Compare normalized answers (id -> value) with the truths.

    Raises:
        ScoreError: the sets of ids differ, an id occurs twice, or a category is unknown.
    """
    by_id: dict[str, Truth] = {}
    for truth in truths:
        if truth.id in by_id:
            raise ScoreError(f'record {truth.id} occurs twice among the truths')
        by_id[truth.id] = truth
    _refuse_other_ids(answers, by_id)
    correct = {i: is_correct(t.category, answers[i], t.normalized_answer) for i, t in by_id.items()}
    accuracies, counts = {}, {}
    for category in CATEGORIES:
        ids = [i for i, truth in by_id.items() if truth.category == category]
        if ids:
            counts[category] = len(ids)
            accuracies[category] = sum(correct[i] for i in ids) / len(ids)
    total = 100.0 * sum(accuracies.values()) / len(accuracies) if accuracies else math.nan
    errors = {
        i: distance_error(answers[i], t.normalized_answer)
        for i, t in by_id.items()
        if t.category == 'distance'
    }
    return Score(total, accuracies, counts, correct, errors)


def read_submission(path: str | Path) -> dict[str, Any]:
    """Answers of a submission file, ``[{"id", "normalized_answer"}]``.

    Raises:
        ScoreError: no such list, an entry without id or answer or of another type, or an id twice.
    """
    try:
        rows = json.loads(Path(path).read_text(encoding='utf-8'))
    except (RecursionError, ValueError) as error:
        raise ScoreError(f'{path} is not JSON: {error}') from error
    if not isinstance(rows, list):
        raise ScoreError(f'{path}: expected a list of answers, got {type(rows).__name__}')
    answers: dict[str, Any] = {}
    for position, row in enumerate(rows):
        if not isinstance(row, dict) or 'id' not in row or 'normalized_answer' not in row:
            raise ScoreError(f'{path}: entry {position} lacks "id" or "normalized_answer"')
        _refuse_other_types(row['id'], row['normalized_answer'])
        if row['id'] in answers:
            raise ScoreError(f'{path}: record {row["id"]} is answered twice')
        answers[row['id']] = row['normalized_answer']
    return answers


def write_submission(path: str | Path, answers: Mapping[str, Any]) -> None:
    """Write answers as the benchmark takes them, beside the file first: it is whole or as before.

    Raises:
        ScoreError: an id that is no word, or an answer that is none of str, int and finite float.
        OSError: it cannot be written; what was there before is still there.
    """
    for record_id, value in answers.items():
        _refuse_other_types(record_id, value)
    rows = [{'id': i, 'normalized_answer': value} for i, value in answers.items()]
    write_whole(path, json.dumps(rows, indent=1) + '\n')


def _refuse_other_types(record_id: Any, value: Any) -> None:
    if not isinstance(record_id, str) or not record_id:
        raise ScoreError(f'id {record_id!r} is no word')
    known = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    if not known or value == '' or (isinstance(value, float) and not math.isfinite(value)):
        raise ScoreError(f'record {record_id}: answer {value!r} is neither word nor finite number')


def write_whole(path: str | Path, text: str) -> None:
    """Write a text beside `path` and rename it, so that no reader ever sees half of it.

    Raises:
        OSError: no such folder, no space ...; what was at `path` is still there.
    """
    path = Path(path)
    partial = path.with_name(f'{path.name}.{os.getpid()}.partial')
    try:
        with partial.open('w', encoding='utf-8') as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
