# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Answers as sentences: the same words whoever answers."""

from __future__ import annotations

from collections.abc import Iterable

from smolrgpt_ros.language.question import Category, Question, Reference

_PLURALS = {'person': 'people', 'man': 'men', 'woman': 'women', 'shelf': 'shelves', 'die': 'dice'}


def listed(names: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'; 'nothing' for none."""
    words = list(names)
    if not words:
        return 'nothing'
    return words[0] if len(words) == 1 else f'{", ".join(words[:-1])} and {words[-1]}'


def plural_of(noun: str) -> str:
    """The plural of a class name."""
    head, _, last = noun.rpartition(' ')
    if head:
        return f'{head} {plural_of(last)}'  # 'cardboard boxes'
    if last in _PLURALS:
        return _PLURALS[last]
    if last.endswith(('s', 'x', 'z', 'ch', 'sh')):
        return f'{last}es'
    if last.endswith('y') and last[-2:-1] not in 'aeiou':
        return f'{last[:-1]}ies'
    if last.endswith('shelf'):
        return f'{last[:-1]}ves'
    return f'{last}s'


def quantity(number: int, noun: str) -> str:
    """'no pallets', '1 pallet', '3 pallets'."""
    return f'{number or "no"} {noun if number == 1 else plural_of(noun)}'


def side_sentence(subject: str, side: str, landmark: str) -> str:
    """'pallet_3 is to the left of transporter_1.'."""
    return f'{subject} is to the {side} of {landmark}.'


def distance_sentence(a: str, b: str, distance_m: float) -> str:
    """'The distance between pallet_3 and buffer_1 is 2.32 m.'."""
    return f'The distance between {a} and {b} is {distance_m:.2f} m.'


def count_sentence(number: int, noun: str, where: str = '') -> str:
    """'There are 3 pallets in buffer_1.'."""
    verb = 'is' if number == 1 else 'are'
    place = f' in {where}' if where else ''
    return f'There {verb} {quantity(number, noun)}{place}.'


def choice_sentence(chosen: str, choice: str, landmark: str = '') -> str:
    """'pallet_3 is the nearest to transporter_1.'."""
    if choice == 'pickup':
        return f'{chosen} is the best to pick up{f" for {landmark}" if landmark else ""}.'
    link = ' from ' if choice == 'furthest' else ' to '
    return f'{chosen} is the {choice}{link + landmark if landmark else ""}.'


def freeform(question: Question, normalized: str | int | float) -> str:
    """An answer of the benchmark's four categories in its own style, regions written `[Region i]`.

    Raises:
        ValueError: another category.
    """
    names = [_region_words(reference) for reference in question.references]
    other = names[1] if len(names) > 1 else ''
    if question.category is Category.LEFT_RIGHT:
        return _capital(side_sentence(names[0], str(normalized), other or 'the viewer'))
    if question.category is Category.DISTANCE:
        return distance_sentence(names[0], other or 'the viewer', float(normalized))
    if question.category is Category.COUNT:
        return count_sentence(int(normalized), question.references[0].class_id or 'object', other)
    if question.category is Category.MCQ:
        noun = question.references[0].class_id or 'object'
        return _capital(
            choice_sentence(f'the {noun} [Region {int(normalized)}]', question.choice, other)
        )
    raise ValueError(f'{question.category.value} has no free-form answer in the benchmark')


def _region_words(reference: Reference) -> str:
    noun = reference.class_id or 'object'
    if reference.viewer:
        return 'the viewer'
    if reference.object_id:
        return reference.object_id
    superlative = f'{reference.superlative} ' if reference.superlative else ''
    region = f' [Region {reference.masks[0]}]' if len(reference.masks) == 1 else ''
    return f'the {superlative}{noun}{region}'


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
