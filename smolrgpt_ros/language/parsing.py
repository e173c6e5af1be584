# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Text to question: by the meaning of its words, not by templates."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from smolrgpt_ros.language.answer import QuestionError
from smolrgpt_ros.language.categories import category_of
from smolrgpt_ros.language.forms import form_of
from smolrgpt_ros.language.grammar import BUILDERS
from smolrgpt_ros.language.known_ids import id_key
from smolrgpt_ros.language.pairs import VIEWER
from smolrgpt_ros.language.phrases import find_phrases
from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.language.sentence_parts import Sentence, not_understood
from smolrgpt_ros.language.tokens import tokenize
from smolrgpt_ros.language.words import normalise, singular

LONGEST_QUESTION = 4096
# '-3 m', '1e9 m': read without the sign or the exponent they would mean something else.
_ODD_LENGTH = re.compile(
    r'(?:^|\s)(?:-\s?\d{1,9}(?:[.,]\d{1,9})?|\d{1,9}(?:\.\d{1,9})?e[+-]?\d{1,9})'
    r'\s?(?:[cmk]?m|ft|feet|inch(?:es)?|met(?:re|er)s?)\b',
    re.IGNORECASE,
)


def parse(
    text: str,
    known_ids: Sequence[str] = (),
    known_classes: Collection[str] = (),
    category: Category | None = None,
) -> Question:
    """What a question asks for.

    Args:
        text: the question, at most `LONGEST_QUESTION` characters.
        known_ids: ids of the scene's objects, recognised in any spelling ('Pallet 3' for
            'pallet_3').
        known_classes: classes of the scene's objects, recognised as nouns without an article.
        category: the category where it is known already; else it is inferred. 'How many are near
            the shelf?' is WITHIN even where COUNT is given.

    Raises:
        QuestionError: NOT_UNDERSTOOD, with what was not understood and examples of what is.
    """
    if len(text) > LONGEST_QUESTION:
        raise not_understood(
            f'the question has {len(text)} characters, at most {LONGEST_QUESTION} are read'
        )
    plain = normalise(text)
    if not any(character.isalnum() for character in plain):
        raise not_understood('the question is empty')
    odd = _ODD_LENGTH.search(plain)
    if odd is not None:
        raise not_understood(f"'{odd.group().strip()}' is no length that can be read")
    nouns = {singular(' '.join(name.lower().replace('_', ' ').split())) for name in known_classes}
    tokens = tuple(
        tokenize(plain, known_ids, {noun for noun in nouns if noun and not noun.isdigit()})
    )
    failure: QuestionError | None = None
    for loose in (False, True):
        try:
            question = _parsed(plain, tokens, loose, category)
        except QuestionError as error:
            failure = failure or error
            continue
        masks = sum(token.kind == 'mask' for token in tokens)
        if loose or _is_complete(question):
            return replace(question, text=text, mask_count=masks)
        complete = replace(question, text=text, mask_count=masks)
        try:
            retried = _parsed(plain, tokens, True, category)
        except QuestionError:
            return complete
        return (
            replace(retried, text=text, mask_count=masks)
            if _names_more(retried, question)
            else complete
        )
    assert failure is not None
    raise failure


def _parsed(plain: str, tokens: tuple, loose: bool, category: Category | None) -> Question:
    sentence = Sentence(plain, tokens, tuple(find_phrases(tokens, loose=loose)))
    question = BUILDERS[category or category_of(sentence)](sentence)
    return replace(question, form=form_of(tokens))


def _is_complete(question: Question) -> bool:
    """False where a role was filled by the viewer without a word for it."""
    return not (
        question.category in (Category.DISTANCE, Category.LEFT_RIGHT)
        and question.references[1] is VIEWER
    )


def _names_more(retried: Question, question: Question) -> bool:
    return retried.category is question.category and not retried.references[-1].viewer


__all__ = ['LONGEST_QUESTION', 'id_key', 'parse']
