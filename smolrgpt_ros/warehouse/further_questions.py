# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Further sorts of benchmark questions, only for training: as the neural engines word them.

Their answers are drawn evenly: how often an index or a count is right tells nothing of a picture.
"""

from __future__ import annotations

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.warehouse import choice_questions, count_questions, paraphrases, templates
from smolrgpt_ros.warehouse.asking import Asked, Asker
from smolrgpt_ros.warehouse.questions import KINDS, Kind
from smolrgpt_ros.warehouse.shown import Shown, View

_PLURALS = {
    'pallet': 'pallets',
    'buffer': 'buffer regions',
    'transporter': 'transporters',
    'shelf': 'shelves',
}


def outermost_of_any(asker: Asker) -> Asked | None:
    """Ask which of two to six things is the leftmost, rightmost or middle one."""
    word = asker.pick(('leftmost', 'rightmost', 'leftmost', 'rightmost', 'middle'))
    group = asker.some(asker.view.shown, 6, 2) if word != 'middle' else _odd(asker)
    best = asker.view.extreme(group, word)
    if best is None:
        return None
    return choice_questions.choose(
        asker,
        word,
        asker.word(paraphrases.EXTREME_OF_ANY[word]),
        best,
        f'the {word} among them' if word != 'middle' else 'in the middle',
        {'L': tuple(group)},
    )


def _odd(asker: Asker) -> list[Shown]:
    return asker.some(asker.view.shown, asker.pick((3, 5)))


def nearest_of_any(asker: Asker) -> Asked | None:
    """Ask which of two to six things, of one class or of several, is closest to another."""
    shown = asker.view.shown
    if len(shown) < 3:
        return None
    landmark = asker.pick(shown)
    class_id = asker.pick((*_PLURALS, ''))
    others = [s for s in shown if s is not landmark and class_id in ('', s.thing.class_id)]
    candidates = asker.some(others, 6, 2)
    best = asker.view.nearest(candidates, landmark)
    if best is None:
        return None
    classes = {candidate.thing.class_id for candidate in candidates}
    plural = _PLURALS[classes.pop()] if len(classes) == 1 else 'objects'
    slots = {'C': candidates, 'a': landmark, 'o': landmark, 'plural': plural}
    wording = asker.word(paraphrases.NEAREST_OF_ANY)
    return choice_questions.choose(asker, 'nearest', wording, best, 'the closest', slots)


def in_one_buffer(asker: Asker) -> Asked | None:
    """Ask how many of some pallets are in a buffer; every number is as likely as any other."""
    buffers = asker.view.by_class['buffer']
    if not buffers:
        return None
    buffer = asker.pick(buffers)
    pallets = _evenly(asker, buffer)
    wording = asker.word(paraphrases.COUNT_IN_ONE)
    return count_questions.count(asker, 'in_one', wording, buffer, {'P': pallets, 'a': buffer})


def _evenly(asker: Asker, buffer: Shown) -> list[Shown]:
    """Up to nine pallets of which any number may stand in the buffer."""
    inside, outside = asker.view.standing[buffer.index]
    within = asker.some(inside, min(len(inside), 7), 0)
    return asker.some([*within, *asker.some(outside, 5, 0)], 9)


def in_position_evenly(asker: Asker) -> Asked | None:
    """Ask how many are in the leftmost, rightmost or middle buffer; any number is as likely."""
    word = asker.pick(('leftmost', 'rightmost', 'middle'))
    buffers = asker.of_class('buffer', 3) if word == 'middle' else asker.of_class('buffer', 4, 2)
    where = asker.view.extreme(buffers, word)
    if where is None:
        return None
    slots = {'B': buffers, 'P': _evenly(asker, where), 'pos': word}
    template = asker.word(templates.COUNT)
    return count_questions.count(asker, word, template, where, slots)


# What each of the benchmark's sorts of counting needs in the picture: buffers, shelves, landmarks.
_COUNTING: tuple[tuple[Kind, int, int, int], ...] = (
    (in_one_buffer, 1, 0, 0),
    (in_position_evenly, 2, 0, 0),
    (count_questions.in_position, 2, 0, 0),
    (count_questions.on_side, 2, 0, 0),
    (in_one_buffer, 1, 0, 0),
    (in_position_evenly, 2, 0, 0),
    (count_questions.near_something, 2, 0, 1),
    (count_questions.near_outer_shelf, 2, 2, 0),
)


def training_kinds(view: View) -> dict[Category, tuple[Kind, ...]]:
    """Return the benchmark's own sorts and further ones, without what the picture cannot allow."""
    buffers, shelves = len(view.by_class['buffer']), len(view.by_class['shelf'])
    landmarks = shelves + len(view.by_class['transporter'])
    pallets = bool(view.by_class['pallet'])
    counting = tuple(
        kind
        for kind, *needs in _COUNTING
        if pallets and buffers >= needs[0] and shelves >= needs[1] and landmarks >= needs[2]
    )
    choosing = tuple(
        kind
        for kind in KINDS[Category.MCQ]
        if (kind is not choice_questions.buffer_near or buffers >= 2)
        and (kind is not choice_questions.buffer_near_shelves or min(buffers, shelves) >= 2)
        and (kind is not choice_questions.pickup or view.by_class['transporter'])
    )
    return {
        Category.LEFT_RIGHT: KINDS[Category.LEFT_RIGHT],
        Category.MCQ: (*choosing, outermost_of_any, nearest_of_any),
        Category.COUNT: counting,
        Category.DISTANCE: KINDS[Category.DISTANCE],
    }
