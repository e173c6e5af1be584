# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions for a side and for one of several: left_right and mcq."""

from __future__ import annotations

from typing import Any

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.warehouse import templates, truth
from smolrgpt_ros.warehouse.asking import Asked, Asker
from smolrgpt_ros.warehouse.shown import Shown


def side(asker: Asker) -> Asked | None:
    """Ask whether a is left or right of b."""
    pair = asker.some(asker.view.shown, 2)
    if len(pair) < 2:
        return None
    a, b = pair
    if asker.view.left_of(a, b):
        answer = 'left'
    elif asker.view.left_of(b, a):
        answer = 'right'
    else:
        return None
    wording = asker.word(templates.LEFT_RIGHT[asker.pick(('', 'left', 'right'))])
    return asker.ask(
        Category.LEFT_RIGHT,
        'side',
        wording,
        answer,
        lambda name: f'{name(a)} is to the {answer} of {name(b)}.',
        {'a': a, 'b': b},
    )


def choose(
    asker: Asker, kind: str, wording: str, chosen: Shown, what: str, slots: dict[str, Any]
) -> Asked | None:
    """Ask for one of several by a wording; the answer says that it is `what`."""
    return asker.ask(
        Category.MCQ, kind, wording, chosen, lambda name: f'{name(chosen)} is {what}.', slots
    )


def outermost(asker: Asker) -> Asked | None:
    """Ask which of three is the leftmost or rightmost."""
    three = asker.some(asker.view.shown, 3)
    word = asker.pick(('leftmost', 'rightmost'))
    best = asker.view.extreme(three, word) if len(three) == 3 else None
    if best is None:
        return None
    a, b, c = three
    wording = asker.word(templates.EXTREME[word])
    return choose(asker, word, wording, best, f'the {word} among them', {'a': a, 'b': b, 'c': c})


def pickup(asker: Asker) -> Asked | None:
    """Ask which pallet the empty one of some transporters should pick up."""
    world, view = asker.view.frame.world, asker.view
    empty = [t for t in view.by_class['transporter'] if truth.is_empty(world, t.thing)]
    if not empty:
        return None
    # That another vehicle is loaded can be known when both it and its load are seen well.
    carried = [p for p in view.by_class['pallet'] if p.thing.carried_by and p.measurable]
    loads = {p.thing.carried_by: p for p in carried}
    loaded = [t for t in view.by_class['transporter'] if t.thing.id in loads and t.measurable]
    transporter = asker.pick(empty)
    vehicles = asker.some([transporter, *asker.some(loaded, 2, 0)], 3)
    carried = [loads[t.thing.id] for t in vehicles if t.thing.id in loads]
    free = [p for p in view.by_class['pallet'] if not p.thing.carried_by]
    offered = asker.some([*asker.some(free, 7, 2), *carried], 15)
    target = view.nearest([p for p in offered if not p.thing.carried_by], transporter)
    if target is None:
        return None
    by_one = len(vehicles) == 1 and asker.rng.random() < 0.7
    wording = asker.word(templates.PICKUP_BY_ONE if by_one else templates.PICKUP)
    slots = {'T': vehicles, 'P': offered, 't': transporter}
    what = 'the best choice for pickup by the empty transporter'
    return choose(asker, 'pickup', wording, target, what, slots)


def buffer_near(asker: Asker) -> Asked | None:
    """Ask which buffer is closest to something."""
    buffers, view = asker.of_class('buffer', 4, 2), asker.view
    landmarks = [s for s in view.shown if s.thing.class_id != 'buffer']
    if len(buffers) < 2 or not landmarks:
        return None
    landmark = asker.pick(landmarks)
    best = view.nearest(buffers, landmark)
    if best is None:
        return None
    wording = asker.word(templates.NEAREST_BUFFER)
    slots = {'B': buffers, 'o': landmark, 'a': landmark}
    return choose(asker, 'nearest', wording, best, 'the closest', slots)


def buffer_near_shelves(asker: Asker) -> Asked | None:
    """Ask which buffer is closest to the outermost shelf of one side."""
    buffers, shelves = asker.of_class('buffer', 4, 2), asker.of_class('shelf', 3, 2)
    word = asker.pick(('left', 'right'))
    shelf = asker.view.extreme(shelves, word + 'most')
    best = asker.view.nearest(buffers, shelf) if shelf else None
    if best is None:
        return None
    wording = asker.word(templates.NEAREST_BUFFER_TO_SHELVES)
    slots = {'B': buffers, 'S': shelves, 'side': word}
    what = f'closest to the shelves on the {word}'
    return choose(asker, 'nearest_to_shelf', wording, best, what, slots)
