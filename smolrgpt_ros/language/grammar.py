# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a sentence of a known category to the question, references in the order of their roles."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from smolrgpt_ros.language.categories import radius_index
from smolrgpt_ros.language.choices import choice_question
from smolrgpt_ros.language.phrases import Phrase
from smolrgpt_ros.language.question import Category, Question, Reference, Relation
from smolrgpt_ros.language.roles import (
    RELATIONS,
    Sentence,
    attach,
    not_understood,
    reference,
    split_joined,
)

_VIEWER = Reference(text='me', viewer=True)
_LANDMARK_WORDS = frozenset({'of', 'relative', 'than', 'from', 'versus'})
_PLACES = frozenset({'in', 'on', 'closest_to', 'furthest_from', 'holding', 'in_front_of', 'behind'})
_SIDES = {'left_of': 'left', 'right_of': 'right', 'in_front_of': 'front', 'behind': 'behind'}


def left_right_question(sentence: Sentence) -> Question:
    """(subject, landmark); the landmark is the viewer for 'is it on my left'."""
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
        references.append(_VIEWER)
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
    """(a, b); b is the viewer where only one object is named."""
    attach(sentence, kinds=RELATIONS - {'in'} if _names_two(sentence) else RELATIONS, least=2)
    free = split_joined(_hanging_on_nothing(sentence))
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
        pair.append(_VIEWER)
    elif (
        pair[0].superlative in ('nearest', 'furthest')
        and not pair[1].viewer
        and pair[0].ordinal < 2
    ):
        gap = {token.text for token in sentence.between(asked[0], asked[1])}
        if {'to', 'from'} & gap:
            pair[0] = _nearest_to(pair[0], pair[1])
    return Question(sentence.text, Category.DISTANCE, tuple(pair))


def _share_nouns(phrases: list[Phrase]) -> None:
    """'the leftmost and the rightmost pallet', 'the left pallet from the biggest one'."""
    for phrase, other in [*pairwise(phrases), *((b, a) for a, b in pairwise(phrases))]:
        unnamed = phrase.noun in ('', 'one') and not (
            phrase.masks or phrase.pools or phrase.object_id or phrase.viewer
        )
        if unnamed and phrase.superlative and other.class_id:
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


def _hanging_on_nothing(sentence: Sentence) -> list[Phrase]:
    hanging = {id(phrase.relation[1]) for phrase in sentence.phrases if phrase.relation is not None}
    pools = {id(pool) for phrase in sentence.phrases for pool in phrase.pools}
    return [phrase for phrase in sentence.phrases if id(phrase) not in hanging | pools]


def count_question(sentence: Sentence) -> Question:
    """(what, where), or (what,) for all that are in view."""
    what = _counted(sentence)
    if (
        what is not None
        and len(sentence.phrases) == 1
        and not {'howmany', 'isthere'} & sentence.words()
    ) and any(token.kind == 'attribute' for _, token in sentence.bare()):
        loads = Reference(text='pallets', class_id='pallet', plural=True, noun='pallet')
        return Question(
            sentence.text, Category.COUNT, (loads, reference(sentence, what, plural=False))
        )
    if what is None:
        raise not_understood('what to count was not understood: name it, as in how many pallets')
    if (
        what.via in ('in', 'inside', 'within', 'at', 'are')
        and len(what.masks) == 1
        and len(sentence.phrases) == 1
    ):
        # 'how many pallets are in <mask>': the mask is where, not what
        mask = Phrase(what.first, what.last, masks=what.masks)
        what = replace(what, masks=[])
        references = (
            reference(sentence, what, plural=True),
            reference(sentence, mask, plural=False),
        )
        return Question(sentence.text, Category.COUNT, references)
    attach(sentence, keep=[what])
    free = [phrase for phrase in _hanging_on_nothing(sentence) if phrase is not what]
    where, kind = _place(sentence, what, free)
    counted = reference(sentence, what, plural=not what.object_id)
    if counted.superlative:
        counted = replace(counted, plural=False)
    if where is None:
        return Question(sentence.text, Category.COUNT, (counted,))
    if kind not in ('in', 'on', ''):
        what.relation = (kind, where)
        return Question(sentence.text, Category.COUNT, (reference(sentence, what, plural=True),))
    if not where.class_id and not where.object_id:
        where.class_id = where.noun = 'buffer'
    place = reference(sentence, where, plural=False)
    return Question(sentence.text, Category.COUNT, (counted, place))


def _counted(sentence: Sentence) -> Phrase | None:
    """The phrase that is counted.

    After 'how many', 'count of', 'is there'; before 'count' in 'pallet count'.
    """
    for phrase in sentence.phrases:
        if phrase.asked == 'howmany' and (phrase.noun or phrase.object_id):
            return phrase
    for index, token in enumerate(sentence.tokens):
        if token.text in (
            'howmany',
            'count',
            'tally',
            'counting',
            'enumerate',
            'quantity',
            'isthere',
            'number',
        ) or (token.value in ('howmany', 'count', 'isthere')):
            before = sentence.before(index)
            if (
                token.text in ('count', 'tally', 'quantity', 'number')
                and before is not None
                and before.last == index
            ):
                return before
            following = sentence.after(index + 1)
            verbs = {token.text for token in sentence.tokens[index + 1 : index + 2]}
            if token.value == 'howmany' and verbs & {'are', 'is', 'can', 'lie', 'stand'}:
                # 'from the pallets <mask> <mask>, how many are in the leftmost buffer'
                return before or following
            return following or before
    return sentence.phrases[0] if sentence.phrases else None


def _place(sentence: Sentence, what: Phrase, free: list[Phrase]) -> tuple[Phrase | None, str]:
    """Where to count and the relation to it."""
    following = sentence.after(what.last)
    if following is not None and any(following is phrase for phrase in free):
        gap = sentence.between(what, following)
        relations = [token.value for token in gap if token.kind == 'relation']
        sides = [token.value for token in gap if token.kind == 'side']
        if sides and gap and gap[-1].text in ('of', 'side', 'from'):
            return following, f'{sides[-1]}_of'
        opened = any(token.text in (',', 'given', 'using', 'considering') for token in gap)
        if relations and not opened:
            kind = (
                relations[-1] if relations[-1] != 'holding' or len(relations) == 1 else relations[0]
            )
            if not following.pool or following.definite:
                return following, kind
        if not following.pool and not opened and not following.viewer:
            texts = {token.text for token in gap}
            if {
                'does',
                'at',
                'do',
                'has',
                'is',
                'are',
                'can',
                'for',
            } & texts and 'and' not in texts:
                return following, 'in'
    definite = [phrase for phrase in free if phrase.definite and not phrase.viewer]
    if definite:
        return definite[-1], 'in'
    places = [phrase for phrase in free if phrase.class_id == 'buffer' and not phrase.pool]
    places = places or [
        phrase for phrase in free if phrase.class_id == 'buffer' and len(phrase.masks) == 1
    ]
    return (places[0], 'in') if places else (None, '')


def where_question(sentence: Sentence) -> Question:
    """(x,)."""
    free = [phrase for phrase in attach(sentence) if not phrase.viewer] or list(sentence.phrases)
    asked = [phrase for phrase in free if not phrase.pool] or free
    if not asked:
        raise not_understood('where what is was not understood: name an object')
    return Question(sentence.text, Category.WHERE, (reference(sentence, asked[0], plural=False),))


def between_question(sentence: Sentence) -> Question:
    """(a, b), or (a, b, what) where a kind of thing is asked for."""
    at = next(
        index
        for index, token in enumerate(sentence.tokens)
        if token.text == 'between' or token.value == 'between'
    )
    attach(
        sentence, kinds=RELATIONS, keep=[phrase for phrase in sentence.phrases if phrase.last <= at]
    )
    free = _hanging_on_nothing(sentence)
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
    free = [phrase for phrase in _hanging_on_nothing(sentence) if not phrase.viewer]
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
        width_m=None if width is None else _positive(width.number, width.text),
    )


def within_question(sentence: Sentence) -> Question:
    """(centre,) or (centre, what) and the radius.

    Infinite for 'what is left of X', a relation without a radius.
    """
    at = radius_index(sentence.tokens)
    if at < 0:
        return _related(sentence)
    radius_m = _positive(sentence.tokens[at].number, sentence.tokens[at].text)
    attach(sentence, keep=[phrase for phrase in sentence.phrases if phrase.last <= at])
    free = _hanging_on_nothing(sentence)
    centres = [phrase for phrase in free if phrase.first > at]
    before = [phrase for phrase in free if phrase.last <= at]
    centre = reference(sentence, centres[0], plural=False) if centres else _VIEWER
    what = [phrase for phrase in before + centres[1:] if not phrase.viewer]
    what = [phrase for phrase in what if phrase.class_id or phrase.object_id or phrase.masks]
    if not what:
        return Question(sentence.text, Category.WITHIN, (centre,), radius_m=radius_m)
    wanted = reference(sentence, what[0], plural=not what[0].object_id)
    return Question(sentence.text, Category.WITHIN, (centre, wanted), radius_m=radius_m)


def _related(sentence: Sentence) -> Question:
    """What is related to something.

    'what is left of the rack', 'which pallets are in buffer_1', 'what does transporter_2 carry'.
    """
    asked = next((phrase for phrase in sentence.phrases if phrase.asked in ('which', 'what')), None)
    others = [phrase for phrase in sentence.phrases if phrase is not asked]
    attach(sentence, keep=[asked] if asked is not None else [])
    others = [phrase for phrase in _hanging_on_nothing(sentence) if phrase is not asked]
    if asked is None and len(others) > 1 and others[0].plural:
        asked, others = others[0], others[1:]
    if asked is None and others and others[0].plural and others[0].relation is not None:
        asked = others[0]
        others = [asked.relation[1]] if asked.relation is not None else []
    attributes = [token.value for _, token in sentence.bare() if token.kind == 'attribute']
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
    centre = reference(sentence, other, plural=False)
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
    behind = [token.value for token in sentence.tokens[other.last :] if token.kind == 'relation']
    if not kind and behind[-1:] in (['in'], ['on']):
        kind = 'holding'  # 'which buffer is pallet_3 in'
    if not kind:
        raise not_understood('how the objects are related was not understood')
    return kind


def _positive(metres: float, words: str) -> float:
    if metres <= 0.0:
        raise not_understood(f"'{words}' is no length above zero")
    return metres


BUILDERS: dict[Category, Callable[[Sentence], Question]] = {
    Category.LEFT_RIGHT: left_right_question,
    Category.MCQ: choice_question,
    Category.DISTANCE: distance_question,
    Category.COUNT: count_question,
    Category.WHERE: where_question,
    Category.BETWEEN: between_question,
    Category.ROOM: room_question,
    Category.WITHIN: within_question,
}
