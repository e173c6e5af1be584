# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Planners' questions: where, what is between, is there room."""

from __future__ import annotations

from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.language.roles import (
    RELATIONS,
    attach,
    hanging_on_nothing,
    reference,
    split_joined,
)
from smolrgpt_ros.language.sentence_parts import Sentence, not_understood
from smolrgpt_ros.language.surroundings import positive

_SIDES = {'left_of': 'left', 'right_of': 'right', 'in_front_of': 'front', 'behind': 'behind'}


def where_question(sentence: Sentence) -> Question:
    """(x,)."""
    free = [phrase for phrase in attach(sentence) if not phrase.viewer] or list(sentence.phrases)
    asked = [phrase for phrase in free if not phrase.pool] or free
    if not asked:
        raise not_understood('where what is was not understood: name an object')
    if len(asked) > 1 and all(phrase.object_id for phrase in asked):
        names = ' and '.join(phrase.object_id for phrase in asked)
        raise not_understood(f'one place is told at a time, {names} were asked for')
    return Question(sentence.text, Category.WHERE, (reference(sentence, asked[0], plural=False),))


def between_question(sentence: Sentence) -> Question:
    """(a, b), or (a, b, what) where a kind of thing is asked for."""
    at = next(
        (
            index
            for index, token in enumerate(sentence.tokens)
            if token.text == 'between' or token.value == 'between'
        ),
        -1,
    )
    if at < 0:
        raise not_understood("the word 'between' is missing in a question about what is between")
    attach(
        sentence, kinds=RELATIONS, keep=[phrase for phrase in sentence.phrases if phrase.last <= at]
    )
    free = hanging_on_nothing(sentence)
    ends = split_joined([phrase for phrase in free if phrase.first > at])
    if len(ends) < 2:
        raise not_understood(
            "'between' needs two objects, as in 'what is between the shelf and transporter_1?'"
        )
    references = [reference(sentence, phrase, plural=False) for phrase in ends[:2]]
    what = [
        phrase
        for phrase in free
        if phrase.last <= at and not phrase.viewer and (phrase.class_id or phrase.object_id)
    ]
    if what:
        references.append(reference(sentence, what[-1], plural=not what[-1].object_id))
    return Question(sentence.text, Category.BETWEEN, tuple(references))


def room_question(sentence: Sentence) -> Question:
    """(x,) with the side and the width."""
    attach(sentence, kinds={'in', 'holding'}, least=1)
    free = [phrase for phrase in hanging_on_nothing(sentence) if not phrase.viewer]
    side, after = '', -1
    for index, token in sentence.bare():
        if token.kind == 'side':
            side, after = token.value, index
        elif token.kind == 'relation' and token.value in (
            'in_front_of',
            'behind',
            'closest_to',
            'on',
        ):
            if token.value != 'on':
                side, after = _SIDES.get(token.value, ''), index
        elif token.text in ('around', 'alongside'):
            side, after = '', index
    for phrase in free:
        if phrase.side_behind and not side:
            side = phrase.superlative[:-4]
            phrase.superlative, phrase.side_behind = '', False
    behind = [phrase for phrase in free if phrase.first > after]
    target = behind[0] if behind and after >= 0 else free[-1] if free else None
    if target is None:
        raise not_understood(
            "room beside what was not understood: name an object, as in 'room left of the rack'"
        )
    width = next((token for token in sentence.tokens if token.kind == 'quantity'), None)
    return Question(
        sentence.text,
        Category.ROOM,
        (reference(sentence, target, plural=False),),
        side=side,
        width_m=None if width is None else positive(width.number, width.text),
    )
