# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Scores an engine on a dataset folder with the benchmark's own metric."""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from smolrgpt_ros.cli.picture_answers import Outcome, answer_picture
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.reasoning.engine import Engine
from smolrgpt_ros.reasoning.registry import EngineOptions, load_engine
from smolrgpt_ros.warehouse.folder import DatasetFolder
from smolrgpt_ros.warehouse.records import Record, RecordError, iter_by_picture
from smolrgpt_ros.warehouse.score import CATEGORIES

Progress = Callable[[int], None]
"""Called with the number of records done so far."""

Answered = tuple[list[Outcome], list[RecordError]]
_AHEAD = 3
"""Pictures waiting for each process: none idles, and most records stay on disk."""


@dataclass(frozen=True)
class Tally:
    """How often a kind of question was answered right.

    Attributes:
        asked: questions of that kind.
        right: those answered right by the benchmark's rule.
        unanswered: those where the engine gave a reason in place of an answer; they count as wrong.
    """

    asked: int
    right: int
    unanswered: int

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Tally:
        """Count them."""
        listed = list(outcomes)
        return cls(
            len(listed), sum(o.right for o in listed), sum(o.normalized is None for o in listed)
        )

    @property
    def accuracy(self) -> float:
        """Share answered right, percent; NaN where nothing was asked."""
        return 100.0 * self.right / self.asked if self.asked else math.nan


@dataclass(frozen=True)
class Evaluation:
    """What came out of one run over one dataset folder.

    Attributes:
        outcomes: one for each record that could be read.
        malformed: what was wrong with the others.
    """

    outcomes: tuple[Outcome, ...]
    malformed: tuple[RecordError, ...] = ()

    @property
    def categories(self) -> dict[str, Tally]:
        """A tally for each of the benchmark's categories that occurs."""
        tallies = {
            category: Tally.of(o for o in self.outcomes if o.category == category)
            for category in CATEGORIES
        }
        return {category: tally for category, tally in tallies.items() if tally.asked}

    @property
    def subtypes(self) -> dict[tuple[str, str], Tally]:
        """A tally for each (category, kind of question) that occurs."""
        kinds: dict[tuple[str, str], list[Outcome]] = {}
        for outcome in self.outcomes:
            kinds.setdefault((outcome.category, outcome.subtype), []).append(outcome)
        return {kind: Tally.of(kinds[kind]) for kind in sorted(kinds)}

    @property
    def accuracies(self) -> dict[str, float]:
        """Percent answered right in each category that occurs."""
        return {category: tally.accuracy for category, tally in self.categories.items()}

    @property
    def score(self) -> float:
        """The benchmark's figure: mean of the accuracies of the categories present, percent."""
        accuracies = self.accuracies
        return sum(accuracies.values()) / len(accuracies) if accuracies else math.nan

    @property
    def median_distance_error(self) -> float:
        """Median relative error of the distances, percent, over those whose truth is not 0."""
        errors = [
            outcome.distance_error
            for outcome in self.outcomes
            if outcome.category == Category.DISTANCE.value and outcome.truth != 0
        ]
        return 100.0 * median(errors) if errors else math.nan

    @property
    def mistakes(self) -> tuple[Outcome, ...]:
        """Every outcome that is not right."""
        return tuple(outcome for outcome in self.outcomes if not outcome.right)


def evaluate(
    folder: Path | str,
    *,
    engine: str = 'geometric',
    options: EngineOptions | None = None,
    split: str = 'val',
    regions: str = 'masks',
    processes: int | None = None,
    limit: int | None = None,
    strict: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Ask an engine every question of a dataset folder and compare with the true answers.

    Args:
        folder: the dataset folder, or a JSON file of records in it.
        options: of the engine, for example its checkpoint; None: its defaults.
        regions: 'masks' gives the engine the dataset's masks, 'boxes' what a detector gives.
        processes: worker processes; None: one for each core, one for a network; 1: none but this.
        limit: only the first so many pictures.
        strict: raise the first malformed record instead of collecting it.

    Raises:
        FileNotFoundError: no such folder or split. RecordError: `strict` and a record is malformed.
        EngineError: the engine cannot be had.
        ValueError: unknown `regions`, or the file is no list of records.
    """
    if regions not in ('masks', 'boxes'):
        raise ValueError(f"regions must be 'masks' or 'boxes', not {regions!r}")
    dataset = DatasetFolder(Path(folder), split)
    malformed: list[RecordError] = []

    def report(problem: RecordError) -> None:
        if strict:
            raise problem
        malformed.append(problem)

    pictures = islice(
        iter_by_picture(dataset.records_path, with_answers=True, on_error=report), limit
    )
    outcomes: list[Outcome] = []
    job = _Job(dataset, engine, options or EngineOptions(), regions)
    for answered, problems in _run(job, pictures, processes or _default_processes(engine)):
        for problem in problems:
            report(problem)
        outcomes += answered
        if progress:
            progress(len(outcomes) + len(malformed))
    return Evaluation(tuple(outcomes), tuple(malformed))


@dataclass(frozen=True)
class _Job:
    """What a process has to know once."""

    dataset: DatasetFolder
    engine: str
    options: EngineOptions
    regions: str

    def start(self) -> Engine:
        return load_engine(self.engine, self.options)

    def answer(self, engine: Engine, image: str, records: list[Record]) -> Answered:
        return answer_picture(
            engine,
            self.dataset,
            image,
            records,
            self.regions,
            with_colour=self.engine != 'geometric',
        )


def _default_processes(engine: str) -> int:
    return len(os.sched_getaffinity(0)) if engine == 'geometric' else 1


def _run(
    job: _Job, pictures: Iterator[tuple[str, list[Record]]], processes: int
) -> Iterator[Answered]:
    """Answers of each picture, in the order of the pictures."""
    if processes <= 1:
        engine = job.start()
        try:
            for image, records in pictures:
                yield job.answer(engine, image, records)
        finally:
            engine.close()
        return
    # Spawned: forking a process with threads (a progress bar's, for one) can lock it for ever.
    pool = ProcessPoolExecutor(processes, get_context('spawn'))
    waiting: deque[Future[Answered]] = deque()
    try:
        for image, records in pictures:
            waiting.append(pool.submit(_answer_in_worker, job, image, records))
            if len(waiting) >= _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


@lru_cache(maxsize=1)
def _started(job: _Job) -> tuple[_Job, Engine]:
    """The engine, and the first job equal to this one: its dataset has read its cameras already."""
    return job, job.start()


def _answer_in_worker(job: _Job, image: str, records: list[Record]) -> Answered:
    first, engine = _started(job)
    return first.answer(engine, image, records)
