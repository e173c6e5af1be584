# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Planners' questions: what is within a radius, or stands in a relation."""

from __future__ import annotations

import math
from dataclasses import replace

from smolrgpt_ros.language.clues import HOLDING_VERBS, viewers_side
from smolrgpt_ros.language.forms import is_one
from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.question import Category, Question, Reference, Relation
from smolrgpt_ros.language.radius import is_beyond, radius_index
from smolrgpt_ros.language.roles import (
    attach,
    hanging_on_nothing,
    reference,
)
from smolrgpt_ros.language.sentence_parts import Sentence, not_understood

_VIEWER = Reference(text='me', viewer=True)


def within_question(sentence: Sentence) -> Question:
    """(centre,) or (centre, what) and the radius.

    Infinite for 'what is left of X', a relation without a radius.
    """
    at = radius_index(sentence.tokens)
    if at < 0:
        near = _near(sentence)
        return near if near is not None else _related(sentence)
    radius_m = positive(sentence.tokens[at].number, sentence.tokens[at].text)
    attach(sentence, keep=[phrase for phrase in sentence.phrases if phrase.last <= at])
    free = hanging_on_nothing(sentence)
    centres = [phrase for phrase in free if phrase.first > at]
    before = [phrase for phrase in free if phrase.last <= at]
    beyond = is_beyond(sentence.tokens, at)
    centre = reference(sentence, centres[0], plural=False) if centres else _VIEWER
    what = [phrase for phrase in before + centres[1:] if not phrase.viewer]
    what = [phrase for phrase in what if phrase.class_id or phrase.object_id or phrase.masks]
    if not what:
        return Question(sentence.text, Category.WITHIN, (centre,), radius_m=radius_m, beyond=beyond)
    one = bool(what[0].object_id) or is_one(sentence, what[0])
    wanted = reference(sentence, what[0], plural=not one)
    return Question(
        sentence.text, Category.WITHIN, (centre, wanted), radius_m=radius_m, beyond=beyond
    )


def _near(sentence: Sentence) -> Question | None:
    """'is pallet_3 near buffer_2', 'what is pallet_3 next to': the engine chooses the radius."""
    index = next(
        (i for i, t in sentence.bare() if t.value == 'closest_to' or t.text == 'close'), -1
    )
    if index < 0:
        return None
    before = [phrase for phrase in sentence.phrases if phrase.last <= index]
    behind = [phrase for phrase in sentence.phrases if phrase.first > index]
    subjects = [phrase for phrase in before if phrase.asked not in ('which', 'what')]
    if not behind and len(subjects) == 1 and subjects[0].definite:
        centre = reference(sentence, subjects[0], plural=False)
        return Question(sentence.text, Category.WITHIN, (centre,))
    if len(behind) == 1 and len(before) == 1 and before == subjects:
        centre = reference(sentence, behind[0], plural=False)
        what = before[0]
        if not (what.class_id or what.object_id or what.masks):
            return Question(sentence.text, Category.WITHIN, (centre,))
        one = bool(what.object_id or what.superlative or len(what.masks) == 1)
        one = one or is_one(sentence, what)
        wanted = reference(sentence, what, plural=not one)
        return Question(sentence.text, Category.WITHIN, (centre, wanted))
    return None


def _related(sentence: Sentence) -> Question:
    """What is related to something.

    'what is left of the rack', 'which pallets are in buffer_1', 'what does transporter_2 carry'.
    """
    asked = next((phrase for phrase in sentence.phrases if phrase.asked in ('which', 'what')), None)
    others = [phrase for phrase in sentence.phrases if phrase is not asked]
    attach(sentence, keep=[asked] if asked is not None else [])
    others = [phrase for phrase in hanging_on_nothing(sentence) if phrase is not asked]
    if asked is None and len(others) > 1 and others[0].plural:
        asked, others = others[0], others[1:]
    if asked is None and others and others[0].plural and others[0].relation is not None:
        asked = others[0]
        others = [asked.relation[1]] if asked.relation is not None else []
    attributes = [token.value for _, token in sentence.bare() if token.kind == 'attribute']
    if sum(token.kind == 'side' for _, token in sentence.bare()) > 1:
        raise not_understood('one relation is asked for at a time')
    if any(token.kind == 'ordinal' for _, token in sentence.bare()):
        raise not_understood('which place in which order was not understood')
    side = viewers_side(sentence)
    if side and all(phrase is asked or phrase.viewer for phrase in sentence.phrases):
        what = asked or Phrase(0, 1, plural=True)
        what.relation, what.superlative = None, ''
        wanted = replace(
            reference(sentence, what, plural=True),
            text=what.class_id or 'objects',
            relation=Relation(f'{side}_of', _VIEWER),
        )
        return Question(sentence.text, Category.WITHIN, (_VIEWER, wanted), radius_m=math.inf)
    if {'see', 'visible', 'seen'} & sentence.words() and not others:
        what = asked or Phrase(0, 1, plural=True)
        wanted = replace(reference(sentence, what, plural=True), text=what.class_id or 'objects')
        return Question(sentence.text, Category.WITHIN, (_VIEWER, wanted), radius_m=math.inf)
    if not others and asked is not None and (attributes or asked.attribute):
        wanted = replace(
            reference(sentence, asked, plural=True), attribute=(attributes or [asked.attribute])[0]
        )
        return Question(sentence.text, Category.WITHIN, (_VIEWER, wanted), radius_m=math.inf)
    if not others and asked is not None and asked.plural:
        others = [asked]
    if not others:
        raise not_understood('what is asked about was not understood')
    other = others[0]
    if len(others) == 1 and (other is asked or asked is None) and other.plural and not other.masks:
        wanted = reference(sentence, other, plural=True)  # 'list all pallets'
        return Question(sentence.text, Category.WITHIN, (_VIEWER, wanted), radius_m=math.inf)
    what = asked or Phrase(other.first, other.first + 1, plural=True)
    kind = what.relation[0] if what.relation is not None else _stated_relation(sentence, other)
    if kind == 'closest_to':  # 'what is near me': within a radius that the engine chooses
        centre = reference(sentence, other, plural=False)
        what.relation = None
        if 'who' in sentence.words():
            what.class_id = what.noun = 'person'
        if not what.class_id:
            return Question(sentence.text, Category.WITHIN, (centre,))
        return Question(
            sentence.text, Category.WITHIN, (centre, reference(sentence, what, plural=True))
        )
    what.relation = (kind, other)
    wanted = replace(
        reference(sentence, what, plural=True), text=what.class_id or 'objects', superlative=''
    )
    article = sentence.tokens[other.first].text in ('a', 'an', 'any') or other.plural
    anyone = kind in ('in', 'on', 'holding') and article and not other.superlative
    centre = _VIEWER if anyone else reference(sentence, other, plural=False)
    return Question(sentence.text, Category.WITHIN, (centre, wanted), radius_m=math.inf)


def _stated_relation(sentence: Sentence, other: Phrase) -> str:
    side, kind = '', ''
    for token in sentence.tokens[: other.first]:
        side = token.value if token.kind == 'side' else side
        kind = token.value if token.kind == 'relation' else kind
    if side:
        return f'{side}_of'
    texts = {token.text for token in sentence.tokens[other.last :]}
    if (
        not kind
        and {'carry', 'carrying', 'hold', 'holding', 'contain', 'carries', 'holds', 'contains'}
        & texts
    ):
        kind = 'on'
    if not kind and HOLDING_VERBS & {token.text for token in sentence.tokens[: other.first]}:
        kind = 'holding'  # 'which transporter carries a pallet'
    behind = [token.value for token in sentence.tokens[other.last :] if token.kind == 'relation']
    if not kind and behind[-1:] in (['in'], ['on']):
        kind = 'holding'  # 'which buffer is pallet_3 in'
    if not kind:
        raise not_understood('how the objects are related was not understood')
    return kind


def positive(metres: float, words: str) -> float:
    """The length itself. Raises QuestionError where it is not above zero."""
    if metres <= 0.0:
        raise not_understood(f"'{words}' is no length above zero")
    return metres
