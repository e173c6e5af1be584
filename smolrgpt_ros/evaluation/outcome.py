# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What became of one record, and of one picture; how both are kept in a file."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any

from smolrgpt_ros.warehouse.records import RecordError

Normalized = str | int | float


@dataclass(frozen=True)
class Outcome:
    """What became of one record.

    Attributes:
        image: file name of the picture.
        category: the record's own; in a split without answers the one that was understood, '' where
            none was.
        subtype: kind of question within it, as the parser understood it.
        truth: the record's normalized answer; None in a split without answers.
        normalized: the engine's, None where it gave a reason in place of an answer.
        right: by the benchmark's rule; False where there is nothing to compare with.
        distance_error: relative; absolute in metres where the truth is 0; inf without an answer;
            NaN for other categories.
        confidence: the engine's, NaN without an answer.
        stddev: of the value, NaN where there is none.
        problem: why there is no answer, '' where there is one.
        text: the engine's sentence.
        seconds: the engine's time for the picture's questions, divided among them.
    """

    record_id: str
    image: str
    question: str
    category: str
    subtype: str
    truth: Normalized | None
    normalized: Normalized | None
    right: bool
    distance_error: float
    confidence: float
    stddev: float
    problem: str
    text: str = ''
    seconds: float = math.nan

    @property
    def reason(self) -> str:
        """The status constant of a missing answer, '' where there is one."""
        return self.problem.split(':')[0]


@dataclass(frozen=True)
class PictureOutcome:
    """What became of one picture's records.

    Attributes:
        index: place of the picture among all of the run, from 0.
        malformed: what was wrong with records that could not be asked.
        load_s: seconds for reading the picture, its depth and its masks.
        answer_s: seconds the engine took for all of its questions.
    """

    index: int
    picture: str
    outcomes: tuple[Outcome, ...]
    malformed: tuple[RecordError, ...] = ()
    load_s: float = math.nan
    answer_s: float = math.nan


def outcome_row(outcome: Outcome) -> dict[str, Any]:
    """A JSON object; what is no number or not finite becomes null."""
    return {name: _plain(value) for name, value in asdict(outcome).items()}


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def picture_row(done: PictureOutcome) -> dict[str, Any]:
    """One line of a journal."""
    return {
        'index': done.index,
        'picture': done.picture,
        'load_s': _plain(done.load_s),
        'answer_s': _plain(done.answer_s),
        'outcomes': [_exact_row(outcome) for outcome in done.outcomes],
        'malformed': [[problem.record_id, problem.problem] for problem in done.malformed],
    }


_FLOATS = tuple(field.name for field in fields(Outcome) if field.type == 'float')


def _exact_row(outcome: Outcome) -> dict[str, Any]:
    """Like `outcome_row`, but infinity and NaN can be told apart again."""
    row = asdict(outcome)
    return row | {name: repr(row[name]) for name in _FLOATS if not math.isfinite(row[name])}


def picture_of_row(row: dict[str, Any]) -> PictureOutcome:
    """The reverse of `picture_row`. Raises KeyError, TypeError or ValueError for another row."""
    return PictureOutcome(
        int(row['index']),
        str(row['picture']),
        tuple(
            Outcome(**(kept | {name: float(kept[name]) for name in _FLOATS}))
            for kept in row['outcomes']
        ),
        tuple(RecordError(str(record_id), str(problem)) for record_id, problem in row['malformed']),
        math.nan if row['load_s'] is None else float(row['load_s']),
        math.nan if row['answer_s'] is None else float(row['answer_s']),
    )
