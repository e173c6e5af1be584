# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt eval`: runs an evaluation with a progress bar and prints what came out."""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from concurrent.futures import BrokenExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from smolrgpt_ros.cli.evaluation import Evaluation, Tally, evaluate
from smolrgpt_ros.cli.problem import BAD_INPUT, LOST_WORKER, NOT_ANSWERED, Problem
from smolrgpt_ros.cli.progress import progress_bar
from smolrgpt_ros.reasoning.registry import EngineError, EngineOptions
from smolrgpt_ros.warehouse.folder import DatasetFolder
from smolrgpt_ros.warehouse.records import RecordError

MALFORMED_SHOWN = 5


def evaluate_and_report(
    folder: Path,
    *,
    engine: str,
    checkpoint: str,
    device: str,
    split: str,
    regions: str,
    processes: int | None,
    limit: int | None,
    mistakes: Path | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Evaluate, print tables to stderr when a script reads stdout, and the JSON object last."""
    console = Console(stderr=as_json)
    started = time.perf_counter()
    try:
        total = (
            None if limit else sum(1 for _ in DatasetFolder(folder, split).records(lambda _: None))
        )
        with progress_bar('questions', total) as advance_to:
            evaluation = evaluate(
                folder,
                engine=engine,
                options=EngineOptions(checkpoint=checkpoint, device=device),
                split=split,
                regions=regions,
                processes=processes,
                limit=limit,
                strict=strict,
                progress=advance_to,
            )
    except RecordError as error:
        raise Problem(f'{error}; without --strict it would be counted and left out') from error
    except (EngineError, OSError, ValueError) as error:
        raise Problem(str(error)) from error
    except BrokenExecutor as error:
        raise Problem(f'{LOST_WORKER} ({error})') from error
    seconds = time.perf_counter() - started
    if mistakes is not None:
        _write_mistakes(evaluation, mistakes)
    if evaluation.outcomes:
        _print_tables(evaluation, console, f'{engine}, {regions}, {split}', seconds)
    _print_malformed(evaluation, console)
    if as_json:
        print(json.dumps(summary(evaluation, seconds)))
    if not evaluation.outcomes:
        raise Problem(f'no record of {folder} could be read, so there is no score', BAD_INPUT)


def summary(evaluation: Evaluation, seconds: float) -> dict[str, Any]:
    """The object of the last line of `--json`."""
    return {
        'score': _rounded(evaluation.score),
        **{category: _rounded(value) for category, value in evaluation.accuracies.items()},
        'median_distance_error': _rounded(evaluation.median_distance_error),
        'questions': len(evaluation.outcomes),
        'unanswered': sum(outcome.normalized is None for outcome in evaluation.outcomes),
        'malformed': len(evaluation.malformed),
        'seconds': round(seconds, 1),
    }


def _rounded(value: float) -> float | None:
    """Two decimals; None where there is no finite value, since JSON has no NaN."""
    return round(value, 2) if math.isfinite(value) else None


def _print_tables(evaluation: Evaluation, console: Console, title: str, seconds: float) -> None:
    table = Table(title=f'Score {evaluation.score:.2f}  ({title})', title_justify='left')
    table.add_column('category, kind of question', overflow='fold')
    for heading in ('right %', 'right', 'asked', 'no answer'):
        table.add_column(heading, justify='right')
    for category, tally in evaluation.categories.items():
        table.add_row(*_row(category, tally), style='bold')
        for (of, kind), part in evaluation.subtypes.items():
            if of == category:
                table.add_row(*_row(f'  {kind}', part))
    console.print(table)
    error = evaluation.median_distance_error
    if math.isfinite(error):
        console.print(f'median distance error {error:.2f} %')
    console.print(f'{len(evaluation.outcomes)} questions in {seconds:.1f} s')
    reasons = Counter(o.problem.split(':')[0] for o in evaluation.outcomes if o.problem)
    if reasons:
        listed = ', '.join(f'{reason} {count}' for reason, count in reasons.most_common())
        console.print(f'without an answer: {listed}')


def _row(name: str, tally: Tally) -> tuple[str, ...]:
    return (
        name,
        f'{tally.accuracy:.2f}',
        str(tally.right),
        str(tally.asked),
        str(tally.unanswered or ''),
    )


def _print_malformed(evaluation: Evaluation, console: Console) -> None:
    if not evaluation.malformed:
        return
    console.print(f'{len(evaluation.malformed)} malformed records, left out of the score:')
    for problem in evaluation.malformed[:MALFORMED_SHOWN]:
        console.print(f'  {problem}', markup=False, highlight=False)
    if len(evaluation.malformed) > MALFORMED_SHOWN:
        console.print('  ...')


def _write_mistakes(evaluation: Evaluation, path: Path) -> None:
    rows = [
        {key: None if isinstance(value, float) and not math.isfinite(value) else value
         for key, value in asdict(outcome).items()}
        for outcome in evaluation.mistakes
    ]  # fmt: skip
    try:
        path.write_text(json.dumps(rows, indent=1) + '\n', encoding='utf-8')
    except OSError as error:
        raise Problem(f'the mistakes could not be written: {error}', NOT_ANSWERED) from error
