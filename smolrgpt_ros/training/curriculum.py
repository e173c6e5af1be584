# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One stage from its beginning to its checkpoint."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace

from accelerate import Accelerator
from accelerate.state import AcceleratorState

from smolrgpt_ros.training.data.pictures import Pictures

from .errors import SettingsError
from .learner import Learner
from .loop import Outcome, Run, Watch, accelerator_for
from .settings import Settings
from .sources import Source
from .stages import Stage, trained_parts
from .start import Start, learner_of
from .vocabulary import texts_of

#: pictures of each kind whose words a tokenizer is learnt from
_WORDS_OF = 20


@dataclass(frozen=True)
class Plan:
    """All that one run is made of.

    Attributes:
        epochs: instead of `settings.steps`, how often a folder's pictures are gone through.
        resume: demand that there is something to continue.
    """

    stage: Stage
    source: Source
    start: Start
    settings: Settings
    from_scratch: bool = False
    freeze: tuple[str, ...] = ()
    unfreeze: tuple[str, ...] = ()
    epochs: float | None = None
    resume: bool = False
    device: str = 'auto'


def train(plan: Plan, watch: Watch | None = None) -> Outcome:
    """Run a stage, or continue it. Raises `TrainingError` or `SmolRgptError`."""
    settings = plan.settings
    accelerator = accelerator_for(settings.precision, plan.device)
    try:
        return _trained(plan, settings, watch, accelerator)
    finally:
        _leave(accelerator)


def _trained(
    plan: Plan, settings: Settings, watch: Watch | None, accelerator: Accelerator
) -> Outcome:
    watch = watch if watch is not None and accelerator.is_main_process else Watch()
    pictures = plan.source.pictures(settings.portions.questions)
    settings = replace(
        settings,
        steps=_steps(plan, pictures, accelerator.num_processes),
        description={
            **settings.description,
            'stage': plan.stage.name,
            'from scratch': str(plan.from_scratch),
            **plan.start.describe(),
        },
    )
    with accelerator.main_process_first():
        learner = _learner(plan, settings)
    trained = trained_parts(
        plan.stage,
        learner.parts,
        from_scratch=plan.from_scratch,
        freeze=plan.freeze,
        unfreeze=plan.unfreeze,
    )
    run = Run(learner, trained, pictures, settings, watch, accelerator)
    if plan.resume and run.step == 0:
        raise SettingsError(f'{settings.out} holds nothing to resume; leave --resume out to begin')
    return run()


def _learner(plan: Plan, settings: Settings) -> Learner:
    def texts() -> Iterable[str]:
        return texts_of(plan.source.samples(), _WORDS_OF)

    return learner_of(
        plan.start,
        plan.stage.name,
        settings.seed,
        settings.training,
        texts,
        settings.optimisation.probing,
    )


def _steps(plan: Plan, pictures: Pictures, processes: int) -> int:
    """Steps of the run; epochs are counted in pictures."""
    if plan.epochs is None:
        return plan.settings.steps
    if len(pictures) == sys.maxsize:
        raise SettingsError('synthetic pictures never end: say --steps instead of --epochs')
    a_step = plan.settings.portions.pictures_a_step(processes)
    return max(math.ceil(plan.epochs * len(pictures) / a_step), 1)


def _leave(accelerator: Accelerator) -> None:
    """Leave the group of processes; a later run of this process may be of another precision."""
    if accelerator.num_processes > 1:
        accelerator.end_training()
    AcceleratorState._reset_state(reset_partial_state=True)
