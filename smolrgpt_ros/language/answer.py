# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What comes back: an answer, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from smolrgpt_ros.language.question import Category


class Reason(str, Enum):
    """Why a question has no answer; names equal the status constants of SpatialQuery.srv."""

    UNKNOWN_OBJECT = 'UNKNOWN_OBJECT'
    AMBIGUOUS = 'AMBIGUOUS'
    NOT_UNDERSTOOD = 'NOT_UNDERSTOOD'
    NO_DEPTH = 'NO_DEPTH'
    TIMEOUT = 'TIMEOUT'
    ENGINE_FAILED = 'ENGINE_FAILED'


@dataclass(frozen=True)
class Answer:
    """An engine's answer to one question.

    Attributes:
        normalized: what the benchmark scores: 'left' | 'right', mcq index, metres, count; for
            planner's
            categories: 'x y z' metres of WHERE in the target frame, space separated ids of BETWEEN
                and WITHIN, 'yes' | 'no' of ROOM.
        value: the number in it, NaN where there is none (left_right); for ROOM the free width in
            metres.
        unit: 'm' or ''.
        text: one sentence for a person; names objects by their ids.
        regions: scene regions the answer refers to, the answer's own first.
        question_positions: for each of `regions` its `<mask>` position (or reference position) in
            the question, -1 if none.
        confidence: probability in [0, 1] that the answer is right.
        stddev: standard deviation of `value` in its unit; NaN where it has none.
        engine: which engine answered.
        verified: two engines agree.
    """

    category: Category
    normalized: str | int | float
    text: str
    value: float = math.nan
    unit: str = ''
    regions: tuple[int, ...] = ()
    question_positions: tuple[int, ...] = ()
    confidence: float = 1.0
    stddev: float = math.nan
    engine: str = ''
    verified: bool = False


@dataclass(frozen=True)
class Failure:
    """Why there is no answer, in a sentence that says what was wrong and what would help."""

    reason: Reason
    message: str
    candidates: tuple[str, ...] = ()


class QuestionError(ValueError):
    """A question that cannot be answered as asked; carries its `Failure`."""

    def __init__(self, failure: Failure):
        super().__init__(failure.message)
        self.failure = failure
