# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a run of training is made of, and what of it must be equal for a run to be continued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .errors import SettingsError
from .stages import CONNECTORS, EMBEDDINGS, FUSION, LANGUAGE, REFINERS, VISION

Precision = Literal['fp32', 'bf16']

GROUPS = (VISION, CONNECTORS, REFINERS, LANGUAGE, EMBEDDINGS, FUSION)
OPTIMISERS = ('adamw', 'muon')
#: peak learning rate of all published stages
PUBLISHED_RATE = 5e-5
#: peak learning rate where nothing is pretrained
SCRATCH_RATE = 1e-3


@dataclass(frozen=True)
class Optimisation:
    """How the weights are moved. Defaults are the published ones.

    Attributes:
        rate: peak learning rate.
        rates: peaks of single groups (`GROUPS`) that differ from it.
        warmup: share of the steps over which the rate rises, or, from 1 on, how many steps.
        clip: largest norm of the gradient of all parameters together.
        probing: weight of what probes find wrong in regions and quantities, beside the answers'
            loss; 0: no probes.
        optimiser: 'adamw' as published, or 'muon' (`Muon`).
    """

    rate: float = PUBLISHED_RATE
    rates: Mapping[str, float] = field(default_factory=dict)
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: float = 0.01
    warmup: float = 0.03
    clip: float = 1.0
    probing: float = 0.0
    optimiser: str = 'adamw'

    def __post_init__(self) -> None:
        _demand(self.rate > 0, f'the learning rate is {self.rate}, expected more than 0')
        for group, rate in self.rates.items():
            _demand(group in GROUPS, f'there is no group {group!r}; groups: {", ".join(GROUPS)}')
            _demand(rate >= 0, f'the learning rate of {group} is {rate}, expected 0 or more')
        _demand(
            all(0 <= beta < 1 for beta in self.betas), f'betas are {self.betas}, expected 0 to 1'
        )
        _demand(self.weight_decay >= 0, f'weight decay is {self.weight_decay}, expected 0 or more')
        _demand(self.warmup >= 0, f'warm-up is {self.warmup}, expected 0 or more')
        _demand(
            self.optimiser in OPTIMISERS,
            f'optimiser is {self.optimiser!r}, expected {" or ".join(OPTIMISERS)}',
        )
        _demand(self.probing >= 0, f'probing is {self.probing}, expected 0 or more')
        _demand(self.clip > 0, f'the gradient is clipped at {self.clip}, expected more than 0')

    def peaks(self) -> dict[str, float]:
        """Peak learning rate of every group."""
        return {group: self.rates.get(group, self.rate) for group in GROUPS}

    def warmup_steps(self, steps: int) -> int:
        """Steps of the warm-up of a run of `steps`."""
        return min(round(self.warmup * steps) if self.warmup < 1 else round(self.warmup), steps)


@dataclass(frozen=True)
class Portions:
    """How many questions make a step.

    Attributes:
        batch: questions of one optimiser step and process.
        questions: of them on the same picture, which is encoded once for all.
        accumulate: parts that the batch is computed in, one after the other, to need less memory.
    """

    batch: int = 32
    questions: int = 8
    accumulate: int = 1

    def __post_init__(self) -> None:
        for name in ('batch', 'questions', 'accumulate'):
            value = getattr(self, name)
            _demand(value > 0, f'{name} is {value}, expected more than 0')
        portion = self.questions * self.accumulate
        _demand(
            self.batch % portion == 0,
            f'a batch of {self.batch} questions cannot be cut into {self.accumulate} equal parts '
            f'of whole pictures with {self.questions} questions each; '
            f'{max(self.batch // portion, 1) * portion} could',
        )

    @property
    def pictures(self) -> int:
        """Pictures of one part of a batch."""
        return self.batch // (self.questions * self.accumulate)

    def pictures_a_step(self, processes: int) -> int:
        """Pictures of one optimiser step of all processes."""
        return self.pictures * self.accumulate * processes


@dataclass(frozen=True)
class Settings:
    """One run of one stage.

    Attributes:
        out: folder of the run: the checkpoint in the published form, beside it `training/`.
        steps: optimiser steps of the whole run.
        seed: of the order of the pictures and of everything random.
        workers: processes that prepare pictures; 0: the training process itself does.
        save_every: steps between two saved states.
        strict: stop at the first record that cannot be used.
        description: what else the weights depend on (stage, start, data, model), by name.
    """

    out: Path
    steps: int
    portions: Portions = field(default_factory=Portions)
    optimisation: Optimisation = field(default_factory=Optimisation)
    precision: Precision = 'fp32'
    seed: int = 0
    workers: int = 1
    save_every: int = 500
    strict: bool = False
    description: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _demand(self.steps > 0, f'steps is {self.steps}, expected more than 0')
        _demand(self.workers >= 0, f'workers is {self.workers}, expected 0 or more')
        _demand(self.save_every > 0, f'save_every is {self.save_every}, expected more than 0')
        _demand(
            self.precision in ('fp32', 'bf16'),
            f'precision is {self.precision!r}, expected fp32 or bf16',
        )

    @property
    def training(self) -> Path:
        """Folder of what only training needs: the state, the log, the curves."""
        return self.out / 'training'

    def fingerprint(self, processes: int) -> dict[str, str]:
        """All that the weights depend on: equal fingerprints, equal runs."""
        optimisation = self.optimisation
        return {
            **{name: str(value) for name, value in sorted(self.description.items())},
            'steps': str(self.steps),
            'seed': str(self.seed),
            'precision': self.precision,
            'processes': str(processes),
            'batch': str(self.portions.batch),
            'questions': str(self.portions.questions),
            'accumulate': str(self.portions.accumulate),
            'learning rates': str(optimisation.peaks()),
            'betas': str(optimisation.betas),
            'weight decay': str(optimisation.weight_decay),
            'warmup': str(optimisation.warmup),
            'clip': str(optimisation.clip),
            **({'optimiser': optimisation.optimiser} if optimisation.optimiser != 'adamw' else {}),
            **({'probing': str(optimisation.probing)} if optimisation.probing else {}),
        }


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SettingsError(otherwise)
