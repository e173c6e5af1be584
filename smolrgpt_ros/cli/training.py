# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt train`: the command line's words become a plan, the plan a run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console

from smolrgpt_ros.cli.problem import Problem
from smolrgpt_ros.cli.synthesis_command import size_px_of
from smolrgpt_ros.cli.training_progress import watched

if TYPE_CHECKING:
    from smolrgpt_ros.training.curriculum import Plan
    from smolrgpt_ros.training.loop import Outcome

#: added to a signal's number when it ended a run, as shells do
_BY_SIGNAL = 128


@dataclass(frozen=True)
class TrainOptions:
    """The options of `smolrgpt train`, as they were given."""

    stage: str
    data: str
    out: Path
    start: Path | None
    vision: Path | None
    language: Path | None
    from_scratch: bool
    config: str
    tokenizer: Path | None
    depth: str
    no_moe: bool
    layers: int
    vision_layers: int
    freeze: str
    unfreeze: str
    kind: str
    split: str
    size: str
    steps: int | None
    epochs: float | None
    batch: int
    questions: int
    accumulate: int
    lr: float | None
    vision_lr: float | None
    connector_lr: float | None
    refiner_lr: float | None
    language_lr: float | None
    embedding_lr: float | None
    fusion_lr: float | None
    betas: str
    weight_decay: float
    warmup: float
    clip: float
    probing: float
    optimiser: str
    precision: str
    seed: int
    workers: int
    save_every: int
    resume: bool
    strict: bool
    device: str


def run_training(options: TrainOptions) -> int:
    """Train; returns the exit code. Raises Problem.

    One of several processes ends here.
    """
    with _problems():
        from smolrgpt_ros.training.curriculum import train

        plan = plan_of(options)
        console = Console(stderr=True)
        with watched(console, options.stage) as watch:
            outcome = train(plan, watch)
    if outcome.main:
        _tell(console, options.out, outcome)
    code = _BY_SIGNAL + outcome.signal if outcome.signal else 0
    if outcome.processes > 1:
        _end(code)
    return code


def _end(code: int) -> NoReturn:
    """End the process at once.

    Torch (2.13) keeps threads of a group of processes that DistributedDataParallel has used beyond
    the end of the group, and a process that ends beside them aborts now and then.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def plan_of(options: TrainOptions) -> Plan:
    """The plan. Raises SettingsError or Problem."""
    from smolrgpt_ros.training.curriculum import Plan
    from smolrgpt_ros.training.settings import (
        PUBLISHED_RATE,
        SCRATCH_RATE,
        Optimisation,
        Portions,
        Settings,
    )
    from smolrgpt_ros.training.sources import Source, parse_kinds
    from smolrgpt_ros.training.stages import (
        CONNECTORS,
        EMBEDDINGS,
        FUSION,
        LANGUAGE,
        REFINERS,
        VISION,
        stage_named,
    )
    from smolrgpt_ros.training.start import Start, parse_depth

    stage = stage_named(options.stage)
    if (options.steps is None) == (options.epochs is None):
        raise Problem('say either --steps or --epochs')
    if options.epochs is not None and not options.epochs > 0:
        raise Problem(f'--epochs is {options.epochs}, expected more than 0')
    rates = {
        VISION: options.vision_lr,
        CONNECTORS: options.connector_lr,
        REFINERS: options.refiner_lr,
        LANGUAGE: options.language_lr,
        EMBEDDINGS: options.embedding_lr,
        FUSION: options.fusion_lr,
    }
    usual = SCRATCH_RATE if options.from_scratch else PUBLISHED_RATE
    if options.config and not options.vision and not options.from_scratch:
        raise Problem('--config begins with random weights; say --from-scratch if that is meant')
    return Plan(
        stage,
        Source(
            options.data,
            parse_kinds(options.kind or stage.kind),
            options.split,
            size_px_of(options.size),
            options.strict,
        ),
        Start(
            stage.model,
            options.start,
            options.vision,
            options.language,
            options.config,
            options.tokenizer,
            parse_depth(options.depth) if options.depth else None,
            not options.no_moe,
            options.layers,
            options.vision_layers,
        ),
        Settings(
            out=options.out,
            steps=options.steps or 1,
            portions=Portions(options.batch, options.questions, options.accumulate),
            optimisation=Optimisation(
                rate=usual if options.lr is None else options.lr,
                rates={group: rate for group, rate in rates.items() if rate is not None},
                betas=_betas(options.betas),
                weight_decay=options.weight_decay,
                warmup=options.warmup,
                clip=options.clip,
                probing=options.probing,
                optimiser=options.optimiser,
            ),
            precision=options.precision,  # type: ignore[arg-type]
            seed=options.seed,
            workers=options.workers,
            save_every=options.save_every,
            strict=options.strict,
        ),
        from_scratch=options.from_scratch,
        freeze=_parts(options.freeze),
        unfreeze=_parts(options.unfreeze),
        epochs=options.epochs,
        resume=options.resume,
        device=options.device,
    )


def _betas(text: str) -> tuple[float, float]:
    try:
        first, second = (float(part) for part in text.split(','))
    except ValueError:
        raise Problem(f'--betas is {text!r}, expected two numbers as in 0.9,0.999') from None
    return first, second


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(',') if part.strip())


def _tell(console: Console, out: Path, outcome: Outcome) -> None:
    """How the run ended, and what was left out on the way."""
    lines = outcome.problems.lines()
    if outcome.problems.count:
        lines.append(f'{outcome.problems.count} times something could not be used')
    if outcome.signal:
        done = f'stopped after step {outcome.step} of {outcome.steps}, saved'
        lines.append(f'{done}; the same command continues')
    else:
        lines.append(f'{out}: trained for {outcome.steps} steps')
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


@contextmanager
def _problems() -> Iterator[None]:
    """Turn what the user can put right into a Problem."""
    try:
        from smolrgpt_ros.models.smolrgpt.errors import SmolRgptError
        from smolrgpt_ros.training.errors import TrainingError
    except ModuleNotFoundError as error:
        raise Problem(
            f'training needs {error.name}, which is not installed; install the neural extra: '
            "pip install 'smolrgpt-ros[neural]', or make setup-neural in a checkout"
        ) from error
    try:
        yield
    except (TrainingError, SmolRgptError) as error:
        raise Problem(str(error)) from error
    except ModuleNotFoundError as error:
        raise Problem(f'training needs {error.name}, which is not installed') from error
