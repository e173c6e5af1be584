# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions: made of the lexicon's words, of a dataset's sentences, or of anything."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from fuzz.draw import Draw
from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.answer import QuestionError, Reason
from smolrgpt_ros.language.expressions import EXPRESSIONS
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Category, Question, Reference
from smolrgpt_ros.language.words import normalise

_IDS: tuple[tuple[str, ...], ...] = (
    (),
    ('pallet_1', 'pallet_2', 'transporter_1', 'buffer_3', 'shelf_1'),
    ('1', '2', 'A', 'the', '', ' ', 'left', 'x' * 300, 'pallet', '<mask>', 'a-b_c 9', '\0', 'É'),
)
_CLASSES: tuple[tuple[str, ...], ...] = ((), ('pallet', 'die', 'magazine'), ('', '7', 'left of'))
_CATEGORIES = (None, *Category)
_WORDS = (
    *lexicon.CLASS_WORDS, *lexicon.SUPERLATIVES, *lexicon.ATTRIBUTES, *lexicon.ORDINALS,
    *lexicon.NUMBER_WORDS, *sorted(lexicon.DETERMINERS), *sorted(lexicon.VIEWER_WORDS),
    *sorted(lexicon.FUNCTION_WORDS), *EXPRESSIONS, *sorted(lexicon.METRES_PER_UNIT),
    '<mask>', '<image>', '?', ',', '.', '1.2', '3', '0', '1e9', '-2', 'm', '2m', 'pallet_1',
    'pallet 2', 'É', '\x00', '½',
)  # fmt: skip
_SENTENCES = (
    'is pallet_3 left of the transporter?',
    'which pallet is closest to the empty transporter?',
    'how far is the nearest pallet from me?',
    'how many pallets are in the buffer closest to the shelf on the right?',
    'where is pallet_2?',
    'what is between the shelf and transporter_1?',
    'is there room of 1.2 m left of the rack?',
    'what is within 3 m of buffer_2?',
    'Which of <mask> <mask> <mask> is the leftmost pallet?',
    'How many pallets are in <mask>, the second buffer from the left?',
)
_FEWEST_AND_MOST = {
    Category.LEFT_RIGHT: (2, 2),
    Category.MCQ: (1, 2),
    Category.DISTANCE: (2, 2),
    Category.COUNT: (1, 2),
    Category.WHERE: (1, 1),
    Category.BETWEEN: (2, 3),
    Category.ROOM: (1, 1),
    Category.WITHIN: (1, 2),
}


def seeds() -> Iterator[bytes]:
    """The sentences as they are, and each known id set once."""
    for place, sentence in enumerate(_SENTENCES):
        yield bytes((place % 3, 0, 0, 1)) + sentence.encode()


def check(data: bytes) -> None:
    """Parse; what is understood must be in itself in order, and mean the same when asked again."""
    draw = Draw(data)
    ids, classes, category = draw.choose(_IDS), draw.choose(_CLASSES), draw.choose(_CATEGORIES)
    text = _text(draw)
    try:
        question = parse(text, ids, classes, category)
    except QuestionError as error:
        assert error.failure.reason is Reason.NOT_UNDERSTOOD, error.failure
        assert error.failure.message
        return
    assert question.text == text
    near = (category, question.category) == (Category.COUNT, Category.WITHIN)  # 'how many are near'
    assert category in (None, question.category) or near, question
    _check_fields(question)
    again = parse(question.text, ids, classes, category)
    assert again == question, f'{question} is {again} when asked again'
    plain = normalise(text)
    if plain != text:
        folded = parse(plain, ids, classes, category)
        assert replace(folded, text=text) == question, f'{question} is {folded} when folded'


def _text(draw: Draw) -> str:
    if draw.chance():
        return draw.rest().decode('utf-8', 'replace')
    words = []
    while draw.left and len(words) < 60:
        words.append(draw.choose(_WORDS))
    return ' '.join(words)


def _check_fields(question: Question) -> None:
    fewest, most = _FEWEST_AND_MOST[question.category]
    assert fewest <= len(question.references) <= most, question
    assert question.side in ('', 'left', 'right', 'front', 'behind'), question
    assert question.form in ('', 'yes_no', 'how_many'), question
    assert question.mask_regions == (), question
    for length_m in (question.width_m, question.radius_m):
        assert length_m is None or (not math.isnan(length_m) and length_m > 0.0), question
    assert question.width_m is None or question.width_m < math.inf, question
    for reference in question.references:
        _check_reference(reference, question)


def _check_reference(reference: Reference, question: Question, depth: int = 0) -> None:
    assert depth < 100, question
    assert all(0 <= mask < question.mask_count for mask in reference.masks), question
    assert reference.ordinal >= 0, question
    for member in reference.members:
        _check_reference(member, question, depth + 1)
    if reference.relation is not None:
        _check_reference(reference.relation.other, question, depth + 1)
