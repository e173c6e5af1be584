# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures rendered while training goes on: no two alike, none of them ever written to disk."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.training.data.captions import captions
from smolrgpt_ros.training.data.masks import instance_mask
from smolrgpt_ros.training.data.pictures import TaughtPicture, TaughtQuestion
from smolrgpt_ros.training.data.region_facts import region_facts
from smolrgpt_ros.training.data.region_questions import region_questions
from smolrgpt_ros.training.data.region_relations import region_relations
from smolrgpt_ros.warehouse.asking import Asked
from smolrgpt_ros.warehouse.further_questions import training_kinds
from smolrgpt_ros.warehouse.halls import TRAINING_HALLS
from smolrgpt_ros.warehouse.layout import generate_world
from smolrgpt_ros.warehouse.noise import REALSENSE, box_mask, with_noise
from smolrgpt_ros.warehouse.questions import make_questions
from smolrgpt_ros.warehouse.render import relative_depth, render
from smolrgpt_ros.warehouse.shown import View
from smolrgpt_ros.warehouse.viewpoint import Viewpoint, likely_viewpoint, sample_camera
from smolrgpt_ros.warehouse.world import World

# The last are single categories of 'normalized'. A network learns to look at a region from the
# easiest of them within minutes; asked for everything at once it first learns what to guess.
_CATEGORIES = {
    category.value: category
    for category in (Category.LEFT_RIGHT, Category.MCQ, Category.COUNT, Category.DISTANCE)
}
KINDS = ('caption', 'region', 'freeform', 'normalized', *_CATEGORIES)
# A change of what the same numbers give is a new version.
_VERSION = 2
# Views tried until one shows this many things that can be asked about.
_ATTEMPTS, _ENOUGH = 3, 5
# Draws for each question wanted, before a picture is taken to allow no more.
_DRAWS = 4
# How many of a picture's questions are of each category, where it allows them: few pictures allow
# to count.
_SHARES = {
    Category.LEFT_RIGHT: 0.2,
    Category.MCQ: 0.28,
    Category.COUNT: 0.28,
    Category.DISTANCE: 0.24,
}
# Asked for so many times as many: to choose from, and in place of what a picture does not allow.
_SURPLUS = {
    Category.LEFT_RIGHT: 1.3,
    Category.MCQ: 1.3,
    Category.COUNT: 2.0,
    Category.DISTANCE: 1.3,
}
# Pictures that follow each other show different halls; these many take turns.
_HALLS = 16


@dataclass(frozen=True)
class SyntheticPictures:
    """Endless pictures of synthetic halls.

    Attributes:
        seed: the same one gives the same pictures.
        kind: what is asked: one of KINDS, or several with their weights.
        size_px: width and height.
        questions: of each picture at most; some allow fewer.
        noisy: share of the pictures as a stereo camera gives them.
        boxes: share of the pictures whose masks are filled boxes, as a plain detector gives them.
        paraphrased: share of the questions worded otherwise than the benchmark does.
        views: pictures of the same hall, each from elsewhere: laying out a hall takes longer than
            filming it. They lie _HALLS numbers apart, so that a batch shows many halls.
    """

    seed: int
    kind: str | Mapping[str, float] = 'normalized'
    size_px: tuple[int, int] = (320, 240)
    questions: int = 48
    noisy: float = 0.5
    boxes: float = 0.3
    paraphrased: float = 0.25
    views: int = 8
    _weights: dict[str, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        weights = {self.kind: 1.0} if isinstance(self.kind, str) else dict(self.kind)
        unknown = set(weights) - set(KINDS)
        if unknown or not weights:
            raise ValueError(f'kind must be of {", ".join(KINDS)}, not {self.kind!r}')
        if min(weights.values()) < 0.0 or not sum(weights.values()) > 0.0:
            raise ValueError(f'weights of kinds must not be negative nor all 0, not {weights}')
        if self.seed < 0:
            raise ValueError(f'seed must be at least 0, not {self.seed}')
        if self.questions < 1 or self.views < 1:
            raise ValueError(
                f'questions and views must be at least 1, not {self.questions} and {self.views}'
            )
        for name in ('noisy', 'boxes', 'paraphrased'):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f'{name} must be a share in [0, 1], not {getattr(self, name)}')
        object.__setattr__(self, '_weights', weights)

    def __len__(self) -> int:
        return sys.maxsize

    @cached_property
    def fingerprint(self) -> str:
        """All that the pictures depend on."""
        kinds = ','.join(f'{kind}:{weight:g}' for kind, weight in sorted(self._weights.items()))
        return (
            f'synthetic-{_VERSION} seed={self.seed} kind={kinds} '
            f'size={self.size_px[0]}x{self.size_px[1]} questions={self.questions} '
            f'noisy={self.noisy:g} boxes={self.boxes:g} paraphrased={self.paraphrased:g} '
            f'views={self.views}'
        )

    def picture(self, number: int) -> TaughtPicture:
        """Render picture `number` and ask about it. Raises IndexError below 0."""
        if number < 0:
            raise IndexError(f'pictures are numbered from 0, not {number}')
        rng = np.random.default_rng([self.seed, number, 5])
        view = self.view(number, rng)
        questions = self._asked(view, rng, f'{self.seed}-{number}')
        noise = REALSENSE if rng.random() < self.noisy else None
        mask_of = box_mask if rng.random() < self.boxes else instance_mask
        used = sorted({index for question in questions for index in question.things})
        masks = tuple(mask_of(view.frame, index, rng, noise) for index in used)
        frame = with_noise(view.frame, rng, noise) if noise else view.frame
        position = {index: place for place, index in enumerate(used)}
        return TaughtPicture(
            f'synthetic-{self.seed}-{number}',
            frame.colour,
            relative_depth(frame.depth_m),
            np.nan_to_num(frame.depth_m, nan=0.0).astype(np.float32),
            frame.camera,
            masks,
            tuple(_of_picture(question, position, view) for question in questions),
            facts=tuple(region_facts(view, index) for index in used),
        )

    def view(self, number: int, rng: np.random.Generator | None = None) -> View:
        """Return what picture `number` shows, without noise."""
        rng = np.random.default_rng([self.seed, number, 5]) if rng is None else rng
        world = _hall(self.hall_seed(number))
        place = (Viewpoint.HIGH, Viewpoint.ROBOT)[int(rng.integers(2))]
        best: View | None = None
        for _ in range(_ATTEMPTS):
            camera = sample_camera(rng, *self.size_px)
            view = View(render(world, camera, likely_viewpoint(world, rng, camera, place)))
            if best is None or len(view.shown) > len(best.shown):
                best = view
            if len(best.shown) >= _ENOUGH:
                break
        assert best is not None
        return best

    def hall_seed(self, number: int) -> int:
        """Seed of the hall that picture `number` shows, in TRAINING_HALLS."""
        hall = number // (_HALLS * self.views) * _HALLS + number % _HALLS
        return int(np.random.default_rng([self.seed, hall, 6]).integers(*TRAINING_HALLS))

    def _asked(self, view: View, rng: np.random.Generator, name: str) -> list[TaughtQuestion]:
        """Ask about a view; things are the world's."""
        found: list[TaughtQuestion] = []
        total = sum(self._weights.values())
        for kind, weight in self._weights.items():
            count = _rounded(self.questions * weight / total, rng)
            found += self._of_kind(kind, view, rng, count, f'{name}-{kind}')
        return found

    def _of_kind(
        self, kind: str, view: View, rng: np.random.Generator, count: int, name: str
    ) -> list[TaughtQuestion]:
        if kind in ('caption', 'region'):
            asked = (captions if kind == 'caption' else region_questions)(view, rng, count)
            return [
                TaughtQuestion(f'{name}-{i}', q.text, q.things, q.answer, kind, q.kind)
                for i, q in enumerate(asked)
            ]
        return [
            TaughtQuestion(
                f'{name}-{i}',
                q.text,
                q.things,
                answer_of(q, kind),
                q.category.value,
                q.kind,
                quantity_of(q),
            )
            for i, q in enumerate(self._benchmark(view, rng, count, _CATEGORIES.get(kind)))
        ]

    def _benchmark(
        self, view: View, rng: np.random.Generator, count: int, only: Category | None
    ) -> list[Asked]:
        shares = {only: 1.0} if only else _SHARES
        wanted = {category: math.ceil(count * share) for category, share in shares.items()}
        asked = make_questions(
            view,
            rng,
            {category: math.ceil(_SURPLUS[category] * many) for category, many in wanted.items()},
            _DRAWS,
            kinds_of={c: kinds for c, kinds in training_kinds(view).items() if c in wanted},
            paraphrased=self.paraphrased,
        )
        first, surplus = [], []
        for category, many in wanted.items():
            found = [question for question in asked if question.category is category]
            if category is Category.COUNT:
                # The rest is mostly of empty buffers: those would prevail.
                first += _evenly(found, many)
            else:
                order = rng.permutation(len(found))
                first += [found[i] for i in order[:many]]
                surplus += [found[i] for i in order[many:]]
        chosen = [first[i] for i in rng.permutation(len(first))[:count]]
        return chosen + [surplus[i] for i in rng.permutation(len(surplus))[: count - len(chosen)]]


def _evenly(asked: list[Asked], count: int) -> list[Asked]:
    """Choose up to `count`, each answer as often as the others where there are enough of it."""
    seen: Counter[str | int | float] = Counter()
    turns = []
    for question in asked:
        turns.append(seen[question.answer])
        seen[question.answer] += 1
    order = sorted(range(len(asked)), key=lambda i: (turns[i], i))
    return [asked[i] for i in order[:count]]


def answer_of(asked: Asked, kind: str) -> str:
    """The words to be learnt: the sentence, or the normalized answer as text."""
    if kind == 'freeform':
        return asked.freeform
    if isinstance(asked.answer, float):
        return f'{asked.answer:.2f}'
    return str(asked.answer)


def quantity_of(asked: Asked) -> float:
    """The answer of a question for a distance or a count; NaN of others."""
    counted = asked.category in (Category.DISTANCE, Category.COUNT)
    return float(asked.answer) if counted else math.nan


def _rounded(value: float, rng: np.random.Generator) -> int:
    """Round up or down by chance, so that small shares are not lost."""
    whole = math.floor(value)
    return whole + int(value > whole and rng.random() < value - whole)


def _of_picture(question: TaughtQuestion, position: dict[int, int], view: View) -> TaughtQuestion:
    """A question about the world's things as one about the picture's masks."""
    return replace(
        question,
        things=tuple(position[index] for index in question.things),
        relations=region_relations(view, question.things),
    )


@lru_cache(maxsize=_HALLS + 1)
def _hall(seed: int) -> World:
    return generate_world(seed)
