# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: SIM905 - words are easier to read and to add to in running lines
"""How a question opens: for yes or no, for a number, or otherwise."""

from __future__ import annotations

from smolrgpt_ros.language.lexicon import COMPARATIVES
from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.sentence_parts import Sentence
from smolrgpt_ros.language.token import Token

# How a yes-or-no question opens, and what makes another question of one that opens so.
_AUXILIARIES = frozenset(
    'is are was were does do did has have can could would will isthere am'.split()
)


_QUESTION_WORDS = frozenset(
    """
    which what who how where howmany howmuch list name show tell identify find count determine
    give select choose number measure estimate compute calculate
    """.split()
)


_AMOUNT_WORDS = frozenset({'all', 'every', 'each', 'only', 'both', 'enough'})


def form_of(tokens: tuple[Token, ...]) -> str:
    """'yes_no', 'how_many' or '': how the answer's sentence should open."""
    words = [token.text for token in tokens if token.kind != 'punct']
    values = {token.value for token in tokens}
    if {'howmany', 'count', 'counting', 'tally'} & values:
        return 'how_many'
    if any(token.kind == 'number' for token in tokens) or _AMOUNT_WORDS & set(words):
        return ''  # 'are there 3 pallets', 'are all pallets in buffer_1': the number tells
    if 'or' in words and 'than' not in words and COMPARATIVES.keys() & set(words):
        return ''  # 'is pallet_1 or pallet_2 closer' asks which
    if {'if', 'whether', 'true', 'confirm', 'verify'} & set(words):
        return 'yes_no'
    opens = bool(words) and (words[0] in _AUXILIARIES or bool({'isthere'} & values))
    return 'yes_no' if opens and not _QUESTION_WORDS & set(words) else ''


def asks_whether(tokens: tuple[Token, ...]) -> bool:
    """True for 'is pallet_3 ...', 'are all pallets ...', 'tell me if ...'."""
    opening = tokens[0].text if tokens else ''
    return opening in ('is', 'are', 'does', 'do', 'has') or form_of(tokens) == 'yes_no'


def is_one(sentence: Sentence, phrase: Phrase) -> bool:
    """True for 'the person' of 'is the person in buffer_1': one that the words must tell."""
    definite = sentence.tokens[phrase.first].text in ('the', 'this', 'that')
    return definite and not phrase.plural and form_of(sentence.tokens) == 'yes_no'
