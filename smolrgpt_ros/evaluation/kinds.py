# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Kinds of questions within a category, as the parser understood them."""

from __future__ import annotations

from smolrgpt_ros.language.answer import Failure
from smolrgpt_ros.language.question import Category, Question

NOT_UNDERSTOOD = 'not understood'


def subtype_of(question: Question | Failure, truth: str | int | float | None) -> str:
    """A few words for the kind of question: what is chosen, counted or measured between."""
    if isinstance(question, Failure):
        return NOT_UNDERSTOOD
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
