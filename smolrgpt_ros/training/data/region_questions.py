# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a region is, where it is and how it stands to another: what the refiners learn from.

Places are those of 3-D boxes' centres in the camera frame, metres: x right, y down, z ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np

from smolrgpt_ros.warehouse import truth
from smolrgpt_ros.warehouse.shown import Shown, View

NOUNS = {
    'pallet': 'pallet',
    'buffer': 'buffer region',
    'transporter': 'transporter',
    'shelf': 'shelf',
    'person': 'person',
}
# Closer, higher or larger by this share and this much: otherwise nobody is asked.
CLEAR_FACTOR, CLEAR_M = 1.15, 0.3
MAX_AT_ONCE = 6
T = TypeVar('T')


@dataclass(frozen=True)
class RegionQuestion:
    """A question about regions; `things` are the world's, in the order of the tokens."""

    text: str
    things: tuple[int, ...]
    answer: str
    kind: str


@dataclass(frozen=True, eq=False)
class RegionAsker:
    """Draws questions about a view's regions."""

    view: View
    rng: np.random.Generator
    _centres: dict[int, np.ndarray] = field(init=False, default_factory=dict)

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[int(self.rng.integers(len(options)))]

    def some(self, options: Sequence[Shown], count: int) -> list[Shown]:
        """Return up to `count` different ones."""
        return [options[i] for i in self.rng.permutation(len(options))[:count]]

    @cached_property
    def measurable(self) -> list[Shown]:
        """Things of which enough is seen to tell where they are."""
        return [shown for shown in self.view.shown if shown.measurable]

    def centre(self, shown: Shown) -> np.ndarray:
        """(3,) centre in the camera frame, metres."""
        if shown.index not in self._centres:
            self._centres[shown.index] = self.view.frame.centre_camera(shown.thing)
        return self._centres[shown.index]

    def reach_m(self, shown: Shown) -> float:
        """Distance of a thing's centre from the camera."""
        return float(np.linalg.norm(self.centre(shown)))


def metres(value: float) -> str:
    """One decimal; never '-0.0'."""
    return f'{round(value, 1) + 0.0:.1f}'


def place(asker: RegionAsker, shown: Shown) -> str:
    """'1.2 0.4 5.0': right, down, ahead."""
    return ' '.join(metres(float(value)) for value in asker.centre(shown))


def _of_one(
    asker: RegionAsker,
    kind: str,
    texts: Sequence[str],
    options: Sequence[Shown],
    answer: Callable[[Shown], str],
) -> RegionQuestion | None:
    if not options:
        return None
    shown = asker.pick(options)
    return RegionQuestion(asker.pick(texts), (shown.index,), answer(shown), kind)


def what(asker: RegionAsker) -> RegionQuestion | None:
    """Ask for a thing's class."""
    texts = ('What is <mask>?', 'What kind of object is <mask>?', 'Name <mask>.')
    return _of_one(
        asker, 'what', texts, asker.view.shown, lambda shown: NOUNS[shown.thing.class_id]
    )


def how_far(asker: RegionAsker) -> RegionQuestion | None:
    """Ask how far a thing is from the camera."""
    texts = (
        'How far is <mask> from the camera?',
        'What is the distance from the camera to <mask>?',
        'How far away is <mask>?',
    )
    return _of_one(
        asker, 'far', texts, asker.measurable, lambda shown: metres(asker.reach_m(shown))
    )


def where(asker: RegionAsker) -> RegionQuestion | None:
    """Ask for a thing's centre in the camera frame."""
    texts = ('Where is <mask>?', 'Place <mask>.', 'What is the position of <mask>?')
    return _of_one(asker, 'where', texts, asker.measurable, lambda shown: place(asker, shown))


def ahead(asker: RegionAsker) -> RegionQuestion | None:
    """Ask how far ahead a thing is, along the optical axis."""
    texts = ('How far ahead is <mask>?', 'How deep in the picture is <mask>?')
    return _of_one(
        asker, 'ahead', texts, asker.measurable, lambda shown: metres(float(asker.centre(shown)[2]))
    )


def how_big(asker: RegionAsker) -> RegionQuestion | None:
    """Ask for a thing's length, width and height."""
    texts = ('How big is <mask>?', 'What is the size of <mask>?', 'Measure <mask>.')

    def size(shown: Shown) -> str:
        along, across, up = shown.thing.size
        return ' '.join(metres(v) for v in (max(along, across), min(along, across), up))

    return _of_one(asker, 'size', texts, asker.measurable, size)


def _clearly_less(a: float, b: float) -> bool:
    return b >= a * CLEAR_FACTOR and b >= a + CLEAR_M


def _of_two(
    asker: RegionAsker,
    kind: str,
    texts: Sequence[str],
    options: Sequence[Shown],
    before: Callable[[Shown, Shown], bool],
) -> RegionQuestion | None:
    """Ask which of two comes first; the answer is the position of its token, from 0."""
    two = asker.some(options, 2)
    if len(two) < 2:
        return None
    a, b = two
    if not before(a, b) and not before(b, a):
        return None
    answer = '0' if before(a, b) else '1'
    return RegionQuestion(asker.pick(texts), (a.index, b.index), answer, kind)


def closer(asker: RegionAsker) -> RegionQuestion | None:
    """Ask which of two is closer to the camera."""
    return _of_two(
        asker,
        'closer',
        ('Which is closer to the camera, <mask> or <mask>?', 'Which of <mask> <mask> is closer?'),
        asker.measurable,
        lambda a, b: _clearly_less(asker.reach_m(a), asker.reach_m(b)),
    )


def further_left(asker: RegionAsker) -> RegionQuestion | None:
    """Ask which of two is further left in the picture."""
    texts = ('Which is further left, <mask> or <mask>?', 'Which of <mask> <mask> is the leftmost?')
    return _of_two(asker, 'left', texts, asker.view.shown, asker.view.left_of)


def further_right(asker: RegionAsker) -> RegionQuestion | None:
    """Ask which of two is further right in the picture."""
    texts = (
        'Which is further right, <mask> or <mask>?',
        'Which of <mask> <mask> is the rightmost?',
    )
    return _of_two(asker, 'right', texts, asker.view.shown, lambda a, b: asker.view.left_of(b, a))


def higher(asker: RegionAsker) -> RegionQuestion | None:
    """Ask which of two is taller."""
    return _of_two(
        asker,
        'taller',
        ('Which is taller, <mask> or <mask>?', 'Which of <mask> <mask> is the taller one?'),
        asker.measurable,
        lambda a, b: _clearly_less(b.thing.size[2], a.thing.size[2]),
    )


def carried(asker: RegionAsker) -> RegionQuestion | None:
    """Ask whether a pallet stands on a transporter."""
    pallets = [s for s in asker.view.by_class['pallet'] if s.measurable]
    texts = ('Is <mask> on a transporter?', 'Does a transporter carry <mask>?')
    on = [shown for shown in pallets if shown.thing.carried_by]
    off = [shown for shown in pallets if not shown.thing.carried_by]
    options = asker.pick((on, off)) or pallets
    return _of_one(
        asker, 'carried', texts, options, lambda s: 'yes' if s.thing.carried_by else 'no'
    )


def empty(asker: RegionAsker) -> RegionQuestion | None:
    """Ask whether a transporter is empty."""
    world = asker.view.frame.world
    vehicles = [s for s in asker.view.by_class['transporter'] if s.measurable]
    texts = ('Is the transporter <mask> empty?', 'Is <mask> without a load?')
    return _of_one(
        asker, 'empty', texts, vehicles, lambda s: 'yes' if truth.is_empty(world, s.thing) else 'no'
    )


def inside(asker: RegionAsker) -> RegionQuestion | None:
    """Ask whether a pallet stands in a buffer."""
    standing = asker.view.standing
    buffers = {buffer.index: buffer for buffer in asker.view.by_class['buffer']}
    within = [(p, buffers[i], 'yes') for i, (inside, _) in standing.items() for p in inside]
    beside = [(p, buffers[i], 'no') for i, (_, outside) in standing.items() for p in outside]
    options = asker.pick((within, beside)) or within or beside
    if not options:
        return None
    pallet, buffer, answer = asker.pick(options)
    texts = ('Is <mask> inside <mask>?', 'Does <mask> stand in the buffer region <mask>?')
    return RegionQuestion(asker.pick(texts), (pallet.index, buffer.index), answer, 'inside')


def _all_at_once(
    asker: RegionAsker,
    kind: str,
    words: str,
    options: Sequence[Shown],
    answer: Callable[[Shown], str],
) -> RegionQuestion | None:
    group = asker.some(options, int(asker.rng.integers(2, MAX_AT_ONCE + 1)))
    if len(group) < 2:
        return None
    tokens = ' '.join(['<mask>'] * len(group))
    answers = ', '.join(answer(shown) for shown in group)
    return RegionQuestion(f'{words} {tokens}.', tuple(s.index for s in group), answers, kind)


def name_and_place(asker: RegionAsker) -> RegionQuestion | None:
    """Ask for class and centre of several at once."""
    return _all_at_once(
        asker,
        'name_and_place',
        'Name and place',
        asker.measurable,
        lambda shown: f'{NOUNS[shown.thing.class_id]} {place(asker, shown)}',
    )


def place_all(asker: RegionAsker) -> RegionQuestion | None:
    """Ask for the centres of several at once."""
    return _all_at_once(
        asker, 'place_all', 'Place', asker.measurable, lambda shown: place(asker, shown)
    )


def name_all(asker: RegionAsker) -> RegionQuestion | None:
    """Ask for the classes of several at once."""
    return _all_at_once(
        asker, 'name_all', 'Name', asker.view.shown, lambda shown: NOUNS[shown.thing.class_id]
    )


def apart(asker: RegionAsker) -> RegionQuestion | None:
    """Ask how far one thing is to the right, below and ahead of another."""
    two = asker.some(asker.measurable, 2)
    if len(two) < 2:
        return None
    offset = asker.centre(two[0]) - asker.centre(two[1])
    text = asker.pick(('Where is <mask> seen from <mask>?', 'What leads to <mask> from <mask>?'))
    answer = ' '.join(metres(float(value)) for value in offset)
    return RegionQuestion(text, (two[0].index, two[1].index), answer, 'apart')


REGION_KINDS: tuple[Callable[[RegionAsker], RegionQuestion | None], ...] = (
    name_and_place,
    what,
    where,
    closer,
    how_far,
    place_all,
    further_left,
    inside,
    name_and_place,
    how_big,
    carried,
    place_all,
    where,
    ahead,
    further_right,
    apart,
    higher,
    name_all,
    inside,
    empty,
)


def region_questions(view: View, rng: np.random.Generator, count: int) -> list[RegionQuestion]:
    """Ask up to `count` different questions about a view's regions, the kinds in turn."""
    asker = RegionAsker(view, rng)
    found: dict[tuple[str, tuple[int, ...]], RegionQuestion] = {}
    turn = int(rng.integers(len(REGION_KINDS)))
    for attempt in range(3 * count):
        if len(found) == count:
            break
        question = REGION_KINDS[(turn + attempt) % len(REGION_KINDS)](asker)
        if question:
            found.setdefault((question.kind, question.things), question)
    return list(found.values())
