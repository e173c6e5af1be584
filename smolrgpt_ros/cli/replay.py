# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt replay`: a file of questions asked of recordings, answers as JSON lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from smolrgpt_ros.cli.problem import Problem
from smolrgpt_ros.cli.progress import progress_bar
from smolrgpt_ros.reasoning.registry import EngineError
from smolrgpt_ros.recorded.answer_file import AnswerFile, AnswerFileError
from smolrgpt_ros.recorded.archive import (
    Annotated,
    RayMissingError,
    annotate,
    annotate_with_ray,
)
from smolrgpt_ros.recorded.bag import Bag, BagError
from smolrgpt_ros.recorded.questions import QuestionsError, read_questions
from smolrgpt_ros.recorded.replay import Plan, Row


@dataclass(frozen=True)
class Archive:
    """What is replayed.

    Attributes:
        questions: the file of questions.
        out: the file of answers; gone on with where it is there.
        workers: of Ray; None: as many as there are cores.
    """

    paths: tuple[Path, ...]
    questions: Path
    out: Path
    with_ray: bool
    workers: int | None


def replay_recordings(archive: Archive, plan_of: Callable[[tuple], Plan]) -> None:
    """Ask, and write the answers.

    Args:
        plan_of: makes the plan of the questions read.

    Raises:
        Problem: nothing can be asked, or a recording could not be read to its end.
    """
    paths = _distinct(archive.paths)
    try:
        plan = plan_of(read_questions(archive.questions))
        with AnswerFile(archive.out, plan.identity()) as answers:
            statuses: Counter[str] = Counter()

            def on_row(row: Row) -> None:
                answers.add(row)
                statuses[row['status']] += 1

            annotated = _annotate(archive, paths, plan, answers, on_row)
    except (AnswerFileError, EngineError, QuestionsError, RayMissingError) as error:
        raise Problem(str(error)) from error
    _report(archive, statuses, len(answers.done))
    if annotated.problems:
        raise Problem('; '.join(annotated.problems.values()))


def _annotate(
    archive: Archive,
    paths: Sequence[Path],
    plan: Plan,
    answers: AnswerFile,
    on_row: Callable[[Row], None],
) -> Annotated:
    if archive.with_ray:
        finished: list[Path] = []
        with progress_bar('recordings', len(paths)) as advance_to:

            def on_recording(path: Path) -> None:
                finished.append(path)
                advance_to(len(finished))

            return annotate_with_ray(
                paths,
                plan,
                workers=archive.workers,
                done=answers.done,
                on_row=on_row,
                on_recording=on_recording,
            )
    columns = (
        TextColumn('{task.description}', markup=False),
        BarColumn(),
        TextColumn('{task.completed:.1f} of {task.total:.1f} s'),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        durations = {path: _duration_s(path) for path in paths}
        task = progress.add_task(str(paths[0]), total=sum(durations.values()))
        before_s = {path: sum(durations[p] for p in paths[:n]) for n, path in enumerate(paths)}
        return annotate(
            paths,
            plan,
            done=answers.done,
            on_row=on_row,
            on_time=lambda path, after_s: progress.update(
                task, completed=before_s[path] + after_s, description=str(path)
            ),
        )


def _duration_s(path: Path) -> float:
    """How long a recording lasts; 0 for one that cannot be read, which is told when it is."""
    try:
        with Bag(path) as bag:
            return bag.duration_s
    except BagError:
        return 0.0


def _distinct(paths: Sequence[Path]) -> list[Path]:
    repeated = [str(path) for path, count in Counter(paths).items() if count > 1]
    if repeated:
        raise Problem(f'{", ".join(repeated)} is named twice; name every recording once')
    return list(paths)


def _report(archive: Archive, statuses: Counter[str], before: int) -> None:
    counts = ', '.join(f'{status} {count}' for status, count in statuses.most_common())
    told = (
        f'{archive.out}: {statuses.total()} answers ({counts})'
        if statuses
        else (f'{archive.out}: nothing was left to ask')
    )
    kept = f', {before} were there before' if before else ''
    Console(stderr=True).print(told + kept, highlight=False, markup=False)
