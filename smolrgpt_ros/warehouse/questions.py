# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions about a frame with their true answers, chosen as a careful dataset maker would: none is a coin toss."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.warehouse import templates, truth
from smolrgpt_ros.warehouse.coverage import coverage
from smolrgpt_ros.warehouse.render import Frame, detected_things
from smolrgpt_ros.warehouse.world import Thing

# Asked about: at least this share of the outline is seen and lies inside of the picture ...
MIN_VISIBLE = {'pallet': 0.45, 'transporter': 0.35, 'buffer': 0.40, 'shelf': 0.50}
MIN_INSIDE = {'pallet': 0.80, 'transporter': 0.80, 'buffer': 0.75, 'shelf': 0.80}
# ... and, where the distance to its centre is wanted, nearly all of it.
MIN_INSIDE_MEASURED = {'pallet': 0.93, 'transporter': 0.93, 'buffer': 0.985, 'shelf': 0.93}
# Boxes in the picture are at least this share of its height, buffers and objects.
MIN_HEIGHT_SHARE = 0.03
# Left of: by this share of the picture's width, for the box, the seen part and the 3-D centre alike.
MIN_GAP_SHARE = 0.04
# Nearest: the second is farther by this factor and this many metres.
NEAREST_FACTOR, NEAREST_MARGIN_M = 1.2, 0.4
MAX_MASKS = 15
MIN_DISTANCE_M = 0.5


@dataclass(frozen=True)
class Asked:
    """A question with its truth.

    Attributes:
        text: with one `<mask>` token for each of `things`.
        things: indices of the world's things, in the order of the tokens.
        answer: the normalized answer.
        freeform: the answer as a sentence; names objects '[Region i]'.
        kind: which sort of question of its category ('pickup', 'pair', ...).
    """

    text: str
    category: Category
    things: tuple[int, ...]
    answer: str | int | float
    freeform: str
    kind: str


@dataclass(frozen=True)
class Shown:
    """A thing as a frame shows it; `places` are its horizontal positions by three measures, pixels."""

    index: int
    thing: Thing
    places: tuple[float, float, float]
    measurable: bool


def shown_things(frame: Frame) -> list[Shown]:
    """What of the frame may be asked about."""
    shown = []
    covered = coverage(frame)
    for index in detected_things(frame, tuple(MIN_VISIBLE)):
        thing, seen = frame.world.things[index], covered[index]
        kind = thing.class_id
        x0, y0, x1, y1 = frame.box_px(index)
        if (seen.visible < MIN_VISIBLE[kind] or seen.inside < MIN_INSIDE[kind]
                or y1 - y0 < MIN_HEIGHT_SHARE * frame.camera.height):
            continue
        centre = frame.centre_camera(thing)
        if centre[2] < 0.3:
            continue
        columns = frame.mask(index)[int(y0):int(y1), int(x0):int(x1)].sum(axis=0)
        centroid = x0 + float(np.average(np.arange(len(columns)), weights=columns))
        projected = float(frame.camera.cx + frame.camera.fx * centre[0] / centre[2])
        shown.append(Shown(index, thing, ((x0 + x1) / 2.0, centroid, projected),
                           seen.inside >= MIN_INSIDE_MEASURED[kind]))
    return shown


class _Maker:
    """Draws questions about one frame; every maker method returns None where the frame allows none of its kind."""

    def __init__(self, frame: Frame, rng: np.random.Generator):
        self.frame, self.rng = frame, rng
        self.gap_px = MIN_GAP_SHARE * frame.camera.width
        self.shown = shown_things(frame)
        self.by_class = {kind: [s for s in self.shown if s.thing.class_id == kind] for kind in MIN_VISIBLE}

    # drawing -----------------------------------------------------------------------------------------------------

    def pick(self, options: Sequence):
        return options[int(self.rng.integers(len(options)))]

    def some(self, options: Sequence[Shown], count: int) -> list[Shown]:
        """`count` of the options at most, in random order."""
        order = self.rng.permutation(len(options))[:count]
        return [options[i] for i in order]

    def noun(self, shown: Shown) -> str:
        return self.pick(templates.BUFFER_NOUNS) if shown.thing.class_id == 'buffer' else shown.thing.class_id

    # order across the picture --------------------------------------------------------------------------------------

    def left_of(self, a: Shown, b: Shown) -> bool:
        return all(x + self.gap_px <= y for x, y in zip(a.places, b.places))

    def extreme(self, group: Sequence[Shown], word: str) -> Shown | None:
        """The leftmost, rightmost or middle one if it clearly is."""
        ordered = sorted(group, key=lambda s: s.places[0])
        if word == 'middle':
            clear = len(ordered) % 2 == 1 and len(ordered) >= 3 and all(
                self.left_of(a, b) for a, b in zip(ordered, ordered[1:]))
            return ordered[len(ordered) // 2] if clear else None
        if len(ordered) < 2:
            return None
        best, others = (ordered[0], ordered[1:]) if word == 'leftmost' else (ordered[-1], ordered[:-1])
        clear = all(self.left_of(best, o) if word == 'leftmost' else self.left_of(o, best) for o in others)
        return best if clear else None

    def nearest(self, candidates: Sequence[Shown], landmark: Shown) -> Shown | None:
        """The candidate closest to the landmark, if clearly so from centre to centre and on the floor."""
        if len(candidates) < 2:
            return None
        best = candidates[truth.nearest([c.thing for c in candidates], landmark.thing)]
        for measure in (3, 2):
            at = np.array(landmark.thing.centre[:measure])
            reach = {c.index: float(np.linalg.norm(np.array(c.thing.centre[:measure]) - at)) for c in candidates}
            second = min(value for index, value in reach.items() if index != best.index)
            if second < max(NEAREST_FACTOR * reach[best.index], reach[best.index] + NEAREST_MARGIN_M):
                return None
        return best

    # wording -------------------------------------------------------------------------------------------------------

    def ask(self, category: Category, kind: str, template: str, answer, freeform, /, **slots) -> Asked | None:
        """Fill a template. A `Shown` becomes its noun with a token, a list of them tokens, a string itself.

        `answer` and `freeform` may be functions of {thing index: position of its token}.
        """
        things: list[int] = []

        def fill(match: re.Match) -> str:
            value = slots[match[1]]
            if isinstance(value, str):
                return value
            if isinstance(value, Shown):
                things.append(value.index)
                return '<mask>' if match[1] == 'o' else f'the {self.noun(value)} <mask>'
            things.extend(shown.index for shown in value)
            return ' '.join(['<mask>'] * len(value))

        text = re.sub(r'\{(\w+)\}', fill, template)
        if not 2 <= len(things) <= MAX_MASKS or len(set(things)) != len(things):
            return None
        position = {index: place for place, index in enumerate(things)}
        return Asked(text, category, tuple(things), answer(position) if callable(answer) else answer,
                     freeform(position), kind)

    @staticmethod
    def name(shown: Shown, position: dict[int, int]) -> str:
        noun = 'buffer region' if shown.thing.class_id == 'buffer' else shown.thing.class_id
        return f'the {noun} [Region {position[shown.index]}]'

    # left or right -------------------------------------------------------------------------------------------------

    def side(self) -> Asked | None:
        pair = self.some(self.shown, 2)
        if len(pair) < 2 or not (self.left_of(*pair) or self.left_of(*pair[::-1])):
            return None
        a, b = pair
        answer = 'left' if self.left_of(a, b) else 'right'
        wordings = templates.LEFT_RIGHT[self.pick(('', 'left', 'right'))]
        return self.ask(Category.LEFT_RIGHT, 'side', self.pick(wordings), answer,
                        lambda p: f'{_capital(self.name(a, p))} is to the {answer} of {self.name(b, p)}.', a=a, b=b)

    # which one -----------------------------------------------------------------------------------------------------

    def _chosen(self, kind: str, template: str, chosen: Shown, sentence: Callable, /, **slots) -> Asked | None:
        return self.ask(Category.MCQ, kind, template, lambda p: p[chosen.index],
                        lambda p: _capital(sentence(self.name(chosen, p))), **slots)

    def outermost(self) -> Asked | None:
        three = self.some(self.shown, 3)
        word = self.pick(('leftmost', 'rightmost'))
        best = self.extreme(three, word) if len(three) == 3 else None
        if best is None:
            return None
        a, b, c = three
        return self._chosen(word, self.pick(templates.EXTREME[word]), best,
                            lambda name: f'{name} is the {word} among them.', a=a, b=b, c=c)

    def _is_empty(self, transporter: Shown) -> bool:
        return truth.is_empty(self.frame.world, transporter.thing)

    def pickup(self) -> Asked | None:
        transporters, pallets = self.by_class['transporter'], self.by_class['pallet']
        empty = [t for t in transporters if self._is_empty(t)]
        free = [p for p in pallets if not p.thing.carried_by]
        if not empty or len(free) < 2:
            return None
        transporter = self.pick(empty)
        target = self.nearest(free, transporter)
        if target is None:
            return None
        # A load is only known for one when both it and its vehicle can be seen.
        loads = {p.thing.carried_by: p for p in pallets if p.thing.carried_by}
        loaded = [t for t in transporters if t.thing.id in loads]
        others = [p for p in pallets if p is not target]
        offered = self.some([target, *self.some(others, int(self.rng.integers(1, 6)))], MAX_MASKS)
        vehicles = self.some([transporter, *self.some(loaded, int(self.rng.integers(0, 3)))], MAX_MASKS)
        offered += [loads[t.thing.id] for t in vehicles if t.thing.id in loads and loads[t.thing.id] not in offered]
        sentence = (lambda name: f'{name} is the best choice for pickup by the empty transporter.')
        if len(vehicles) == 1 and self.rng.random() < 0.7:
            return self._chosen('pickup', self.pick(templates.PICKUP_BY_ONE), target, sentence, T=vehicles, P=offered,
                                t=transporter)
        return self._chosen('pickup', self.pick(templates.PICKUP), target, sentence, T=vehicles, P=offered)

    def buffer_near(self) -> Asked | None:
        buffers = self.some(self.by_class['buffer'], 4)
        if len(buffers) < 2:
            return None
        shelves = self.some(self.by_class['shelf'], int(self.rng.integers(2, 4)))
        side = self.pick(('left', 'right'))
        landmark = self.extreme(shelves, side + 'most') if self.rng.random() < 0.4 else None
        if landmark is not None:
            best = self.nearest(buffers, landmark)
            return best and self._chosen('nearest_to_shelf', self.pick(templates.NEAREST_BUFFER_TO_SHELVES), best,
                                         lambda name: f'{name} is closest to the shelves on the {side}.',
                                         B=buffers, S=shelves, side=side)
        landmarks = self.by_class['pallet'] + self.by_class['transporter'] + self.by_class['shelf']
        if not landmarks:
            return None
        landmark = self.pick(landmarks)
        best = self.nearest(buffers, landmark)
        return best and self._chosen('nearest', self.pick(templates.NEAREST_BUFFER), best,
                                     lambda name: f'{name} is the closest.', B=buffers, o=landmark, a=landmark)

    # how many ------------------------------------------------------------------------------------------------------

    def count(self) -> Asked | None:
        buffers, pallets = self.some(self.by_class['buffer'], 4), self.some(self.by_class['pallet'], 9)
        if len(buffers) < 2 or not pallets:
            return None
        kind = self.pick(('position', 'position', 'side', 'near', 'near_shelf'))
        slots: dict = {'B': buffers, 'P': pallets}
        where: Shown | None
        if kind == 'position':
            word = self.pick(('leftmost', 'rightmost', 'middle'))
            where, wordings, slots['pos'] = self.extreme(buffers, word), templates.COUNT, word
        elif kind == 'side':
            side = self.pick(('left', 'right'))
            where, wordings, slots['side'] = self.extreme(buffers, side + 'most'), templates.COUNT_SIDE, side
        elif kind == 'near':
            landmarks = self.by_class['shelf'] + self.by_class['transporter']
            if not landmarks:
                return None
            slots['a'] = self.pick(landmarks)
            where, wordings = self.nearest(buffers, slots['a']), templates.COUNT_NEAR
        else:
            shelves, side = self.some(self.by_class['shelf'], int(self.rng.integers(2, 4))), self.pick(('left', 'right'))
            landmark = self.extreme(shelves, side + 'most')
            where = self.nearest(buffers, landmark) if landmark else None
            slots.update(S=shelves, side=side)
            wordings = templates.COUNT_NEAR_SHELF
        if where is None:
            return None
        number = truth.count_inside([p.thing for p in pallets], where.thing)
        verb = 'is 1 pallet' if number == 1 else f'are {number} pallets'
        return self.ask(Category.COUNT, kind, self.pick(wordings), number,
                        lambda p: f'There {verb} in {self.name(where, p)}.', **slots)

    # how far -------------------------------------------------------------------------------------------------------

    def _between(self, kind: str, template: str, a: Shown | None, b: Shown | None, /, **slots) -> Asked | None:
        if a is None or b is None or a is b:
            return None
        metres = truth.true_distance_m(a.thing, b.thing)
        if metres and (metres < MIN_DISTANCE_M or not (a.measurable and b.measurable)):
            return None
        metres = round(metres, 2)
        return self.ask(Category.DISTANCE, kind, template, metres,
                        lambda p: f'The distance of {self.name(a, p)} from {self.name(b, p)} is {metres} meters.', **slots)

    def pair(self) -> Asked | None:
        two = self.some(self.shown, 2)
        return self._between('pair', self.pick(templates.DISTANCE), *two, a=two[0], b=two[1]) if len(two) == 2 else None

    def in_buffer(self) -> Asked | None:
        """A distance of 0: a pallet and the buffer it stands in."""
        pairs = [(p, b) for p in self.by_class['pallet'] for b in self.by_class['buffer']
                 if truth.is_inside(p.thing, b.thing)]
        if not pairs:
            return None
        two = self.some(self.pick(pairs), 2)
        return self._between('inside', self.pick(templates.DISTANCE), *two, a=two[0], b=two[1])

    def outer_pallets(self) -> Asked | None:
        pallets = self.some(self.by_class['pallet'], int(self.rng.integers(2, 8)))
        words = self.pick((('leftmost', 'rightmost'), ('rightmost', 'leftmost')))
        return self._between('leftmost_rightmost', self.pick(templates.DISTANCE_PALLETS), *(self.extreme(pallets, w) for w in words),
                             P=pallets, p=words[0], q=words[1])

    def outer_pallet_buffer(self) -> Asked | None:
        pallets = self.some(self.by_class['pallet'], int(self.rng.integers(2, 8)))
        buffers = self.some(self.by_class['buffer'], 4)
        p, q = self.pick(('leftmost', 'rightmost')), self.pick(('leftmost', 'rightmost'))
        return self._between('pallet_buffer', self.pick(templates.DISTANCE_PALLET_BUFFER), self.extreme(pallets, p),
                             self.extreme(buffers, q), P=pallets, B=buffers, p=p, q=q)

    def outer_pallet_shelf(self) -> Asked | None:
        middle = self.frame.camera.width / 2.0
        shelves = [s for s in self.by_class['shelf'] if all(abs(x - middle) > self.gap_px for x in s.places)]
        pallets = self.some(self.by_class['pallet'], int(self.rng.integers(2, 8)))
        if not shelves:
            return None
        shelf, p = self.pick(shelves), self.pick(('leftmost', 'rightmost'))
        side = 'left' if shelf.places[0] < middle else 'right'
        return self._between('pallet_shelf', self.pick(templates.DISTANCE_PALLET_SHELF), self.extreme(pallets, p), shelf,
                             P=pallets, a=shelf, p=p, side=side)

    def to_outer_buffer(self) -> Asked | None:
        buffers = self.some(self.by_class['buffer'], 4)
        others = [s for s in self.shown if s.thing.class_id != 'buffer']
        q = self.pick(('leftmost', 'rightmost'))
        if not others:
            return None
        a = self.pick(others)
        return self._between('to_buffer', self.pick(templates.DISTANCE_TO_BUFFER), a, self.extreme(buffers, q), a=a,
                             B=buffers, q=q, q_split=q.replace('most', ' most'))


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def make_questions(frame: Frame, rng: np.random.Generator, per_category: int = 4, attempts: int = 12) -> list[Asked]:
    """Up to `per_category` different questions of each category; fewer where the picture allows no more."""
    maker = _Maker(frame, rng)
    kinds: dict[Category, tuple[Callable[[], Asked | None], ...]] = {
        Category.LEFT_RIGHT: (maker.side,),
        Category.MCQ: (maker.outermost, maker.pickup, maker.buffer_near),
        Category.COUNT: (maker.count,),
        Category.DISTANCE: (maker.pair, maker.outer_pallets, maker.outer_pallet_buffer, maker.outer_pallet_shelf,
                            maker.to_outer_buffer, maker.pair, maker.in_buffer),
    }
    asked: list[Asked] = []
    for makers in kinds.values():
        found: dict[tuple, Asked] = {}
        first = int(rng.integers(len(makers)))
        for attempt in range(per_category * attempts):
            if len(found) == per_category:
                break
            question = makers[(first + attempt) % len(makers)]()
            if question:
                found.setdefault((question.kind, frozenset(question.things)), question)
        asked.extend(found.values())
    return asked
