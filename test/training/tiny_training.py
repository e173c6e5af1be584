# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Runs of seconds: a network of some hundred thousand numbers on small rendered pictures."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from tiny_smolrgpt import TINY

from smolrgpt_ros.models.smolrgpt.folder import byte_tokenizer
from smolrgpt_ros.training.curriculum import Plan
from smolrgpt_ros.training.journal import read_log
from smolrgpt_ros.training.settings import Optimisation, Portions, Settings
from smolrgpt_ros.training.sources import Source
from smolrgpt_ros.training.stages import stage_named
from smolrgpt_ros.training.start import Start

SIZE_PX = (64, 48)
PORTIONS = Portions(8, 4)


def beginning(folder: Path) -> tuple[Path, Path]:
    """Files of a config and of a tokenizer that spells: nothing has to be learnt for it."""
    folder.mkdir(parents=True, exist_ok=True)
    config, tokenizer = folder / 'tiny.json', folder / 'tokenizer.json'
    config.write_text(json.dumps(asdict(TINY)))
    tokenizer.write_text(byte_tokenizer(TINY.lm_base_vocab_size))
    return config, tokenizer


def plan(
    out: Path,
    *,
    stage: str = 'refiner',
    data: str = 'synthetic:1',
    start: Path | None = None,
    kinds: dict[str, float] | None = None,
    from_scratch: bool = True,
    portions: Portions = PORTIONS,
    rate: float = 1e-3,
    optimisation: Optimisation | None = None,
    steps: int = 6,
    **settings,
) -> Plan:
    """A plan from scratch, or from the folder `start`; without workers, saved every 2 steps."""
    chosen = stage_named(stage)
    if start is None:
        config, tokenizer = beginning(out.parent / 'beginning')
        begin = Start(chosen.model, size=str(config), tokenizer=tokenizer)
    else:
        begin = Start(chosen.model, start)
    return Plan(
        chosen,
        Source(data, kinds or {chosen.kind: 1.0}, size_px=SIZE_PX),
        begin,
        Settings(
            out,
            steps,
            portions,
            optimisation or Optimisation(rate=rate),
            **{'workers': 0, 'save_every': 2, **settings},
        ),
        from_scratch=from_scratch,
        device='cpu',
    )


def losses(out: Path) -> list[float]:
    return [step['loss'] for step in read_log(out / 'training')]
