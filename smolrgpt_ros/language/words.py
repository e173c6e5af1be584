# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Single words: folded, singular, known, glued together, mistyped."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.expressions import EXPRESSION_WORDS, EXPRESSIONS
from smolrgpt_ros.language.token import Token


def normalise(text: str) -> str:
    """Text with compatibility characters folded and control characters made blanks."""
    if text.isascii() and text.isprintable():
        return text
    folded = unicodedata.normalize('NFKC', text).replace('’', "'").replace('‘', "'")
    return ''.join(
        ' ' if unicodedata.category(character) in ('Cc', 'Cf', 'Zl', 'Zp') else character
        for character in folded
    )


def singular(word: str) -> str:
    """The singular of a lower-case noun; the word itself when it is none."""
    if word in lexicon.IRREGULAR_PLURALS:
        return lexicon.IRREGULAR_PLURALS[word]
    if word in lexicon.NEVER_PLURAL or len(word) < 4 or not word.endswith('s'):
        return word
    if word.endswith('ies') and len(word) > 4:
        return word[:-3] + 'y'
    if word.endswith(('xes', 'ches', 'shes', 'sses')):
        return word[:-2]
    if word.endswith(('ss', 'us', 'is')):
        return word
    return word[:-1]


@lru_cache(maxsize=1024)
def is_known_word(word: str) -> bool:
    """True for a lower-case word that stands in one of the lexicon's tables."""
    base = singular(word)
    return (
        word in lexicon.FUNCTION_WORDS
        or word in EXPRESSIONS
        or word in EXPRESSION_WORDS
        or base in lexicon.CLASS_WORDS
        or word in lexicon.VIEWER_WORDS
        or word in lexicon.DETERMINERS
        or word in lexicon.NEUTRAL_WORDS
        or word in lexicon.ATTRIBUTES
        or word in lexicon.SUPERLATIVES
        or word in lexicon.ORDINALS
        or word in lexicon.NUMBER_WORDS
        or word in lexicon.METRES_PER_UNIT
        or word in lexicon.DISTANCE_WORDS
        or word in lexicon.COUNT_WORDS
        or word in lexicon.WHERE_WORDS
        or word in lexicon.ROOM_WORDS
        or word in lexicon.PICKUP_WORDS
        or word in lexicon.CHOICE_VERBS
        or word in lexicon.VIEW_HEADS
    )


def split_words(word: str, start: int, end: int) -> list[Token]:
    """The word, or the two that it was glued from ('leftmostthe'), or the one it was meant for.

    ('palet').
    """
    if is_known_word(word) or len(word) > 30:
        return [Token('word', word, word, start, end)]
    if len(word) >= 6:
        for cut in range(len(word) - 2, 2, -1):
            if is_known_word(word[:cut]) and is_known_word(word[cut:]):
                middle = start + cut
                return [
                    Token('word', word[:cut], word[:cut], start, middle),
                    Token('word', word[cut:], word[cut:], middle, end),
                ]
    meant = _corrected(word)
    return [Token('word', meant, meant, start, end)]


@lru_cache(maxsize=1024)
def _corrected(word: str) -> str:
    if len(word) < 5 or word in lexicon.REAL_WORDS or word[:1] not in 'ptbslrncfmvdo':
        return word
    for target in lexicon.SPELLING_TARGETS:
        if word[0] == target[0] and abs(len(word) - len(target)) <= 1 and _one_slip(word, target):
            return target
    return word


def _one_slip(word: str, target: str) -> bool:
    """True where one letter was added, lost, changed or swapped with its neighbour."""
    first = next(
        (i for i, (a, b) in enumerate(zip(word, target)) if a != b), min(len(word), len(target))
    )
    if len(word) == len(target):
        swapped = word[first + 1 : first + 2] + word[first : first + 1]
        return word[first + 1 :] == target[first + 1 :] or (
            swapped == target[first : first + 2] and word[first + 2 :] == target[first + 2 :]
        )
    if len(word) < len(target):
        return word[first:] == target[first + 1 :]
    return word[first + 1 :] == target[first:]
