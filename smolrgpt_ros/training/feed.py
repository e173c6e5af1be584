# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Batches in a fixed order, prepared by worker processes, from any step on.

What a step learns from follows from the seed and the step's number alone. Continuing after a kill
therefore needs no more than the number, and processes never have to agree on anything.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from smolrgpt_ros.models.batch import TaughtBatch
from smolrgpt_ros.training.data.pictures import Pictures

from .errors import RecordError
from .learner import Preparation
from .settings import Portions

#: pictures that are tried in place of one that cannot be used
_SUBSTITUTES = 100


@dataclass(frozen=True)
class Portion:
    """One part of a batch: what is learnt from, and what could not be used.

    `pictures` are the numbers of the pictures, `problems` sentences about records left out.
    """

    batch: TaughtBatch
    pictures: tuple[int, ...]
    problems: tuple[str, ...]


class Order:
    """The order in which pictures are seen: every one once, in a new order each time round."""

    def __init__(self, count: int, seed: int) -> None:
        """Order `count` pictures; those of an endless source come as they are numbered."""
        self.count, self._seed = count, seed
        self._epoch = -1
        self._numbers: np.ndarray = np.empty(0, np.int64)

    def __getitem__(self, position: int) -> int:
        """Number of the picture at `position`."""
        if self.count == sys.maxsize:
            return position
        epoch, place = divmod(position, self.count)
        if epoch != self._epoch:
            self._numbers = np.random.default_rng((self._seed, epoch)).permutation(self.count)
            self._epoch = epoch
        return int(self._numbers[place])


@dataclass(frozen=True)
class Failure:
    """Why a portion could not be made; crosses from a worker to the loop, where it is raised."""

    message: str


class Feed(Dataset[Portion | Failure]):
    """Portions by number: of process `rank` of `processes`, `accumulate` a step."""

    def __init__(
        self,
        pictures: Pictures,
        preparation: Preparation,
        portions: Portions,
        *,
        seed: int,
        rank: int = 0,
        processes: int = 1,
        strict: bool = False,
    ) -> None:
        """Feed from `pictures`; with `strict` the first unusable record raises `RecordError`."""
        self._pictures, self._preparation, self._portions = pictures, preparation, portions
        self._order, self._seed, self._strict = Order(len(pictures), seed), seed, strict
        self._rank, self._processes = rank, processes

    def __getitem__(self, index: int) -> Portion | Failure:
        """Portion `index` of this process."""
        try:
            return self.portion(index)
        except RecordError as error:
            return Failure(str(error))

    def portion(self, index: int) -> Portion:
        """Portion `index` of this process. Raises `RecordError`."""
        count = self._portions.pictures
        step, part = divmod(index, self._portions.accumulate)
        # Processes and parts divide what one process would see as a whole.
        first = step * self._portions.pictures_a_step(self._processes)
        first += (self._rank * self._portions.accumulate + part) * count
        problems: list[str] = []
        chosen = [self._usable(first + place, problems) for place in range(count)]
        return Portion(
            self._preparation.collate([prepared for _, prepared in chosen]),
            tuple(number for number, _ in chosen),
            tuple(problems),
        )

    def _usable(self, position: int, problems: list[str]) -> tuple[int, object]:
        """Number and preparation of the picture at `position`, or of one in its place."""
        for attempt in range(_SUBSTITUTES):
            number = self._order[position]
            try:
                picture = self._pictures.picture(number)
                problems += picture.problems
                if picture.questions:
                    return number, self._preparation.prepare(picture)
                problem = f'picture {picture.name}: no question is left of it'
            except (ValueError, OSError) as error:
                problem = f'picture {number}: {error}'
                problems.append(problem)
            if self._strict:
                raise RecordError(problem)
            # Far from what other positions take, and the same whenever this one is asked for.
            rng = np.random.default_rng((self._seed, position, attempt))
            position = int(rng.integers(min(self._order.count, 2**40)))
        raise RecordError(
            f'{_SUBSTITUTES} pictures, one after the other, cannot be used; the last: {problem}'
        )


def portions_from(feed: Feed, first: int, end: int, workers: int) -> Generator[Portion, None, None]:
    """Portions `first` to `end` in order, prepared ahead by `workers` processes (0: here).

    Raises `RecordError` where one cannot be made.
    """
    loader: DataLoader[Portion | Failure] = DataLoader(
        feed,
        batch_size=None,
        sampler=range(first, end),
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        worker_init_fn=_start_worker if workers else None,
        multiprocessing_context='fork' if workers else None,
    )
    prepared = iter(loader)
    try:
        for portion in prepared:
            if isinstance(portion, Failure):
                raise RecordError(portion.message)
            yield portion
    finally:
        # Not left to the garbage collector, which an error's traceback holds off.
        shut_down = getattr(prepared, '_shutdown_workers', None)
        if shut_down is not None:
            shut_down()


def _start_worker(_: int) -> None:
    """A worker ends when its parent does: signals to the whole group are the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    torch.set_num_threads(1)
