# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt eval`: runs an evaluation with a progress bar and writes what was asked for."""

from __future__ import annotations

import json
import math
import time
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from smolrgpt_ros.cli.evaluation_report import print_evaluation
from smolrgpt_ros.cli.problem import BAD_INPUT, LOST_WORKER, NOT_ANSWERED, Problem
from smolrgpt_ros.cli.progress import progress_bar
from smolrgpt_ros.evaluation.figures import Evaluation
from smolrgpt_ros.evaluation.gallery import SHOWN, gallery_page
from smolrgpt_ros.evaluation.gathering import GatherError
from smolrgpt_ros.evaluation.given_answers import score_answers
from smolrgpt_ros.evaluation.outcome import outcome_row
from smolrgpt_ros.evaluation.running import GATHER_TIMEOUT_S, Run, evaluate
from smolrgpt_ros.evaluation.sharding import shard_of
from smolrgpt_ros.evaluation.spatialrgpt.given_answers import read_sentences, score_sentences
from smolrgpt_ros.evaluation.spatialrgpt.task import BenchTask
from smolrgpt_ros.evaluation.submission import submission_of, write_answers
from smolrgpt_ros.evaluation.summary import summary
from smolrgpt_ros.evaluation.tasks import task_at
from smolrgpt_ros.evaluation.warehouse_task import WarehouseTask
from smolrgpt_ros.reasoning.registry import EngineError, EngineOptions
from smolrgpt_ros.warehouse.records import RecordError
from smolrgpt_ros.warehouse.score import ScoreError, read_submission, write_whole

AnyTask = WarehouseTask | BenchTask


@dataclass(frozen=True)
class Request:
    """What the command line asks for; see `smolrgpt eval --help`."""

    folder: Path
    engine: str = 'geometric'
    options: EngineOptions = field(default_factory=EngineOptions)
    split: str = 'val'
    regions: str = 'masks'
    images: Path | None = None
    answers: Path | None = None
    processes: int | None = None
    limit: int | None = None
    strict: bool = False
    resume: Path | None = None
    gather_timeout_s: float = GATHER_TIMEOUT_S
    submission: Path | None = None
    gallery: Path | None = None
    gallery_limit: int = SHOWN
    mistakes: Path | None = None
    as_json: bool = False


def evaluate_and_report(request: Request) -> None:
    """Evaluate, print tables to stderr when a script reads stdout, and the JSON object last."""
    if request.submission is not None and request.limit is not None:
        raise Problem(
            'a submission without answers to all records is refused by the scorer; leave --limit '
            'or --submission out'
        )
    console = Console(stderr=request.as_json)
    started = time.perf_counter()
    try:
        task = task_at(
            request.folder, split=request.split, regions=request.regions, images=request.images
        )
        evaluation = _scored_file(task, request) if request.answers else _asked(task, request)
    except RecordError as error:
        raise Problem(f'{error}; without --strict it would be counted and left out') from error
    except (EngineError, GatherError, OSError, ValueError) as error:
        raise Problem(str(error)) from error
    except BrokenExecutor as error:
        raise Problem(f'{LOST_WORKER} ({error})') from error
    if evaluation is None:  # another rank reports
        return
    _tell(task, evaluation, request, console, time.perf_counter() - started)


def _asked(task: AnyTask, request: Request) -> Evaluation | None:
    total = None if request.limit else _count(task)
    run = Run(
        engine=request.engine,
        options=request.options,
        processes=request.processes,
        limit=request.limit,
        strict=request.strict,
        journal=request.resume,
        shard=shard_of(),
        gather_timeout_s=request.gather_timeout_s,
    )
    with progress_bar('questions', total) as advance_to:
        return evaluate(task, run, advance_to)


def _count(task: AnyTask) -> int:
    """How many records there are, the malformed left out."""
    if isinstance(task, WarehouseTask):
        return sum(1 for _ in task.dataset.records(lambda _: None))
    return sum(len(records) for _, records in task.pictures(lambda _: None))


def _scored_file(task: AnyTask, request: Request) -> Evaluation:
    assert request.answers is not None
    if isinstance(task, BenchTask):
        return score_sentences(task, read_sentences(request.answers), strict=request.strict)
    return score_answers(task, read_submission(request.answers), strict=request.strict)


def _tell(
    task: AnyTask, evaluation: Evaluation, request: Request, console: Console, seconds: float
) -> None:
    by = str(request.answers) if request.answers else f'{request.engine}, {request.regions}'
    title = f'{by}, {request.folder.name if isinstance(task, BenchTask) else request.split}'
    print_evaluation(evaluation, console, title, seconds)
    if request.submission is not None:
        _write_submission(evaluation, request.submission, console)
    if request.mistakes is not None:
        _write_mistakes(evaluation, request.mistakes)
    if request.gallery is not None:
        _write_gallery(task, evaluation, request, title, console)
    if request.as_json:
        print(json.dumps(summary(evaluation, seconds)))
    if not evaluation.outcomes:
        raise Problem(
            f'no record of {request.folder} could be read, so there is no score', BAD_INPUT
        )
    if not evaluation.scored and request.submission is None:
        raise Problem(
            f'{request.folder} has no true answers in this split, so there is no score; '
            '--submission FILE writes the answers for the benchmark to score',
            BAD_INPUT,
        )


def _write_submission(evaluation: Evaluation, path: Path, console: Console) -> None:
    submission = submission_of(evaluation)
    try:
        write_answers(path, submission)
    except (OSError, ScoreError) as error:
        raise Problem(f'the submission could not be written: {error}', NOT_ANSWERED) from error
    console.print(f'{len(submission.answers)} answers in {path}', highlight=False)
    if submission.guessed:
        console.print(
            f'{len(submission.guessed)} of them are placeholders, since there was no answer '
            f'({", ".join(submission.guessed[:3])}{" ..." if len(submission.guessed) > 3 else ""})',
            highlight=False,
        )
    if submission.without_id:
        console.print(f'{submission.without_id} records have no id and are missing from it')


def _write_gallery(
    task: AnyTask, evaluation: Evaluation, request: Request, title: str, console: Console
) -> None:
    assert request.gallery is not None
    if not evaluation.scored:
        raise Problem('without true answers there are no failures to show; leave --gallery out')
    heading = f'What went wrong: {title}'
    if math.isfinite(evaluation.score):
        heading += f', score {evaluation.score:.2f}'
    try:
        page = ''.join(gallery_page(evaluation, task, heading, limit=request.gallery_limit))
        write_whole(request.gallery, page)
    except OSError as error:
        raise Problem(f'the gallery could not be written: {error}', NOT_ANSWERED) from error
    console.print(f'failures to look through: {request.gallery}', highlight=False)


def _write_mistakes(evaluation: Evaluation, path: Path) -> None:
    rows = [outcome_row(outcome) for outcome in evaluation.mistakes]
    try:
        write_whole(path, json.dumps(rows, indent=1) + '\n')
    except OSError as error:
        raise Problem(f'the mistakes could not be written: {error}', NOT_ANSWERED) from error
