# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions about two objects: which side, how far."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.question import Category, Question, Reference, Relation
from smolrgpt_ros.language.roles import (
    RELATIONS,
    attach,
    hanging_on_nothing,
    reference,
    split_joined,
)
from smolrgpt_ros.language.sentence_parts import Sentence, not_understood

VIEWER = Reference(text='me', viewer=True)

_LANDMARK_WORDS = frozenset({'of', 'relative', 'than', 'from', 'versus'})

_PLACES = frozenset({'in', 'on', 'closest_to', 'furthest_from', 'holding', 'in_front_of', 'behind'})


def left_right_question(sentence: Sentence) -> Question:
    """(subject, landmark); the landmark is the viewer for 'is it on my left'.

    Raises:
        QuestionError: less or more than two things are compared, or no side is named.
    """
    free = attach(sentence, kinds=_PLACES, least=2)
    named = [phrase for phrase in split_joined(free) if not phrase.viewer]
    single = [phrase for phrase in named if not phrase.pool]
    named = single if len(single) >= 2 else named
    viewers = [phrase for phrase in free if phrase.viewer]
    sides = {token.value for token in sentence.tokens if token.kind == 'side'}
    sides |= {phrase.superlative[:-4] for phrase in named if phrase.side_behind}
    side = sides.pop() if len(sides) == 1 else ''
    if not any(token.kind == 'side' for _, token in sentence.bare()):
        for phrase in [phrase for phrase in named if phrase.side_behind][-1:]:
            phrase.superlative, phrase.side_behind = (
                '',
                False,
            )  # '... is the pallet on the left?' asks for it
    if len(named) > 2 and all(phrase.object_id for phrase in named):
        raise not_understood('one side is told at a time, of two objects')
    if len(named) >= 2:
        pair = _subject_first(sentence, named)
    elif len(named) == 1:
        if named[0].side_behind:
            named[0].superlative, named[0].side_behind = '', False
        pair = [named[0], *viewers[:1]]
    else:
        raise not_understood('left or right of what was not understood: name two objects')
    references = [reference(sentence, phrase) for phrase in pair]
    if len(references) == 1:
        references.append(VIEWER)
    return Question(sentence.text, Category.LEFT_RIGHT, tuple(references), side=side)


def _subject_first(sentence: Sentence, named: list[Phrase]) -> list[Phrase]:
    """Two phrases, the landmark ('left of X', 'relative to X', 'X has it on its left') last."""
    first, second = named[0], named[1]
    if (
        first.first != second.first
        and _is_landmark(sentence, first)
        and not _is_landmark(sentence, second)
    ):
        return [second, first]
    gap = {token.text for token in sentence.tokens[first.last : second.first]}
    behind = [token.text for token in sentence.tokens[second.last :]]
    if gap <= {'have', 'has', 'with'} and gap and 'its' in behind:
        return [second, first]
    return [first, second]


def _is_landmark(sentence: Sentence, phrase: Phrase) -> bool:
    before = list(sentence.tokens[max(0, phrase.first - 3) : phrase.first])
    words = [token.text for token in before if token.text not in ('to', 'the', 'side')]
    if 'relative' in words:
        return True
    return (
        bool(words)
        and words[-1] in _LANDMARK_WORDS
        and any(
            token.kind == 'side' or token.text in ('side', 'direction')
            for token in sentence.tokens[max(0, phrase.first - 4) : phrase.first]
        )
    )


def distance_question(sentence: Sentence) -> Question:
    """(a, b); b is the viewer where only one object is named.

    Raises:
        QuestionError: no object is named, or more than two are.
    """
    attach(sentence, kinds=RELATIONS - {'in'} if _names_two(sentence) else RELATIONS, least=2)
    free = split_joined(hanging_on_nothing(sentence))
    _share_nouns(free)
    asked = [phrase for phrase in free if not phrase.pool]
    if len(asked) < 2:
        asked = free
    if len(asked) > 2:
        wanted = [phrase for phrase in asked if not phrase.masks]
        taken = {mask for phrase in wanted for mask in reference(sentence, phrase).masks}
        asked = [
            phrase for phrase in asked if not phrase.masks or not set(phrase.masks) <= taken
        ] or asked
    if len(asked) > 2:
        asked = _with_stray_mask(sentence, asked)
    if len(asked) > 2:
        asked = [phrase for phrase in asked if phrase.definite or phrase.masks] or asked
    if not asked:
        raise not_understood('the distance between what was not understood: name two objects')
    if len(asked) > 2:
        names = ', '.join(f"'{reference(sentence, phrase).text}'" for phrase in asked)
        raise not_understood(
            f'a distance is between two objects, {len(asked)} are named here: {names}'
        )
    pair = [reference(sentence, phrase, plural=False) for phrase in asked]
    if len(pair) == 1:
        pair.append(VIEWER)
    elif (
        pair[0].superlative in ('nearest', 'furthest')
        and not pair[1].viewer
        and pair[0].ordinal < 2
    ):
        gap = {token.text for token in sentence.between(asked[0], asked[1])}
        if {'to', 'from'} & gap:
            pair[0] = _nearest_to(pair[0], pair[1])
    elif pair[1].superlative in ('nearest', 'furthest') and pair[1].ordinal < 2:
        # 'from the transporter to the nearest pallet': the one nearest to the transporter
        single = not (pair[0].viewer or pair[0].superlative or len(pair[0].masks) > 1)
        gap = {token.text for token in sentence.between(asked[0], asked[1])}
        if single and {'to', 'from'} & gap:
            pair[1] = _nearest_to(pair[1], pair[0])
    return Question(sentence.text, Category.DISTANCE, tuple(pair))


def _share_nouns(phrases: list[Phrase]) -> None:
    """'the leftmost and the rightmost pallet', 'the left pallet from the biggest one'."""
    for phrase, other in [*pairwise(phrases), *((b, a) for a, b in pairwise(phrases))]:
        unnamed = phrase.noun in ('', 'one') and not (
            phrase.masks or phrase.pools or phrase.object_id or phrase.viewer
        )
        if unnamed and (phrase.superlative or phrase.attribute) and other.class_id:
            phrase.noun, phrase.class_id = other.noun, other.class_id


def _with_stray_mask(sentence: Sentence, asked: list[Phrase]) -> list[Phrase]:
    """A mask named otherwise than what is asked about belongs to it.

    As in 'the rack <mask> ... the unit on the right'.
    """
    stray = [phrase for phrase in asked if len(phrase.masks) == 1]
    homeless = [
        phrase
        for phrase in asked
        if phrase.class_id
        and not phrase.object_id
        and not phrase.viewer
        and not reference(sentence, phrase).masks
    ]
    if len(stray) != 1 or len(homeless) != 1 or len(asked) != 3:
        return asked
    homeless[0].masks = list(stray[0].masks)
    return [phrase for phrase in asked if phrase is not stray[0]]


def _nearest_to(nearest: Reference, other: Reference) -> Reference:
    """'how far is the nearest pallet from buffer_2': nearest to that buffer, not to the viewer."""
    kind = 'closest_to' if nearest.superlative == 'nearest' else 'furthest_from'
    return replace(nearest, superlative='', relation=Relation(kind, other))


def _names_two(sentence: Sentence) -> bool:
    return len([phrase for phrase in sentence.phrases if not phrase.pool]) <= 2
