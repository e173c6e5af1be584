# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: SIM905 - words are easier to read and to add to in running lines
"""Questions for one of several: what chooses, among which, and nearest to what."""

from __future__ import annotations

from dataclasses import replace

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.clues import (
    DEPTH_RELATIONS,
    STRONG_PICKUP,
    chosen_side,
    is_stated,
    most_or_fewest,
    stated_place,
)
from smolrgpt_ros.language.compared_choices import closer_question, fullest_question
from smolrgpt_ros.language.lexicon import COMPARATIVES
from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.pickup_choice import pickup_question
from smolrgpt_ros.language.question import Category, Question, Reference, Relation
from smolrgpt_ros.language.roles import attach, masks_of, reference
from smolrgpt_ros.language.sentence_parts import Sentence, not_understood

_BRIDGES = frozenset(
    """
    to from of in proximity away position located the is distance at and physically spatially
    straight line terms
    """.split()
)

_VERBS = frozenset(
    """
    is are lies appears stands sits located situated positioned seems has be looks rests placed
    being which what one resides at who
    """.split()
)


def choice_question(sentence: Sentence) -> Question:
    """MCQ: references are the candidates, then the landmark or transporter.

    Raises:
        QuestionError: nothing says what to choose by, or from.
    """
    asked = _asked(sentence)
    amount = most_or_fewest(sentence)
    if amount:
        return fullest_question(sentence, asked, amount)
    stated, side = stated_place(sentence)
    if stated and asked is not None and not asked.superlative:
        asked.superlative, asked.ordinal = side, stated
    closer = closer_question(sentence)
    if closer is not None:
        return closer
    if 'mutual' in sentence.words():
        raise not_understood(
            'which pair is closest together cannot be asked; ask what is nearest to one of them'
        )
    if 'than' in sentence.words() or (
        asked is not None
        and asked.asked == ''
        and len(sentence.phrases) > 1
        and sentence.words() & set(COMPARATIVES)
    ):
        asked = None  # 'is the left pallet nearer than the right one' is about both
    choice, landmark = _predicate(sentence, asked)
    ranked = next((p for p in sentence.phrases if p.ordinal > 1 and p.superlative), None)
    order, place = (ranked.superlative, ranked.ordinal) if ranked is not None else ('', 0)
    choice = choice or order
    if choice in ('nearest', 'furthest') and landmark is None and asked is not None:
        landmark = _landmark_of(sentence, asked)
    words = sentence.words()
    wants_pickup = bool(words & lexicon.PICKUP_WORDS)
    if (not choice and wants_pickup) or (choice == 'nearest' and _is_pickup(words, landmark)):
        return pickup_question(sentence, asked)
    if not choice:
        raise not_understood(
            'which one of several is meant was not understood: leftmost, nearest, largest ...'
        )
    attach(sentence, keep=[phrase for phrase in (asked,) if phrase is not None])
    candidates = _candidates(sentence, asked, landmark)
    if place and order == choice:
        candidates = replace(candidates, superlative=order, ordinal=place)
        asked = asked if asked is ranked else None
    if asked is not None and asked.superlative and asked.ordinal < 2:
        candidates = replace(candidates, superlative='', ordinal=0)
    elif candidates.ordinal > 1 and landmark is not None and choice in ('nearest', 'furthest'):
        kind = 'closest_to' if choice == 'nearest' else 'furthest_from'
        candidates = replace(
            candidates, superlative='', relation=Relation(kind, reference(sentence, landmark))
        )
    references = [candidates]
    if choice in ('nearest', 'furthest') and landmark is not None:
        second = reference(sentence, landmark)
        if len(second.masks) > 1 and not second.superlative:
            second = replace(second, plural=True)
        references.append(second)
    return Question(sentence.text, Category.MCQ, tuple(references), choice=choice)


def _asked(sentence: Sentence) -> Phrase | None:
    """The phrase that is asked for: 'which pallet', 'what is the leftmost pallet'."""
    for phrase in sentence.phrases:
        if phrase.asked in ('which', 'what'):
            return phrase
        first = sentence.tokens[phrase.first].text
        if (
            phrase.first
            and first not in ('the',)
            and sentence.tokens[phrase.first - 1].text == 'which'
        ):
            return phrase
    bare = [token for _, token in sentence.bare()]
    if any(token.kind == 'superlative' for token in bare):
        return None
    return next(
        (
            phrase
            for phrase in sentence.phrases
            if phrase.superlative and len(phrase.masks) != 1 and not phrase.side_behind
        ),
        None,
    )


def _predicate(sentence: Sentence, asked: Phrase | None) -> tuple[str, Phrase | None]:
    """(choice, landmark) that the question states of the asked one; ('', None) for none."""
    depths = [
        DEPTH_RELATIONS[token.value]
        for _, token in sentence.bare()
        if token.value in DEPTH_RELATIONS
    ]
    if depths and asked is None:
        return depths[0], None
    side = chosen_side(sentence)
    if side:
        return f'{side}most', None
    for index, token in sentence.bare():
        value = token.value if token.kind == 'superlative' else COMPARATIVES.get(token.text, '')
        if token.value == 'closest_to' or token.text == 'close':
            value = 'nearest'
        if not value:
            continue
        previous = sentence.before(index)
        gap = sentence.tokens[previous.last if previous else 0 : index]
        stated = previous is None or previous is asked or bool({t.text for t in gap} & _VERBS)
        stated = stated or (
            asked is not None and previous is not None and _stands_for_another(previous)
        )
        stated = stated or token.text in COMPARATIVES
        if not stated or (
            token.value == 'closest_to' and previous is not None and previous is not asked
        ):
            continue
        landmark = None
        if value in ('nearest', 'furthest'):
            following = sentence.after(index + 1)
            if following is not None and all(
                t.text in _BRIDGES for t in sentence.tokens[index + 1 : following.first]
            ):
                landmark = following
        return value, landmark
    if asked is not None and asked.superlative:
        return asked.superlative, _landmark_of(sentence, asked)
    for (
        phrase
    ) in sentence.phrases:  # 'which one is the leftmost', 'which pallet is the leftmost pallet'
        if is_stated(phrase, asked):
            return phrase.superlative, _landmark_of(sentence, phrase)
    return '', None


def _stands_for_another(phrase: Phrase) -> bool:
    """True for 'the one' of 'which zone is the one closest to X'."""
    return not (phrase.class_id or phrase.masks or phrase.object_id or phrase.viewer)


def _landmark_of(sentence: Sentence, asked: Phrase) -> Phrase | None:
    """X of 'the nearest pallet to X'."""
    following = sentence.after(asked.last)
    if following is None:
        return None
    gap = [token.text for token in sentence.between(asked, following)]
    return (
        following
        if {'to', 'from', 'near', 'relative'} & set(gap) and set(gap) <= _BRIDGES
        else None
    )


def _is_pickup(words: frozenset[str], landmark: Phrase | None) -> bool:
    strong = words & (STRONG_PICKUP | {'pick'})
    return bool(strong) and (
        landmark is None or landmark.class_id == 'transporter' or not landmark.class_id
    )


def _candidates(sentence: Sentence, asked: Phrase | None, landmark: Phrase | None) -> Reference:
    chosen = asked
    others = [phrase for phrase in sentence.phrases if phrase is not landmark]
    if chosen is None or (not chosen.class_id and not chosen.masks and not chosen.pools):
        listed = [phrase for phrase in others if phrase.masks and phrase is not asked]
        if not listed:
            return _named_candidates(sentence, others, asked)
        taken = set(masks_of(landmark, listed)) if landmark is not None else set()
        listed = [phrase for phrase in listed if not taken >= set(phrase.masks)] or listed
        return _union(sentence, listed)
    found = reference(sentence, chosen, plural=True)
    if not found.masks and any(phrase.masks for phrase in others):
        taken = set(masks_of(landmark, sentence.phrases)) if landmark is not None else set()
        masks = sorted({mask for phrase in others for mask in phrase.masks} - taken)
        found = replace(found, masks=tuple(masks))
    return found


def _union(sentence: Sentence, listed: list[Phrase]) -> Reference:
    classes = {phrase.class_id for phrase in listed}
    nouns = {phrase.noun for phrase in listed}
    masks = sorted({mask for phrase in listed for mask in phrase.masks})
    return Reference(
        text=', '.join(dict.fromkeys(reference(sentence, phrase).text for phrase in listed)),
        class_id=classes.pop() if len(classes) == 1 else '',
        masks=tuple(masks),
        plural=True,
        noun=nouns.pop() if len(nouns) == 1 else '',
    )


def _named_candidates(sentence: Sentence, others: list[Phrase], asked: Phrase | None) -> Reference:
    """Candidates without masks.

    'pallet_1 or pallet_2', 'which of the pallets', 'what is leftmost'.
    """
    named = [
        phrase
        for phrase in others
        if phrase is not asked and (phrase.class_id or phrase.object_id) and not phrase.viewer
    ]
    attached = {id(phrase.relation[1]) for phrase in sentence.phrases if phrase.relation}
    named = [phrase for phrase in named if id(phrase) not in attached]
    if len(named) > 1:
        members = tuple(reference(sentence, phrase) for phrase in named)
        return Reference(
            text=' or '.join(member.text for member in members), plural=True, members=members
        )
    if named:
        return replace(reference(sentence, named[0], plural=True), superlative='')
    if asked is not None:
        return reference(sentence, asked, plural=True)
    if 'who' in sentence.words():
        return Reference(text='people', class_id='person', plural=True, noun='person')
    return Reference(text='objects', plural=True)
