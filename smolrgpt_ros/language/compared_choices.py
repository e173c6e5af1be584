# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Choices of two by a third, and by what is in or on them."""

from __future__ import annotations

from dataclasses import replace

from smolrgpt_ros.language.clues import AMOUNTS
from smolrgpt_ros.language.lexicon import COMPARATIVES
from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.question import Category, Question, Reference
from smolrgpt_ros.language.roles import reference
from smolrgpt_ros.language.sentence_parts import Sentence, not_understood


def closer_question(sentence: Sentence) -> Question | None:
    """'is pallet_1 closer to transporter_2 or to pallet_5': the one of two that X is closer to."""
    at = next((i for i, token in sentence.bare() if token.text in COMPARATIVES), -1)
    before = [phrase for phrase in sentence.phrases if phrase.last <= at]
    behind = [phrase for phrase in sentence.phrases if phrase.first > at]
    if at < 0 or len(before) != 1 or len(behind) != 2 or before[0].asked:
        return None
    gap = [token.text for token in sentence.between(*behind)]
    both = gap[:1] == ['or'] or gap == ['than', 'to']
    if not both or sentence.tokens[at + 1].text not in ('to', 'from'):
        return None
    members = tuple(reference(sentence, phrase, plural=False) for phrase in behind)
    candidates = Reference(' or '.join(m.text for m in members), plural=True, members=members)
    choice = COMPARATIVES[sentence.tokens[at].text]
    pair = (candidates, reference(sentence, before[0], plural=False))
    return Question(sentence.text, Category.MCQ, pair, choice=choice)


def fullest_question(sentence: Sentence, asked: Phrase | None, amount: str) -> Question:
    """'which buffer has the most pallets': (the buffers, what is counted in each).

    Raises:
        QuestionError: nothing says what is counted, or in what.
    """
    counted = next(
        (
            phrase
            for phrase in sentence.phrases
            if phrase is not asked
            and phrase.first > 0
            and sentence.tokens[phrase.first - 1].text in AMOUNTS
            and phrase.plural
            and phrase.class_id
        ),
        None,
    )
    asked = asked or next((phrase for phrase in sentence.phrases if phrase is not counted), None)
    if asked is None or counted is None:
        raise not_understood(
            'what there is the most or the fewest of, and where, was not understood'
        )
    holders = reference(sentence, asked, plural=True)
    if not holders.masks:
        pools = [phrase for phrase in sentence.phrases if phrase.masks and phrase is not counted]
        same = [phrase for phrase in pools if phrase.class_id in (asked.class_id, '')]
        masks = sorted({mask for phrase in same for mask in phrase.masks})
        holders = replace(holders, masks=tuple(masks))
    pair = (holders, reference(sentence, counted, plural=True))
    return Question(sentence.text, Category.MCQ, pair, choice=amount)
