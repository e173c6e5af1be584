# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""All questions about one dataset picture, answered and compared with their truths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.reasoning.engine import Engine
from smolrgpt_ros.warehouse.folder import DatasetFolder
from smolrgpt_ros.warehouse.records import Record, RecordError
from smolrgpt_ros.warehouse.score import distance_error, is_correct


@dataclass(frozen=True)
class Outcome:
    """What became of one record.

    Attributes:
        image: file name of the picture.
        category: the record's own, one of the benchmark's four.
        subtype: kind of question within it, as the parser understood it.
        truth: the record's normalized answer.
        normalized: the engine's, None where it gave a reason in place of an answer.
        right: by the benchmark's rule.
        distance_error: relative; absolute in metres where the truth is 0; NaN for other categories.
        confidence: the engine's, NaN without an answer.
        stddev: of the value, NaN where there is none.
        problem: why there is no answer, '' where there is one.
    """

    record_id: str
    image: str
    question: str
    category: str
    subtype: str
    truth: str | int | float
    normalized: str | int | float | None
    right: bool
    distance_error: float
    confidence: float
    stddev: float
    problem: str


def answer_picture(
    engine: Engine,
    folder: DatasetFolder,
    image: str,
    records: Sequence[Record],
    regions: str,
    *,
    with_colour: bool,
) -> tuple[list[Outcome], list[RecordError]]:
    """Outcomes of the records that can be read, in their order, and what is wrong with the others.

    Args:
        regions: 'masks' or 'boxes', see `DatasetFolder.load`.
        with_colour: the engine looks at the picture itself.
    """
    malformed: list[RecordError] = []
    asked = folder.load(
        image, records, regions=regions, with_colour=with_colour,
        with_relative_depth=True if with_colour else None, on_error=malformed.append,
    )  # fmt: skip
    parsed = [
        _parsed(record.question, regions_of)
        for record, regions_of in zip(asked.records, asked.mask_regions, strict=True)
    ]
    understood = [question for question in parsed if isinstance(question, Question)]
    answers = iter(engine.answer(asked.scene, understood))
    outcomes = []
    for record, question in zip(asked.records, parsed, strict=True):
        answer = next(answers) if isinstance(question, Question) else question
        outcomes.append(_outcome(record, question, answer))
    return outcomes, malformed


def _parsed(text: str, mask_regions: tuple[int, ...]) -> Question | Failure:
    try:
        return replace(parse(text), mask_regions=mask_regions)
    except QuestionError as error:
        return error.failure


def _outcome(record: Record, question: Question | Failure, answer: Answer | Failure) -> Outcome:
    if record.category is None or record.normalized_answer is None:
        raise RecordError(record.id, 'has no category or no answer to compare with')
    category, truth = record.category.value, record.normalized_answer
    normalized, problem = _normalized(answer, record.category)
    known = isinstance(answer, Answer)
    return Outcome(
        record.id,
        record.image,
        record.question,
        category,
        subtype_of(question, truth),
        truth,
        normalized,
        normalized is not None and is_correct(category, normalized, truth),
        distance_error(normalized, truth) if record.category is Category.DISTANCE else math.nan,
        answer.confidence if isinstance(answer, Answer) else math.nan,
        answer.stddev if isinstance(answer, Answer) else math.nan,
        '' if known and not problem else problem,
    )


def _normalized(
    answer: Answer | Failure, category: Category
) -> tuple[str | int | float | None, str]:
    """The normalized answer, or None and why it does not count."""
    if isinstance(answer, Failure):
        return None, f'{answer.reason.value}: {answer.message}'
    if answer.category is not category:
        return (
            None,
            f'{Reason.NOT_UNDERSTOOD.value}: read as {answer.category.value}, not {category.value}',
        )
    return answer.normalized, ''


def subtype_of(question: Question | Failure, truth: str | int | float) -> str:
    """A few words for the kind of question: what is chosen, counted or measured between."""
    if isinstance(question, Failure):
        return 'not understood'
    classes = [reference.class_id or 'object' for reference in question.references]
    if question.category is Category.LEFT_RIGHT:
        return f'on the {question.side}?' if question.side else 'left or right?'
    if question.category is Category.MCQ:
        return f'{question.choice} {classes[0]}'
    if question.category is Category.COUNT:
        where = question.references[-1]
        place = where.superlative or (where.relation.kind if where.relation else 'given')
        return f'{classes[0]} in the {place} {classes[-1]}'
    if question.category is Category.DISTANCE:
        return ' to '.join(classes) + (', inside' if truth == 0 else '')
    return question.category.value
