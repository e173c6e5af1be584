# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: SIM905 - words are easier to read and to add to in running lines
"""What kind of answer a question wants."""

from __future__ import annotations

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.clues import (
    DEPTH_RELATIONS,
    HOLDING_VERBS,
    asks_how_far,
    asks_side,
    asks_what,
    asks_which,
    chooses,
    counts,
    has_side,
    opens_with_superlative,
    wants_two_sides,
)
from smolrgpt_ros.language.forms import asks_whether
from smolrgpt_ros.language.lexicon import COMPARATIVES
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.language.radius import LESS, MORE, radius_index
from smolrgpt_ros.language.sentence_parts import Sentence, not_understood
from smolrgpt_ros.language.token import Token

_GAPS = frozenset(
    """
    distance distances gap separation spacing apart separated separates separate separating
    """.split()
)

_FITTING = frozenset({'fit', 'fits', 'squeeze', 'clearance'})


def category_of(sentence: Sentence) -> Category:
    """The category, by meaning. Raises QuestionError where there is none."""
    category = _category(sentence)
    listing = (Category.WITHIN, Category.COUNT, Category.BETWEEN, Category.MCQ)
    if (
        category in listing
        and radius_index(sentence.tokens) < 0
        and _denies([token.text for token in sentence.tokens])
    ):
        raise not_understood("what is 'not' so cannot be asked, only what is so")
    return category


def _denies(texts: list[str]) -> bool:
    """True for a 'not' that is no part of 'or not' and 'not more than', for 'except', 'outside'."""
    if {'except', 'excluding', 'isn', 'aren', 'doesn', 'without'} & set(texts):
        return True
    return any(
        (first == 'not' and before != 'or' and second not in MORE | LESS) or first == 'outside'
        for before, first, second in zip(['', *texts], texts, [*texts[1:], ''])
    )


def _category(sentence: Sentence) -> Category:
    words = sentence.words()
    if words & {'way', 'path', 'route'} and words & {'free', 'clear', 'blocked', 'open'}:
        raise not_understood(
            'whether a way is free cannot be asked; '
            "ask 'is there anything between me and pallet_1?'"
        )
    if _radius(sentence.tokens):
        return Category.WITHIN
    if _is_room(sentence, words):
        if 'between' in words:
            raise not_understood(
                'room is measured left, right, in front or behind of one object, not '
                'between two; ask how far they '
                'are apart'
            )
        return Category.ROOM
    counted = counts(sentence.tokens)
    if 'between' in words and words & {'enough', 'fit'}:
        raise not_understood('room between two objects cannot be asked; ask how far they are apart')
    if counted is Category.COUNT and 'between' in words and not _has_masks(sentence):
        return Category.BETWEEN
    if counted is not None:
        return counted
    which = asks_which(sentence.tokens)
    if asks_how_far(sentence.tokens) or (words & _GAPS and not which):
        return Category.DISTANCE
    if 'between' in words and not chooses(sentence) and not has_side(sentence):
        return Category.BETWEEN
    if asks_side(sentence.tokens):
        return Category.LEFT_RIGHT
    if 'isthere' in words and not which and not wants_two_sides(sentence.tokens):
        return Category.COUNT
    if (which or asks_what(sentence.tokens)) and not wants_two_sides(sentence.tokens):
        return Category.MCQ if chooses(sentence) else Category.WITHIN
    if 'where' in words and 'should' in words:
        raise not_understood('where something should go cannot be asked, only where it is')
    if 'where' in words and not wants_two_sides(sentence.tokens):
        return Category.WHERE
    if has_side(sentence):
        return Category.LEFT_RIGHT
    if (
        words & lexicon.CHOICE_VERBS
        and not ('find' in words and not _has_masks(sentence))
        and chooses(sentence)
        and not words & {'locate', 'position', 'where'}
    ):
        return Category.MCQ
    return _by_what_is_left(sentence, words)


def _has_masks(sentence: Sentence) -> bool:
    return any(token.kind == 'mask' for token in sentence.tokens)


def _by_what_is_left(sentence: Sentence, words: frozenset[str]) -> Category:
    if {'than', 'or'} & words and words & set(COMPARATIVES) and len(sentence.phrases) >= 2:
        return Category.MCQ  # 'is the bag farther than the die' asks which of the two is
    if any(token.kind == 'attribute' for _, token in sentence.bare()) and sentence.phrases:
        return Category.COUNT  # 'is transporter_1 empty'
    stated = _stated_of_one(sentence)
    if stated is not None:
        return stated
    if words & {
        'where',
        'locate',
        'location',
        'position',
        'coordinates',
        'coordinate',
        'pose',
        'find',
        'show',
    }:
        return Category.WHERE
    if words & lexicon.PICKUP_WORDS and any(
        phrase.class_id == 'pallet' for phrase in sentence.phrases
    ):
        return Category.MCQ
    if (
        asks_whether(sentence.tokens)
        and len(sentence.phrases) >= 2
        and not words & set(COMPARATIVES)
    ) and any(
        token.kind == 'relation' and token.value in ('in', 'on', 'holding')
        for token in sentence.tokens
    ):
        return Category.COUNT
    if (
        any(token.kind == 'superlative' for token in sentence.tokens)
        and sum(token.kind == 'mask' for token in sentence.tokens) > 1
    ):
        return Category.MCQ
    if (
        len(sentence.phrases) == 1
        and sentence.phrases[0].definite
        and all(token.kind == 'punct' for _, token in sentence.bare())
    ):
        return Category.WHERE  # 'pallet_3', 'the nearest pallet'
    if opens_with_superlative(sentence):
        return Category.MCQ  # 'nearest pallet to me?'
    if not sentence.phrases and words & {'see', 'visible', 'seen'}:
        return Category.WITHIN  # 'what do you see'
    if not sentence.phrases:
        raise not_understood('no object and no question about one was found in the text')
    raise not_understood('what is asked about the objects was not understood')


def _stated_of_one(sentence: Sentence) -> Category | None:
    """What 'is pallet_3 ...' asks: near, behind, carrying something, the leftmost; else None."""
    if not asks_whether(sentence.tokens) or len(sentence.phrases) < 2:
        return None
    bare = [token for _, token in sentence.bare()]
    kinds = {token.value for token in bare if token.kind == 'relation'}
    if 'closest_to' in kinds or 'close' in {token.text for token in bare}:
        return Category.WITHIN
    if kinds & set(DEPTH_RELATIONS):
        return Category.MCQ
    if 'holding' in kinds or HOLDING_VERBS & {token.text for token in bare}:
        return Category.COUNT
    subject, predicate = sentence.phrases[:2]
    if (
        predicate.superlative
        and subject.last == predicate.first
        and not (subject.superlative or subject.plural)
    ):
        return Category.MCQ
    return None


def _radius(tokens: tuple[Token, ...]) -> bool:
    index = radius_index(tokens)
    texts = {token.text for token in tokens[:index]} if index >= 0 else set()
    if index < 0 or any(token.text in ('room', 'space', 'clearance') for token in tokens):
        return False
    return not (texts & _GAPS and 'within' not in texts)


def _is_room(sentence: Sentence, words: frozenset[str]) -> bool:
    quantity = any(token.kind == 'quantity' for token in sentence.tokens)
    texts = [token.text for token in sentence.tokens]
    if 'room' in texts and (
        texts.index('room') == 0 or texts[texts.index('room') - 1] not in ('the', 'this')
    ):
        return True
    if 'clearance' in words and 'between' in words:
        return False
    if words & _FITTING:
        return True
    if 'between' in words or words & (_GAPS - {'gap', 'spacing'} | {'far'}):
        return False
    if 'space' in words and (quantity or words & {'enough', 'free', 'howmuch', 'isthere', 'empty'}):
        return True
    return quantity and bool(
        words & {'enough', 'wide', 'put', 'park', 'place', 'turn', 'free', 'isthere'}
    )
