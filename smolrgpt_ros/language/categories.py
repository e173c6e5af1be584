# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What kind of answer a question wants."""

from __future__ import annotations

from itertools import pairwise

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.phrases import Phrase
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.language.roles import Sentence, not_understood
from smolrgpt_ros.language.tokens import Token

_GAPS = frozenset(
    {
        'distance',
        'distances',
        'gap',
        'separation',
        'spacing',
        'apart',
        'separated',
        'separates',
        'separate',
        'separating',
    }
)
_LESS = frozenset(
    {'within', 'radius', 'closer', 'nearer', 'less', 'under', 'below', 'most', 'inside', 'up'}
)
_MORE = frozenset({'further', 'farther', 'more', 'over', 'beyond', 'above', 'outside', 'least'})
COMPARATIVES = {
    'closer': 'nearest',
    'nearer': 'nearest',
    'further': 'furthest',
    'farther': 'furthest',
    'bigger': 'largest',
    'larger': 'largest',
    'smaller': 'smallest',
}
_FITTING = frozenset({'fit', 'fits', 'squeeze', 'clearance'})
STRONG_PICKUP = frozenset(
    {
        'pickup',
        'collect',
        'retrieve',
        'fetch',
        'grab',
        'haul',
        'retrieval',
        'collection',
        'access',
        'accessible',
        'collecting',
        'retrieving',
        'picking',
        'reachable',
        'lift',
        'load',
        'transport',
        'take',
    }
)


def category_of(sentence: Sentence) -> Category:
    """The category, by meaning. Raises QuestionError where there is none."""
    words = sentence.words()
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
    counted = _counts(sentence.tokens)
    if counted is not None:
        return counted
    asks_which = _asks_which(sentence.tokens)
    if _asks_how_far(sentence.tokens) or (words & _GAPS and not asks_which):
        return Category.DISTANCE
    if 'between' in words and not _chooses(sentence) and not _has_side(sentence):
        return Category.BETWEEN
    if _asks_side(sentence.tokens):
        return Category.LEFT_RIGHT
    if 'isthere' in words and not asks_which and not _wants_two_sides(sentence.tokens):
        return Category.COUNT
    if (asks_which or _asks_what(sentence.tokens)) and not _wants_two_sides(sentence.tokens):
        return Category.MCQ if _chooses(sentence) else Category.WITHIN
    if 'where' in words and 'should' in words:
        raise not_understood('where something should go cannot be asked, only where it is')
    if 'where' in words and not _wants_two_sides(sentence.tokens):
        return Category.WHERE
    if _has_side(sentence):
        return Category.LEFT_RIGHT
    if (
        words & lexicon.CHOICE_VERBS
        and _chooses(sentence)
        and not words & {'locate', 'position', 'where'}
    ):
        return Category.MCQ
    return _by_what_is_left(sentence, words)


def _by_what_is_left(sentence: Sentence, words: frozenset[str]) -> Category:
    if {'than', 'or'} & words and words & set(COMPARATIVES) and len(sentence.phrases) >= 2:
        return Category.MCQ  # 'is the bag farther than the die' asks which of the two is
    if any(token.kind == 'attribute' for _, token in sentence.bare()) and sentence.phrases:
        return Category.COUNT  # 'is transporter_1 empty'
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
    first = sentence.tokens[0].text if sentence.tokens else ''
    if (
        first in ('is', 'are', 'does', 'do', 'has')
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
    if _opens_with_superlative(sentence):
        return Category.MCQ  # 'nearest pallet to me?'
    if not sentence.phrases:
        raise not_understood('no object and no question about one was found in the text')
    raise not_understood('what is asked about the objects was not understood')


def radius_index(tokens: tuple[Token, ...]) -> int:
    """Index of the quantity that is a radius, -1 where there is none.

    Raises QuestionError for 'farther than'.
    """
    for index, token in enumerate(tokens):
        if token.kind != 'quantity':
            continue
        near = [tokens[i].text for i in range(max(0, index - 5), index)]
        following = tokens[index + 1].text if index + 1 < len(tokens) else ''
        if set(near) & _MORE and 'than' in near and not {'no', 'not'} & set(near):
            raise not_understood(
                f"what is farther away than '{token.text}' cannot be asked, only what is within it"
            )
        if set(near) & _LESS or following == 'radius' or {'no', 'than'} <= set(near):
            return index
        if following in ('around', 'of', 'from', 'away') and near[-1:] == ['in']:
            return index
    return -1


def _radius(tokens: tuple[Token, ...]) -> bool:
    index = radius_index(tokens)
    texts = {token.text for token in tokens[:index]} if index >= 0 else set()
    return index >= 0 and not (texts & _GAPS and 'within' not in texts)


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
    if 'between' in words or words & {'far', 'distance'}:
        return False
    if 'space' in words and (quantity or words & {'enough', 'free', 'howmuch', 'isthere', 'empty'}):
        return True
    return quantity and bool(
        words & {'enough', 'wide', 'put', 'park', 'place', 'turn', 'free', 'isthere'}
    )


def _counts(tokens: tuple[Token, ...]) -> Category | None:
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


def _asks_how_far(tokens: tuple[Token, ...]) -> bool:
    for first, second in pairwise(tokens):
        if first.text == 'how' and second.text in (
            'far',
            'close',
            'distant',
            'near',
            'remote',
            'nearby',
            'long',
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


def _asks_which(tokens: tuple[Token, ...]) -> bool:
    """True for the question word, not for 'the pallet which is loaded'."""
    return any(
        token.text == 'which'
        and (index == 0 or tokens[index - 1].kind not in ('noun', 'nouns', 'id', 'mask'))
        for index, token in enumerate(tokens)
    )


def _asks_what(tokens: tuple[Token, ...]) -> bool:
    return any(token.text in ('what', 'who', 'list') for token in tokens) and not any(
        token.text in ('location', 'position', 'coordinates', 'pose')
        and index + 1 < len(tokens)
        and tokens[index + 1].text == 'of'
        and token.kind == 'word'
        for index, token in enumerate(tokens)
    )


def _asks_side(tokens: tuple[Token, ...]) -> bool:
    return any(
        first.text in ('which', 'what') and second.text in ('side', 'direction', 'hand')
        for first, second in pairwise(tokens)
    ) or _wants_two_sides(tokens)


def _wants_two_sides(tokens: tuple[Token, ...]) -> bool:
    """'left or right', 'to the left or to the right'."""
    sides = [index for index, token in enumerate(tokens) if token.kind == 'side']
    for first, second in pairwise(sides):
        gap = [token.text for token in tokens[first + 1 : second]]
        if tokens[first].value != tokens[second].value and ('or' in gap or gap == []):
            return True
    return False


def _has_side(sentence: Sentence) -> bool:
    if any(token.kind == 'side' for _, token in sentence.bare()):
        return True
    return any(phrase.side_behind for phrase in sentence.phrases)


def _chooses(sentence: Sentence) -> bool:
    """True where a superlative, a comparison or a task picks one of several."""
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
    if not asked and _opens_with_superlative(sentence):
        return True
    if chosen_side(sentence):
        return True
    if any(is_stated(phrase, asked[0] if asked else None) for phrase in sentence.phrases):
        return True
    if {'carrying', 'carries'} & set(texts):
        return False
    return bool(
        (words & lexicon.PICKUP_WORDS and not words & {'located', 'where'}) or words & STRONG_PICKUP
    )


def chosen_side(sentence: Sentence) -> str:
    """'left' of 'which is left, the die or the magazine?', '' for none."""
    if not _asks_which(sentence.tokens) or _wants_two_sides(sentence.tokens):
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


def _opens_with_superlative(sentence: Sentence) -> bool:
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
