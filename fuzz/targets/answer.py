# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A network's sentences, read as answers: of the warehouse's categories."""

from __future__ import annotations

import math
from collections.abc import Iterator

from fuzz.draw import Draw
from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.answer import QuestionError
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.language.reading import UnreadableError, read_answer

_QUESTIONS = (
    '',
    'Is <mask> left of <mask>?',
    'Which of <mask> <mask> <mask> is the leftmost pallet?',
    'How far is <mask> from <mask>?',
    'How many pallets are in <mask>?',
    'is there room of 1.2 m left of the rack?',
)
_NAMES: tuple[tuple[str, ...], ...] = (
    (),
    ('pallet_1', 'the pallet', 'shelf_1'),
    ('', '1', 'left', '.*', 'İ', 'ß', 'ſ', '\0', 'a' * 200),
)
_WORDS = (
    '[Region 0]', '[Region 1]', '[Region 2]', 'Region 999', 'pallet_1', 'is', 'left of', 'right of',
    'the', 'no', 'not', 'none', 'yes', 'between', 'and', 'to', 'metres', 'm', 'cm', 'feet', '1.5',
    '1,5', '1,200 mm', '3', '0', '-1', '1e3', '007', 'İ', 'ß', '½', '٣', '²', *lexicon.NUMBER_WORDS,
    *lexicon.ORDINALS, '.', ',', ':', '?', '-', 'pallets', 'buffer', 'approximately',
)  # fmt: skip
_SENTENCES = (
    'The pallet [Region 0] is to the left of [Region 1].',
    'The distance between [Region 0] and [Region 1] is approximately 3.27 meters.',
    'There are 4 pallets in buffer [Region 0].',
    'The best choice is pallet [Region 2], as it is the leftmost.',
    'between 1.5 and 2 m',
    'Yes, there is.',
)


def seeds() -> Iterator[bytes]:
    """The sentences, each for a category of its own."""
    for place, sentence in enumerate(_SENTENCES):
        yield bytes((place % 8, place % 6, place % 3, 1)) + sentence.encode()


def check(data: bytes) -> None:
    """Read; what is read must be an answer of the category."""
    draw = Draw(data)
    category, asked, names = (
        draw.choose(tuple(Category)), draw.choose(_QUESTIONS), draw.choose(_NAMES),
    )  # fmt: skip
    if draw.chance():
        text = draw.rest().decode('utf-8', 'replace')
    else:
        words = []
        while draw.left and len(words) < 80:
            words.append(draw.choose(_WORDS))
        text = ' '.join(words)
    try:
        question = parse(asked, category=category) if asked else None
    except QuestionError:
        question = None
    try:
        reading = read_answer(text, category, question, names)
    except UnreadableError as error:
        assert error.text == text
        return
    value = reading.normalized
    assert all(region >= 0 for region in reading.regions), reading
    assert len(set(reading.regions)) == len(reading.regions), reading
    if category is Category.LEFT_RIGHT:
        assert value in ('left', 'right'), reading
    elif category is Category.ROOM:
        assert value in ('yes', 'no'), reading
    elif category is Category.DISTANCE:
        assert isinstance(value, float), reading
        assert 0.0 <= value < math.inf, reading
        assert read_answer(f'It is {value:.2f} m.', category).normalized == round(value, 2)
    else:
        assert isinstance(value, int), reading
        assert value >= 0, reading
        assert not isinstance(value, bool), reading
        if category is Category.MCQ and question is not None and question.mask_count:
            assert value < question.mask_count, reading
