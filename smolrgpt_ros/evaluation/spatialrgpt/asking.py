# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SpatialRGPT-Bench's questions put to our engines, and their answers turned back."""

from __future__ import annotations

from smolrgpt_ros.evaluation.spatialrgpt.categories import Kind
from smolrgpt_ros.evaluation.spatialrgpt.reading import Read
from smolrgpt_ros.evaluation.spatialrgpt.records import BenchRecord
from smolrgpt_ros.evaluation.warehouse_task import parsed_question
from smolrgpt_ros.language.answer import Answer, Failure, Reason
from smolrgpt_ros.language.question import Category, Question

# The choice among two regions that decides a predicate: A is behind B when A is the further one.
_CHOICES = {
    'left_choice': 'leftmost', 'right_choice': 'rightmost',
    'behind_predicate': 'furthest', 'front_predicate': 'nearest',
    'big_predicate': 'largest', 'small_predicate': 'smallest',
}  # fmt: skip
_SIDES = {'left_predicate': 'left', 'right_predicate': 'right'}


def bench_question(record: BenchRecord, regions: tuple[int, ...]) -> Question | Failure:
    """The question as our engines take it, or why none of them can be asked."""
    if record.category not in (*_CHOICES, *_SIDES, 'distance_data'):
        return Failure(
            Reason.NOT_UNDERSTOOD,
            f'no engine measures {record.asked.figure}; left_right, behind_front, big_small and '
            'direct_distance are covered',
        )
    question = parsed_question(record.record.question, regions)
    if isinstance(question, Failure) or _means(question, record.category):
        return question
    return Failure(
        Reason.NOT_UNDERSTOOD,
        f'read as {question.category.value} {question.choice or question.side}, asked was '
        f'{record.category}',
    )


def _means(question: Question, category: str) -> bool:
    """Whether what was read is what the category asks: nothing else may count as its answer."""
    if category in _SIDES:
        return question.category is Category.LEFT_RIGHT and question.side == _SIDES[category]
    if category in _CHOICES:
        return question.category is Category.MCQ and question.choice == _CHOICES[category]
    pair = [reference.masks for reference in question.references]
    return question.category is Category.DISTANCE and pair in ([(0,), (1,)], [(1,), (0,)])


def as_bench_answer(
    record: BenchRecord, question: Question | Failure, answer: Answer | Failure
) -> tuple[Read | None, str]:
    """The answer as the benchmark compares it, or None and why there is none."""
    if isinstance(answer, Failure):
        return None, f'{answer.reason.value}: {answer.message}'
    if isinstance(question, Failure) or answer.category is not question.category:
        return None, f'{Reason.NOT_UNDERSTOOD.value}: answered as {answer.category.value}'
    if record.asked.kind is Kind.LENGTH:
        return float(answer.normalized), ''
    if record.category in _SIDES:
        return ('yes' if answer.normalized == _SIDES[record.category] else 'no'), ''
    chosen = record.tokens[int(answer.normalized)]
    if record.asked.kind is Kind.CHOICE:
        return chosen, ''
    return ('yes' if chosen == record.tokens[0] else 'no'), ''
