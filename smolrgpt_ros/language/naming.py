# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which regions a noun or an id means, and what to say where it means none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from functools import lru_cache

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.answer import Failure, QuestionError, Reason
from smolrgpt_ros.language.known_ids import id_key
from smolrgpt_ros.language.question import Reference
from smolrgpt_ros.language.words import singular
from smolrgpt_ros.language.world import World

_NUMBERED = re.compile(r'(?P<name>.*?)[ _\-]?(?P<number>\d{1,9})$')
_ANY_NOUN = frozenset(
    {'region', 'object', 'mask', 'item', 'detection', 'thing', 'obstacle', 'candidate'}
)
_LISTED = 12


@lru_cache(maxsize=1024)
def noun_of(class_id: str) -> str:
    """A class name as a noun: 'Fork_Lifts' is 'fork lift'."""
    words = class_id.lower().replace('_', ' ').replace('-', ' ').split()
    return ' '.join([*words[:-1], singular(words[-1])]) if words else ''


def canonical(noun: str) -> str:
    """What a noun means in the warehouse's words; the noun itself where it is none of them."""
    joined = noun.replace(' ', '')
    if joined in lexicon.CLASS_WORDS:
        return lexicon.CLASS_WORDS[joined] or noun
    return lexicon.CLASS_WORDS.get(noun, noun) or noun


def class_nouns(world: World) -> list[str]:
    """Noun of each region: its class, or the name in its id ('pallet_3') where it has none."""
    nouns = []
    for class_id, object_id in zip(world.class_ids(), world.ids()):
        noun = noun_of(class_id)
        if not noun:
            match = _NUMBERED.match(object_id)
            noun = noun_of(match['name']) if match else ''
        nouns.append(noun)
    return nouns


def of_class(reference: Reference, world: World) -> list[int]:
    """Regions that the reference's noun means; all of them where it names no class."""
    nouns = class_nouns(world)
    if not reference.class_id:
        return list(range(len(nouns)))
    noun = reference.noun or reference.class_id
    if noun != reference.class_id or reference.class_id not in lexicon.CLASS_WORDS.values():
        literal = [region for region, known in enumerate(nouns) if known == noun]
        if literal:
            return literal
    meaning = canonical(reference.class_id)
    found = [region for region, known in enumerate(nouns) if known and canonical(known) == meaning]
    if found:
        return found
    found = [region for region, known in enumerate(nouns) if known.split()[-1:] == [meaning]]
    if found:
        return found
    tail = canonical(meaning.split()[-1])
    if (
        tail != meaning
    ):  # 'the red pallet' is the pallet where there is but one: nothing here knows colours
        alike = [region for region, known in enumerate(nouns) if known and canonical(known) == tail]
        if len(alike) == 1 and not reference.plural:
            return alike
    return []


def by_id(reference: Reference, world: World, mask_regions: Sequence[int]) -> list[int]:
    """Regions with the reference's id in any spelling, or with the number it names."""
    ids = world.ids()
    wanted = reference.object_id
    exact = [region for region, known in enumerate(ids) if known == wanted]
    if exact:
        return exact
    key = id_key(wanted)
    same = [region for region, known in enumerate(ids) if key and id_key(known) == key]
    if same:
        return same
    match = _NUMBERED.match(wanted)
    return (
        _numbered(match['name'].strip(), int(match['number']), world, mask_regions) if match else []
    )


def _numbered(name: str, number: int, world: World, mask_regions: Sequence[int]) -> list[int]:
    ids, nouns = world.ids(), class_nouns(world)
    noun = noun_of(name)
    if noun in ('region', 'mask') and number < len(mask_regions):
        return [mask_regions[number]]
    ending = []
    for region, known in enumerate(ids):
        match = _NUMBERED.match(known)
        if match and int(match['number']) == number:
            ending.append(region)
    if noun in _ANY_NOUN or not noun:
        if not ending and noun in ('region', 'mask') and number < len(ids):
            return [number]
        return ending
    return [region for region in ending if canonical(nouns[region]) == canonical(noun)]


def unknown(reference: Reference, world: World, why: str = '') -> QuestionError:
    """The error for a reference that means nothing here.

    With what there is and what may have been meant.
    """
    ids = [name for name in world.ids() if name]
    wanted = reference.object_id or reference.text
    close = difflib.get_close_matches(
        wanted.lower()[:64], [name.lower() for name in ids[:512]], 3, 0.7
    )
    spelled = {name.lower(): name for name in reversed(ids)}
    likeness = [difflib.SequenceMatcher(None, wanted.lower()[:64], name).ratio() for name in close]
    # 'pallet_33' is a slip of 'pallet_3', not of every pallet.
    meant = tuple(
        spelled[name] for name, ratio in zip(close, likeness) if ratio > likeness[0] - 0.05
    )
    sentence = why or f"there is no '{wanted[:80]}' in the picture"
    if meant:
        sentence += f'; did you mean {" or ".join(meant)}?'
    sentence += f' {_inventory(world)}' if meant else f'; {_inventory(world)}'
    return QuestionError(Failure(Reason.UNKNOWN_OBJECT, sentence, meant or tuple(ids[:_LISTED])))


def _inventory(world: World) -> str:
    ids = [name for name in world.ids() if name]
    if not world.ids():
        return 'nothing is detected at all'
    if not ids:
        classes = sorted(set(filter(None, world.class_ids())))
        return (
            f'detected are objects of the classes {", ".join(classes)}'
            if classes
            else (f'{len(world.class_ids())} objects without id and class are detected')
        )
    shown = ', '.join(ids[:_LISTED])
    more = f' and {len(ids) - _LISTED} more' if len(ids) > _LISTED else ''
    return f'detected are {shown}{more}'


def ambiguous(
    reference: Reference, regions: Sequence[int], world: World, advice: str = ''
) -> QuestionError:
    """The error for a reference that may mean several, named from left to right."""
    ordered = sorted(regions, key=lambda region: world.centre_px(region)[0])
    names = tuple(name_of(world, region) for region in ordered)
    shown = ', '.join(names[:_LISTED]) + (
        f' and {len(names) - _LISTED} more' if len(names) > _LISTED else ''
    )
    advice = advice or (
        'say which by its id, or by a word like leftmost, rightmost, nearest, largest, '
        'or by what it stands in or on'
    )
    return QuestionError(
        Failure(
            Reason.AMBIGUOUS,
            f"'{reference.text[:80]}' may mean {shown} (from left to right); {advice}",
            names,
        )
    )


def name_of(world: World, region: int) -> str:
    """Id of a region, or class and number where it has none."""
    return world.ids()[region] or f'{world.class_ids()[region] or "region"}_{region}'
