# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions for a number: what is counted, and where."""

from __future__ import annotations

from dataclasses import replace

from smolrgpt_ros.language.clues import HOLDING_VERBS, viewers_side
from smolrgpt_ros.language.forms import asks_whether, is_one
from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.question import Category, Question, Reference, Relation
from smolrgpt_ros.language.roles import (
    attach,
    hanging_on_nothing,
    reference,
)
from smolrgpt_ros.language.sentence_parts import Sentence, not_understood


def count_question(sentence: Sentence) -> Question:
    """(what, where), or (what,) for all that are in view.

    Raises:
        QuestionError: nothing says what to count, or it is said in a way that is not understood.
    """
    held = _held(sentence)
    if held is not None:
        return held
    what = _counted(sentence)
    several = _several(sentence)
    if (
        what is not None
        and len(sentence.phrases) == 1
        and not {'howmany', 'isthere'} & sentence.words()
    ) and any(token.kind == 'attribute' for _, token in sentence.bare()):
        loads = Reference(text='pallets', class_id='pallet', plural=True, noun='pallet')
        state = next(token.value for _, token in sentence.bare() if token.kind == 'attribute')
        pair = (loads, reference(sentence, what, plural=False))
        return Question(sentence.text, Category.COUNT, pair, choice=state)
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
    following = sentence.after(what.last)
    if following is not None and following.plural and not (following.masks or following.asked):
        gap = [token.text for token in sentence.between(what, following)]
        if gap == ['and'] and what.plural and not what.masks:
            raise not_understood('one kind of thing is counted at a time; ask for each')
    attach(sentence, keep=[what])
    free = [phrase for phrase in hanging_on_nothing(sentence) if phrase is not what]
    where, kind = _place(sentence, what, free)
    one = bool(what.object_id) or is_one(sentence, what)
    counted = reference(sentence, what, plural=not one)
    if counted.superlative:
        counted = replace(counted, plural=False)
    if counted.relation is not None and counted.relation.kind == 'closest_to' and counted.plural:
        near = (counted.relation.other, replace(counted, relation=None))
        return Question(sentence.text, Category.WITHIN, near)  # 'how many are near the person'
    side = viewers_side(sentence)
    if where is None and side and counted.relation is None:
        order = f'{side}most'
        counted = replace(
            counted,
            superlative='' if counted.superlative == order else counted.superlative,
            plural=True,
            relation=Relation(f'{side}_of', Reference('me', viewer=True)),
        )
    if where is None or (side and where.viewer):
        return Question(sentence.text, Category.COUNT, (counted,))
    if kind == 'closest_to' and counted.plural and not counted.masks:
        near = (reference(sentence, where, plural=False), replace(counted, relation=None))
        return Question(sentence.text, Category.WITHIN, near)  # 'how many are near the person'
    if kind not in ('in', 'on', ''):
        what.relation = (kind, where)
        return Question(sentence.text, Category.COUNT, (reference(sentence, what, plural=True),))
    if not where.class_id and not where.object_id:
        where.class_id = where.noun = 'buffer'
    if len(several) > 1 and not any(phrase is where for phrase in several):
        members = tuple(reference(sentence, phrase, plural=False) for phrase in several)
        counted = Reference(
            ' and '.join(member.text for member in members), plural=True, members=members
        )
    return Question(sentence.text, Category.COUNT, (counted, _places(sentence, where)))


def _places(sentence: Sentence, where: Phrase) -> Reference:
    """Where to count; several places for 'in buffer_1 and buffer_2' and 'in the buffers'."""
    named = [where]
    for phrase in sentence.phrases:
        gap = sentence.between(named[-1], phrase)
        joined = bool(gap) and all(token.text in (',', 'and', 'or', '&') for token in gap)
        if phrase.first >= named[-1].last and phrase.object_id and joined and where.object_id:
            named.append(phrase)
    if len(named) == 1:
        indefinite = sentence.tokens[where.first].text in ('a', 'an', 'any')
        every = where.plural or indefinite
        named_one = where.superlative or where.relation or where.object_id or where.masks
        return reference(sentence, where, plural=every and not named_one)
    members = tuple(reference(sentence, phrase, plural=False) for phrase in named)
    text = ' and '.join(member.text for member in members)
    return Reference(text, plural=True, members=members)


def _held(sentence: Sentence) -> Question | None:
    """'is transporter_2 carrying pallet_3', 'does buffer_1 contain any pallets': (what, where)."""
    if not asks_whether(sentence.tokens) or not 1 <= len(sentence.phrases) <= 2:
        return None
    holder = sentence.phrases[0]
    behind = sentence.tokens[holder.last :]
    holds = any(token.text in HOLDING_VERBS or token.value == 'holding' for token in behind)
    if not holds or holder.asked:
        return None
    place = reference(sentence, holder, plural=False)
    if len(sentence.phrases) == 1 or sentence.phrases[1].noun in ('anything', 'something'):
        what = Reference('pallets', class_id='pallet', plural=True, noun='pallet')
    else:
        load = sentence.phrases[1]
        what = reference(sentence, load, plural=not load.object_id and not load.superlative)
    return Question(sentence.text, Category.COUNT, (what, place))


def _several(sentence: Sentence) -> list[Phrase]:
    """The objects of 'are pallet_3 and pallet_4 in buffer_2'; one or none elsewhere."""
    named: list[Phrase] = []
    for phrase in sentence.phrases:
        gap = sentence.between(named[-1], phrase) if named else ()
        if not phrase.object_id or any(token.text not in (',', 'and', 'or', '&') for token in gap):
            break
        named.append(phrase)
    return named


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
