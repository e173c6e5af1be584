# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Runs an engine over a task: in worker processes, over ranks, from where a journal stopped."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from smolrgpt_ros.evaluation.figures import Evaluation
from smolrgpt_ros.evaluation.fingerprint import engine_identity
from smolrgpt_ros.evaluation.gathering import gather
from smolrgpt_ros.evaluation.journal import Journal, JournalError
from smolrgpt_ros.evaluation.outcome import PictureOutcome
from smolrgpt_ros.evaluation.sharding import Shard, keep_own_gpu
from smolrgpt_ros.evaluation.task import Task
from smolrgpt_ros.reasoning.engine import Engine
from smolrgpt_ros.reasoning.registry import EngineOptions, load_engine
from smolrgpt_ros.warehouse.records import RecordError

Progress = Callable[[int], None]
"""Called with the number of records done so far."""

Numbered = tuple[int, str, list[Any]]
"""Index, name and records of a picture."""

_AHEAD = 3
"""Pictures waiting for each process: none idles, and most records stay on disk."""
GATHER_TIMEOUT_S = 1800.0


@dataclass(frozen=True)
class Run:
    """How a task is run.

    Attributes:
        processes: worker processes; None: one for each core, one for a network or a rank; 1: none
            but this.
        limit: only the first so many pictures.
        strict: raise the first malformed record instead of collecting it.
        journal: file that keeps what is answered; a run that was stopped goes on from there.
        shard: part of the run that is this process's.
        gather_timeout_s: how long rank 0 waits for a journal that does not grow.
    """

    engine: str = 'geometric'
    options: EngineOptions = field(default_factory=EngineOptions)
    processes: int | None = None
    limit: int | None = None
    strict: bool = False
    journal: Path | None = None
    shard: Shard = field(default_factory=Shard)
    gather_timeout_s: float = GATHER_TIMEOUT_S

    def __post_init__(self) -> None:
        if not self.shard.alone and self.journal is None:
            raise JournalError(
                f'{self.shard.world} processes need --resume FILE in a folder that all of them '
                'see; each keeps its answers beside it, and rank 0 brings them together'
            )

    @property
    def workers(self) -> int:
        """Worker processes."""
        if self.processes is not None:
            return self.processes
        if self.engine != 'geometric' or not self.shard.alone:
            return 1
        return len(os.sched_getaffinity(0))


def evaluate(
    task: Task, run: Run | None = None, progress: Progress | None = None
) -> Evaluation | None:
    """Ask an engine every question of a task and compare with the true answers.

    Returns:
        None in a rank other than 0, which has left its part in its journal.

    Raises:
        RecordError: `run.strict` and a record is malformed. EngineError: the engine cannot be had.
        FileNotFoundError: no such folder or split. ValueError: the file is no list of records.
        JournalError: the journal is another run's. GatherError: a rank is lost. OSError.
    """
    run = run or Run()
    if run.options.device in ('auto', 'cuda'):
        keep_own_gpu(run.shard)
    malformed: list[RecordError] = []
    done: dict[int, PictureOutcome] = {}
    records_done = 0

    def report(problem: RecordError) -> None:
        if run.strict:
            raise problem
        malformed.append(problem)

    def take(picture: PictureOutcome) -> None:
        nonlocal records_done
        done[picture.index] = picture
        for problem in picture.malformed:
            report(problem)
        records_done += len(picture.outcomes)
        if progress:
            progress(records_done + len(malformed))

    identity = (
        {**task.identity(), **engine_identity(run.engine, run.options), 'limit': run.limit}
        if run.journal
        else {}
    )
    opened = Journal(run.shard.journal(run.journal), identity) if run.journal else nullcontext()
    with opened as journal:
        kept = journal.done if journal else {}

        def still_to_ask() -> Iterator[Numbered]:
            for index, (picture, records) in enumerate(islice(task.pictures(report), run.limit)):
                if not run.shard.has(index):
                    continue
                if index in kept:
                    take(kept[index])
                else:
                    yield index, picture, records

        for picture in _answered(_Job(task, run.engine, run.options), still_to_ask(), run.workers):
            if journal:
                journal.add(picture)
            take(picture)
        if journal:
            journal.finish()
    if run.shard.rank != 0:
        return None
    if run.journal and not run.shard.alone:
        own = records_done
        for picture in gather(
            run.journal, run.shard, identity, timeout_s=run.gather_timeout_s,
            progress=(lambda others: progress(own + others)) if progress else None,
        ):  # fmt: skip
            take(picture)
    return evaluation_of([done[index] for index in sorted(done)], malformed, task.categories)


def evaluation_of(
    pictures: list[PictureOutcome], malformed: list[RecordError], categories: tuple[str, ...]
) -> Evaluation:
    """Everything in the order of the pictures; malformed records by their id."""
    return Evaluation(
        tuple(outcome for picture in pictures for outcome in picture.outcomes),
        tuple(sorted(malformed, key=lambda problem: problem.record_id)),
        tuple(pictures),
        categories,
    )


@dataclass(frozen=True)
class _Job:
    """What a worker process has to know once."""

    task: Task
    engine: str
    options: EngineOptions

    def start(self) -> Engine:
        return load_engine(self.engine, self.options)

    def answer(self, engine: Engine, numbered: Numbered) -> PictureOutcome:
        # Colour as the node gives it to every engine; the 8-bit depth is for networks alone.
        return self.task.answer(engine, *numbered, for_network=self.engine != 'geometric')


def _answered(job: _Job, pictures: Iterator[Numbered], processes: int) -> Iterator[PictureOutcome]:
    """Answers of each picture, in the order of the pictures."""
    if processes <= 1:
        engine = job.start()
        try:
            for numbered in pictures:
                yield job.answer(engine, numbered)
        finally:
            engine.close()
        return
    # Spawned: forking a process with threads (a progress bar's, for one) can lock it for ever.
    pool = ProcessPoolExecutor(processes, get_context('spawn'))
    waiting: deque[Future[PictureOutcome]] = deque()
    try:
        for numbered in pictures:
            waiting.append(pool.submit(_answer_in_worker, job, numbered))
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


def _answer_in_worker(job: _Job, numbered: Numbered) -> PictureOutcome:
    first, engine = _started(job)
    return first.answer(engine, numbered)
