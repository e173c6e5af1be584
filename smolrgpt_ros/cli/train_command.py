# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Options of `smolrgpt train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_START = 'Where the weights come from'
_MOVE = 'How the weights are moved'
_RUN = 'How it runs'
_DATA = 'What is learnt'


def train(
    stage: Annotated[
        str, typer.Option(help='connector, refiner, sft; TinyGiantVLM: phase1, phase2.')
    ],
    data: Annotated[
        str,
        typer.Option(metavar='DIR|synthetic:SEED', help='Dataset folder, or rendered on the fly.'),
    ],
    out: Annotated[
        Path,
        typer.Option(
            help='Checkpoint folder; with training/ inside it is continued where it stopped.'
        ),
    ],
    start: Annotated[
        Path | None, typer.Option(help="The last stage's folder.", rich_help_panel=_START)
    ] = None,
    vision: Annotated[
        Path | None,
        typer.Option(
            help="SigLIP2 (TinyGiantVLM: ConvNeXt V2) in Hugging Face's format.",
            rich_help_panel=_START,
        ),
    ] = None,
    language: Annotated[
        Path | None, typer.Option(help="SmolLM2 in Hugging Face's format.", rich_help_panel=_START)
    ] = None,
    from_scratch: Annotated[
        bool,
        typer.Option(
            '--from-scratch',
            help='Nothing is pretrained: every part that a stage uses learns.',
            rich_help_panel=_START,
        ),
    ] = False,
    config: Annotated[
        str,
        typer.Option(
            help='packaged, small, full, or a config.json; TinyGiantVLM: 64m, 80m, small.',
            rich_help_panel=_START,
        ),
    ] = '',
    tokenizer: Annotated[
        Path | None,
        typer.Option(help='For --config; learnt from the data by default.', rich_help_panel=_START),
    ] = None,
    depth: Annotated[
        str,
        typer.Option(
            help="training: the dataset's 8 bits; points or points:SCALE_M: metric points.",
            rich_help_panel=_START,
        ),
    ] = '',
    no_moe: Annotated[
        bool,
        typer.Option(
            '--no-moe', help='TinyGiantVLM with a dense fusion, to compare.', rich_help_panel=_START
        ),
    ] = False,
    layers: Annotated[
        int,
        typer.Option(
            help='Deepen the language model of --start to so many; it computes the same at first.',
            rich_help_panel=_START,
        ),
    ] = 0,
    vision_layers: Annotated[
        int,
        typer.Option(
            help='The same of its vision encoder.',
            rich_help_panel=_START,
        ),
    ] = 0,
    freeze: Annotated[
        str,
        typer.Option(
            metavar='PART,...', help='Parts that shall not learn.', rich_help_panel=_START
        ),
    ] = '',
    unfreeze: Annotated[
        str,
        typer.Option(metavar='PART,...', help='Parts that shall learn.', rich_help_panel=_START),
    ] = '',
    kind: Annotated[
        str,
        typer.Option(
            help="caption, region, freeform, normalized, or several, 'normalized=3,region=1'; by "
            'default what the stage is for.',
            rich_help_panel=_DATA,
        ),
    ] = '',
    split: Annotated[
        str, typer.Option(help='Which <split>.json.', rich_help_panel=_DATA)
    ] = 'train',
    size: Annotated[
        str,
        typer.Option(metavar='WxH', help='Pixels of synthetic pictures.', rich_help_panel=_DATA),
    ] = '320x240',
    steps: Annotated[
        int | None, typer.Option(min=1, help='Optimiser steps.', rich_help_panel=_DATA)
    ] = None,
    epochs: Annotated[
        float | None,
        typer.Option(help="Times through a folder's pictures.", rich_help_panel=_DATA),
    ] = None,
    batch: Annotated[
        int, typer.Option(min=1, help='Questions a step and process.', rich_help_panel=_DATA)
    ] = 32,
    questions: Annotated[
        int, typer.Option(min=1, help='Of them on one picture.', rich_help_panel=_DATA)
    ] = 8,
    accumulate: Annotated[
        int,
        typer.Option(min=1, help='Parts a batch is computed in.', rich_help_panel=_DATA),
    ] = 1,
    lr: Annotated[
        float | None,
        typer.Option(help='Peak learning rate: 5e-5, from scratch 1e-3.', rich_help_panel=_MOVE),
    ] = None,
    vision_lr: Annotated[float | None, typer.Option(rich_help_panel=_MOVE)] = None,
    connector_lr: Annotated[float | None, typer.Option(rich_help_panel=_MOVE)] = None,
    refiner_lr: Annotated[float | None, typer.Option(rich_help_panel=_MOVE)] = None,
    language_lr: Annotated[float | None, typer.Option(rich_help_panel=_MOVE)] = None,
    embedding_lr: Annotated[float | None, typer.Option(rich_help_panel=_MOVE)] = None,
    fusion_lr: Annotated[
        float | None, typer.Option(help='TinyGiantVLM only.', rich_help_panel=_MOVE)
    ] = None,
    betas: Annotated[str, typer.Option(help="AdamW's.", rich_help_panel=_MOVE)] = '0.9,0.999',
    weight_decay: Annotated[
        float, typer.Option(help='Of matrices; norms and biases have none.', rich_help_panel=_MOVE)
    ] = 0.01,
    warmup: Annotated[
        float, typer.Option(help='Share of the steps, or steps from 1 on.', rich_help_panel=_MOVE)
    ] = 0.03,
    clip: Annotated[float, typer.Option(help='Norm of the gradient.', rich_help_panel=_MOVE)] = 1.0,
    probing: Annotated[
        float,
        typer.Option(
            help='Weight of what linear probes find wrong in regions (rendered data).',
            rich_help_panel=_MOVE,
        ),
    ] = 0.0,
    optimiser: Annotated[
        str,
        typer.Option(
            help='adamw, or muon: matrices by Muon, the rest by AdamW.', rich_help_panel=_MOVE
        ),
    ] = 'adamw',
    precision: Annotated[str, typer.Option(help='fp32 or bf16.', rich_help_panel=_RUN)] = 'fp32',
    seed: Annotated[int, typer.Option(min=0, rich_help_panel=_RUN)] = 0,
    workers: Annotated[
        int, typer.Option(min=0, help='Processes that prepare pictures.', rich_help_panel=_RUN)
    ] = 1,
    save_every: Annotated[
        int, typer.Option(min=1, help='Steps between two saved states.', rich_help_panel=_RUN)
    ] = 500,
    resume: Annotated[
        bool,
        typer.Option(
            '--resume',
            help='Demand a run to continue; without it one is continued where there is one.',
            rich_help_panel=_RUN,
        ),
    ] = False,
    strict: Annotated[
        bool,
        typer.Option('--strict', help='Stop at the first unusable record.', rich_help_panel=_RUN),
    ] = False,
    device: Annotated[str, typer.Option(help='auto or cpu.', rich_help_panel=_RUN)] = 'auto',
) -> None:
    """Train a network, one stage of the curriculum at a time; several processes by torchrun."""
    options = dict(locals())
    from smolrgpt_ros.cli.training import TrainOptions, run_training

    raise typer.Exit(run_training(TrainOptions(**options)))
