# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions for a number: how many of some pallets stand in one of some buffers."""

from __future__ import annotations

from typing import Any

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.warehouse import templates, truth
from smolrgpt_ros.warehouse.asking import Asked, Asker
from smolrgpt_ros.warehouse.shown import Shown


def count(
    asker: Asker, kind: str, wording: str, where: Shown | None, slots: dict[str, Any]
) -> Asked | None:
    """Ask how many of the pallets `slots['P']` stand in a buffer; None where nobody could tell."""
    if where is None or not slots['P']:
        return None
    if not all(pallet.shows_whether_in(where) for pallet in slots['P']):
        return None
    number = truth.count_inside([pallet.thing for pallet in slots['P']], where.thing)
    verb = 'is 1 pallet' if number == 1 else f'are {number} pallets'
    return asker.ask(
        Category.COUNT, kind, wording, number, lambda name: f'there {verb} in {name(where)}.', slots
    )


def _slots(asker: Asker, buffers: int | None = None) -> dict[str, Any]:
    some = asker.of_class('buffer', 4, 2) if buffers is None else asker.of_class('buffer', buffers)
    return {'B': some, 'P': asker.of_class('pallet', 9, 1)}


def in_position(asker: Asker) -> Asked | None:
    """Ask how many are in the leftmost, rightmost or middle buffer."""
    word = asker.pick(('leftmost', 'rightmost', 'middle'))
    slots = _slots(asker, 3 if word == 'middle' else None) | {'pos': word}
    where = asker.view.extreme(slots['B'], word)
    return count(asker, word, asker.word(templates.COUNT), where, slots)


def on_side(asker: Asker) -> Asked | None:
    """Ask how many are in the left or right buffer, meaning the outermost one."""
    word = asker.pick(('left', 'right'))
    slots = _slots(asker) | {'side': word}
    where = asker.view.extreme(slots['B'], word + 'most')
    return count(asker, 'side', asker.word(templates.COUNT_SIDE), where, slots)


def near_something(asker: Asker) -> Asked | None:
    """Ask how many are in the buffer closest to a shelf or transporter."""
    landmarks = asker.view.by_class['shelf'] + asker.view.by_class['transporter']
    if not landmarks:
        return None
    slots = _slots(asker) | {'a': asker.pick(landmarks)}
    where = asker.view.nearest(slots['B'], slots['a'])
    return count(asker, 'near', asker.word(templates.COUNT_NEAR), where, slots)


def near_outer_shelf(asker: Asker) -> Asked | None:
    """Ask how many are in the buffer closest to the outermost shelf of one side."""
    word = asker.pick(('left', 'right'))
    slots = _slots(asker) | {'side': word, 'S': asker.of_class('shelf', 3, 2)}
    shelf = asker.view.extreme(slots['S'], word + 'most')
    where = asker.view.nearest(slots['B'], shelf) if shelf else None
    return count(asker, 'near_shelf', asker.word(templates.COUNT_NEAR_SHELF), where, slots)
