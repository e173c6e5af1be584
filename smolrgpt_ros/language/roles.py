# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: SIM905 - words are easier to read and to add to in running lines
"""From phrases to references: what hangs on what, which masks a phrase chooses from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.question import Reference, Relation
from smolrgpt_ros.language.sentence_parts import Sentence, not_understood

RELATIONS = frozenset(
    """
    in on closest_to furthest_from left_of right_of in_front_of behind holding
    """.split()
)

_LINK_FILLERS = frozenset(
    """
    that which is are located standing situated placed positioned stored stands lies lying the
    currently sitting parked found resting being to at from away of lie there present one appears
    itself directly immediately sits contained kept side hand proximity with
    """.split()
)

MOST_NESTED = 8

_POOL_LINKS = frozenset({'among', 'of', 'from', 'given', 'in', 'within', 'out', 'between'})


def link(sentence: Sentence, left: Phrase, right: Phrase) -> str:
    """The relation that the words between two neighbouring phrases say, '' for none."""
    gap = sentence.between(left, right)
    if any(token.text in (',', ';', '?', '.', ':', 'and', 'or') for token in gap):
        return ''
    sides = [token.value for token in gap if token.kind == 'side']
    if sides:
        return f'{sides[0]}_of' if len(sides) == 1 else ''
    content = [
        token for token in gap if token.text not in _LINK_FILLERS or token.kind == 'relation'
    ]
    texts = [token.text for token in gap]
    if not content:
        if left.superlative in ('nearest', 'furthest') and {'to', 'from'} & set(texts):
            return 'closest_to' if left.superlative == 'nearest' else 'furthest_from'
        if texts == ['at']:
            return 'in' if right.class_id in ('buffer', '') else 'closest_to'
        return ''
    last = content[-1]
    if any(
        token.kind not in ('relation', 'superlative') and token.text != 'close' for token in content
    ):
        return ''
    if last.kind == 'superlative':
        return {'nearest': 'closest_to', 'furthest': 'furthest_from'}.get(last.value, '')
    if last.text == 'close':
        return 'closest_to'
    if len(content) > 1 and last.value == 'in' and content[0].value in ('nearest', 'furthest'):
        return 'closest_to' if content[0].value == 'nearest' else 'furthest_from'
    return last.value


def attach(
    sentence: Sentence,
    *,
    kinds: Collection[str] = RELATIONS,
    keep: Iterable[Phrase] = (),
    least: int = 0,
) -> list[Phrase]:
    """Hang phrases on their left neighbours; returns those that hang on nothing.

    Args:
        kinds: relations to accept.
        keep: phrases that nothing may hang on ('which buffer' of 'which buffer is closest to X').
        least: stop when only so many phrases are left.
    """
    kept = list(keep)
    free = list(sentence.phrases)
    for index in range(len(free) - 2, -1, -1):
        left, right = free[index], free[index + 1]
        if _is_pool_of(sentence, left, right):
            left.pools.append(right)
            continue
        if left.viewer or left.object_id or any(left is phrase for phrase in kept) or left.relation:
            continue
        if len(free) <= least:
            break
        kind = link(sentence, left, right)
        if kind in kinds and kind and not (right.pool and kind == 'in' and _same_kind(left, right)):
            if left.superlative in ('nearest', 'furthest') and kind in (
                'closest_to',
                'furthest_from',
            ):
                left.superlative = ''
            left.relation = (kind, right)
            del free[index + 1]
    return free


def _same_kind(left: Phrase, right: Phrase) -> bool:
    return not right.class_id or not left.class_id or left.class_id == right.class_id


def _is_pool_of(sentence: Sentence, left: Phrase, right: Phrase) -> bool:
    """'the leftmost pallet among the pallets <mask>'.

    The right one says what the left one chooses from.
    """
    gap = sentence.between(left, right)
    return bool(
        gap
        and right.masks
        and not left.masks
        and not left.object_id
        and not left.viewer
        and _same_kind(left, right)
        and (right.pool or not right.class_id)
        and gap[-1].text in _POOL_LINKS
        and all(
            token.text in _POOL_LINKS
            or token.text in ('the', 'given', ',', 'those', 'located', 'these')
            for token in gap
        )
    )


def masks_of(phrase: Phrase, others: Iterable[Phrase]) -> list[int]:
    """The masks a phrase chooses from.

    Its own, its pool's, or those of its class in the question.
    """
    if phrase.masks or phrase.object_id or phrase.viewer:
        return phrase.masks
    if phrase.pools:
        return _union(phrase.pools)
    masked = [other for other in others if other.masks and other is not phrase]
    same = [other for other in masked if other.class_id == phrase.class_id]
    if not same and not phrase.class_id:
        same = masked
    if not same:
        same = [other for other in masked if not other.class_id]
    return _union([other for other in same if other.pool] or same)


def _union(phrases: Iterable[Phrase]) -> list[int]:
    return sorted({mask for phrase in phrases for mask in phrase.masks})


def reference(
    sentence: Sentence, phrase: Phrase, *, plural: bool | None = None, depth: int = 0
) -> Reference:
    """The reference of a phrase, its masks resolved among the sentence's phrases.

    Raises QuestionError where more than `MOST_NESTED` objects hang on each other.
    """
    if depth > MOST_NESTED:
        raise not_understood(f'more than {MOST_NESTED} objects hang on each other')
    masks = masks_of(phrase, sentence.phrases)
    class_id = phrase.class_id or _class_of_pools(phrase)
    if phrase.described and masks:
        class_id = class_id.split()[-1]
        class_id = lexicon.CLASS_WORDS.get(class_id, class_id)
    robot = phrase.noun == 'robot' and not (
        masks
        or phrase.plural
        or phrase.superlative
        or phrase.attribute
        or phrase.asked
        or phrase.relation
        or phrase.object_id
        or plural
    )
    if plural is None:
        plural = phrase.plural and not phrase.superlative and not phrase.object_id
        if phrase.relation and phrase.relation[0] in ('closest_to', 'furthest_from'):
            plural = False
    relation = None
    if phrase.relation is not None:
        kind, other = phrase.relation
        relation = Relation(kind, reference(sentence, other, depth=depth + 1))
    return Reference(
        text=words_of(sentence, phrase),
        class_id=class_id,
        masks=tuple(masks),
        object_id=phrase.object_id,
        viewer=phrase.viewer or robot,
        superlative=phrase.superlative,
        attribute=phrase.attribute,
        relation=relation,
        plural=bool(plural),
        ordinal=phrase.ordinal,
        noun=phrase.noun,
    )


def _class_of_pools(phrase: Phrase) -> str:
    """What 'which one' is, where all that it chooses from is called the same."""
    classes = {pool.class_id for pool in phrase.pools}
    return classes.pop() if len(classes) == 1 else ''


def words_of(sentence: Sentence, phrase: Phrase) -> str:
    """The phrase as it was written."""
    first, last = sentence.tokens[phrase.first], sentence.tokens[phrase.last - 1]
    end = last.end
    if phrase.relation is not None:
        end = max(end, sentence.tokens[phrase.relation[1].last - 1].end)
    return ' '.join(sentence.text[first.start : end].split())


def split_joined(phrases: Sequence[Phrase]) -> list[Phrase]:
    """'between <mask> and <mask>', 'the pallets <mask> and <mask>'.

    Two phrases where only one was read.
    """
    split: list[Phrase] = []
    for phrase in phrases:
        if len(phrases) == 1 and len(phrase.masks) == 2 and not phrase.superlative:
            split += [
                replace(phrase, masks=[mask], plural=False, pools=[]) for mask in phrase.masks
            ]
        else:
            split.append(phrase)
    return split


def hanging_on_nothing(sentence: Sentence) -> list[Phrase]:
    """The phrases that are neither related to another nor what another chooses from."""
    hanging = {id(phrase.relation[1]) for phrase in sentence.phrases if phrase.relation is not None}
    pools = {id(pool) for phrase in sentence.phrases for pool in phrase.pools}
    return [phrase for phrase in sentence.phrases if id(phrase) not in hanging | pools]
