# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions for metres from centre to centre."""

from __future__ import annotations

from typing import Any

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.warehouse import templates, truth
from smolrgpt_ros.warehouse.asking import Asked, Asker
from smolrgpt_ros.warehouse.shown import Shown

MIN_DISTANCE_M = 0.5
_OUTER = ('leftmost', 'rightmost')


def _between(
    asker: Asker, kind: str, wording: str, a: Shown | None, b: Shown | None, slots: dict[str, Any]
) -> Asked | None:
    if a is None or b is None or a is b or not (a.outlined and b.outlined):
        return None
    for thing, other in ((a, b), (b, a)):
        if other.thing.class_id == 'buffer' and not thing.shows_whether_in(other):
            return None
    metres = round(truth.true_distance_m(a.thing, b.thing), 2)
    # That a thing stands in a buffer can be seen even where the buffer is cut off.
    if metres and (metres < MIN_DISTANCE_M or not (a.measurable and b.measurable)):
        return None
    return asker.ask(
        Category.DISTANCE,
        kind,
        wording,
        metres,
        lambda name: f'the distance of {name(a)} from {name(b)} is {metres} meters.',
        slots,
    )


def pair(asker: Asker) -> Asked | None:
    """Ask how far two things are from each other."""
    two = asker.some(asker.view.shown, 2)
    if len(two) < 2:
        return None
    a, b = two
    return _between(asker, 'pair', asker.word(templates.DISTANCE), a, b, {'a': a, 'b': b})


def in_buffer(asker: Asker) -> Asked | None:
    """Ask how far a pallet is from the buffer that it stands in: 0."""
    pallets, buffers = asker.view.by_class['pallet'], asker.view.by_class['buffer']
    pairs = [[p, b] for p in pallets for b in buffers if truth.is_inside(p.thing, b.thing)]
    if not pairs:
        return None
    a, b = asker.some(asker.pick(pairs), 2)
    return _between(asker, 'inside', asker.word(templates.DISTANCE), a, b, {'a': a, 'b': b})


def outer_pallets(asker: Asker) -> Asked | None:
    """Ask how far the leftmost of some pallets is from the rightmost."""
    pallets = asker.of_class('pallet', 7, 2)
    p, q = asker.pick((_OUTER, _OUTER[::-1]))
    a, b = (asker.view.extreme(pallets, word) for word in (p, q))
    wording = asker.word(templates.DISTANCE_PALLETS)
    return _between(asker, 'outer_pallets', wording, a, b, {'P': pallets, 'p': p, 'q': q})


def outer_pallet_and_buffer(asker: Asker) -> Asked | None:
    """Ask how far an outermost pallet is from an outermost buffer."""
    pallets, buffers = asker.of_class('pallet', 7, 2), asker.of_class('buffer', 4, 2)
    p, q = asker.pick(_OUTER), asker.pick(_OUTER)
    a, b = asker.view.extreme(pallets, p), asker.view.extreme(buffers, q)
    wording = asker.word(templates.DISTANCE_PALLET_BUFFER)
    slots = {'P': pallets, 'B': buffers, 'p': p, 'q': q}
    return _between(asker, 'pallet_buffer', wording, a, b, slots)


def outer_pallet_and_shelf(asker: Asker) -> Asked | None:
    """Ask how far an outermost pallet is from the shelf on one side of the picture."""
    middle = asker.view.frame.camera.width / 2.0
    shelves = [
        shelf
        for shelf in asker.view.by_class['shelf']
        if all(abs(x - middle) > asker.view.gap_px for x in shelf.places)
    ]
    if not shelves:
        return None
    pallets, shelf, p = asker.of_class('pallet', 7, 2), asker.pick(shelves), asker.pick(_OUTER)
    side = 'left' if shelf.places[0] < middle else 'right'
    wording = asker.word(templates.DISTANCE_PALLET_SHELF)
    slots = {'P': pallets, 'a': shelf, 'p': p, 'side': side}
    return _between(asker, 'pallet_shelf', wording, asker.view.extreme(pallets, p), shelf, slots)


def to_outer_buffer(asker: Asker) -> Asked | None:
    """Ask how far something is from an outermost buffer."""
    others = [shown for shown in asker.view.shown if shown.thing.class_id != 'buffer']
    if not others:
        return None
    buffers, a, q = asker.of_class('buffer', 4, 2), asker.pick(others), asker.pick(_OUTER)
    wording = asker.word(templates.DISTANCE_TO_BUFFER)
    slots = {'a': a, 'B': buffers, 'q': q, 'q_split': q.replace('most', ' most')}
    return _between(asker, 'to_buffer', wording, a, asker.view.extreme(buffers, q), slots)
