# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: SIM905 - words are easier to read and to add to in running lines
"""Clues in a sentence: it asks which, how far, for a side, for one of several."""

from __future__ import annotations

from itertools import pairwise

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.lexicon import COMPARATIVES
from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.language.sentence_parts import Sentence
from smolrgpt_ros.language.token import Token

# 'is pallet_3 behind pallet_4' compares how far they are from the viewer.
DEPTH_RELATIONS = {'behind': 'furthest', 'in_front_of': 'nearest'}
HOLDING_VERBS = frozenset(
    'contain contains hold holds carry carries have containing holding carrying'.split()
)
AMOUNTS = {'most': 'most', 'fewest': 'fewest', 'least': 'fewest'}
STRONG_PICKUP = frozenset(
    """
    pickup collected fetched retrieved grabbed picked accessed lifted reached
    collect retrieve fetch grab haul retrieval collection access accessible collecting
    retrieving picking reachable lift load transport take
    """.split()
)


def counts(tokens: tuple[Token, ...]) -> Category | None:
    """COUNT for 'how many pallets', DISTANCE for 'how many metres', None where nothing counts."""
    texts = [token.text for token in tokens]
    for index, token in enumerate(tokens):
        if token.value == 'howmany':
            following = texts[index + 1] if index + 1 < len(texts) else ''
            return Category.DISTANCE if following in lexicon.METRES_PER_UNIT else Category.COUNT
    values = [token.value for token in tokens]
    if {'count', 'tally', 'enumerate', 'quantity', 'counting'} & set(values):
        return Category.COUNT
    if 'total' in values and 'number' in values:
        return Category.COUNT
    return None


def asks_how_far(tokens: tuple[Token, ...]) -> bool:
    """True for 'how far', 'how close', 'how much distance'."""
    for first, second in pairwise(tokens):
        if first.text == 'how' and second.text in (
            'far',
            'close',
            'distant',
            'near',
            'remote',
            'nearby',
        ):
            return True
        if first.value == 'howmuch' and second.text in (
            'distance',
            'space',
            'farther',
            'further',
            'gap',
        ):
            return True
    return False


def asks_which(tokens: tuple[Token, ...]) -> bool:
    """True for the question word, not for 'the pallet which is loaded'."""
    return any(
        token.text == 'which'
        and (index == 0 or tokens[index - 1].kind not in ('noun', 'nouns', 'id', 'mask'))
        for index, token in enumerate(tokens)
    )


def asks_what(tokens: tuple[Token, ...]) -> bool:
    """True for 'what is ...', 'who', 'list'; not for 'what is the position of'."""
    return any(token.text in ('what', 'who', 'list') for token in tokens) and not any(
        token.text in ('location', 'position', 'coordinates', 'pose')
        and index + 1 < len(tokens)
        and tokens[index + 1].text == 'of'
        and token.kind == 'word'
        for index, token in enumerate(tokens)
    )


def asks_side(tokens: tuple[Token, ...]) -> bool:
    """True for 'which side', 'left or right'."""
    return any(
        first.text in ('which', 'what') and second.text in ('side', 'direction', 'hand')
        for first, second in pairwise(tokens)
    ) or wants_two_sides(tokens)


def wants_two_sides(tokens: tuple[Token, ...]) -> bool:
    """'left or right', 'to the left or to the right'."""
    sides = [index for index, token in enumerate(tokens) if token.kind == 'side']
    for first, second in pairwise(sides):
        gap = [token.text for token in tokens[first + 1 : second]]
        if tokens[first].value != tokens[second].value and ('or' in gap or gap == []):
            return True
    return False


def has_side(sentence: Sentence) -> bool:
    """True where a side is said of an object and is no part of its name."""
    if any(token.kind == 'side' for _, token in sentence.bare()):
        return True
    return any(phrase.side_behind for phrase in sentence.phrases)


def chooses(sentence: Sentence) -> bool:
    """True where a superlative, a comparison or a task picks one of several."""
    if most_or_fewest(sentence) or stated_place(sentence)[0]:
        return True
    words = sentence.words()
    bare = [token for _, token in sentence.bare()]
    if any(token.kind == 'superlative' for token in bare) or {t.text for t in bare} & set(
        COMPARATIVES
    ):
        return True
    texts = [token.text for token in sentence.tokens]
    asked = [phrase for phrase in sentence.phrases if phrase.asked in ('which', 'what')]
    if asked and (asked[0].superlative or (_closeness(sentence) and not asked[0].plural)):
        return True
    if not asked and opens_with_superlative(sentence):
        return True
    if chosen_side(sentence):
        return True
    if any(is_stated(phrase, asked[0] if asked else None) for phrase in sentence.phrases):
        return True
    if {'carrying', 'carries'} & set(texts) or {'does', 'carry'} <= set(texts):
        return False
    return bool(
        (words & lexicon.PICKUP_WORDS and not words & {'located', 'where'}) or words & STRONG_PICKUP
    )


def stated_place(sentence: Sentence) -> tuple[int, str]:
    """(2, 'leftmost') of 'which pallet is second from the left'; (0, '') for none."""
    for index, token in sentence.bare():
        if token.kind != 'ordinal':
            continue
        for follower in sentence.tokens[index + 1 : index + 4]:
            if follower.kind == 'side':
                return int(token.value), f'{follower.value}most'
            if follower.kind == 'superlative':
                return int(token.value), follower.value
    return 0, ''


def most_or_fewest(sentence: Sentence) -> str:
    """'most' of 'which buffer has the most pallets', 'fewest', or '' for none."""
    for index, token in enumerate(sentence.tokens[:-1]):
        following = sentence.tokens[index + 1]
        if following.kind in ('nouns', 'unknown') and token.text in AMOUNTS:
            return AMOUNTS[token.text]
    return ''


def chosen_side(sentence: Sentence) -> str:
    """'left' of 'which is left, the die or the magazine?', '' for none."""
    if not asks_which(sentence.tokens) or wants_two_sides(sentence.tokens):
        return ''
    for index, token in sentence.bare():
        following = sentence.tokens[index + 1].text if index + 1 < len(sentence.tokens) else '?'
        if token.kind == 'side' and following in (',', ':', '?', '.') and len(sentence.phrases) > 1:
            return token.value
    return ''


def is_stated(phrase: Phrase, asked: Phrase | None) -> bool:
    """True for a superlative that is said of what is asked for.

    As in 'which one is the leftmost', 'which of them is the largest one'.
    """
    if not phrase.superlative or phrase.side_behind or phrase.masks or phrase.object_id:
        return False
    return not phrase.class_id or (asked is not None and phrase.class_id == asked.class_id)


def _closeness(sentence: Sentence) -> bool:
    return any(token.value == 'closest_to' for _, token in sentence.bare())


def opens_with_superlative(sentence: Sentence) -> bool:
    """'what is the leftmost pallet'.

    The first phrase that is no enumeration carries the superlative.
    """
    first = next(
        (phrase for phrase in sentence.phrases if not phrase.pool and len(phrase.masks) != 1), None
    )
    if first is None or not first.superlative:
        return False
    gap = [token.text for token in sentence.tokens[: first.first]]
    return not any(
        token.kind == 'relation' for token in sentence.tokens[max(0, first.first - 1) : first.first]
    ) and (not {'between'} & set(gap))


def viewers_side(sentence: Sentence) -> str:
    """'left' of 'what is on my left', 'which pallets are on the left'; '' for none."""
    for index, token in sentence.bare():
        named = token.kind == 'side' and index and sentence.after(index) is None
        if named and sentence.tokens[index - 1].text in ('my', 'your', 'the', 'on', 'to'):
            return token.value
    return next(
        (
            phrase.superlative[:-4]
            for phrase in sentence.phrases
            if phrase.side_behind and phrase.plural
        ),
        '',
    )
