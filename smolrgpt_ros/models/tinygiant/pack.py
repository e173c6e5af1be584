# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Writing checkpoint folders: a trained network, or one of random weights to try the whole path."""

from __future__ import annotations

from pathlib import Path

import torch

from smolrgpt_ros.models.smolrgpt.errors import CheckpointError
from smolrgpt_ros.models.smolrgpt.folder import repacked, stored_type, tokenizer_file, write_folder
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing

from .checkpoint import Checkpoint
from .config import TinyGiantConfig
from .network import TinyGiant
from .sizes import TINY_64M
from .taught import create


def pack(
    checkpoint: str | Path,
    tokenizer: str | Path | None,
    out: str | Path,
    *,
    int8: bool = False,
    float16: bool = False,
) -> Path:
    """Write the checkpoint folder with its tokenizer to `out`; as SmolRGPT's `pack`.

    Raises `CheckpointError`, also for `int8`, a form that this network has not.
    """
    if int8:
        raise CheckpointError(
            'TinyGiantVLM is small as it is and has no form in int8; --float16 halves it'
        )
    return repacked(Checkpoint(Path(checkpoint)), tokenizer, out, float16=float16)


def save(
    network: TinyGiant,
    tokenizer: str | Path | None,
    out: str | Path,
    *,
    dtype: torch.dtype | None = None,
    preprocessing: Preprocessing | None = None,
) -> Path:
    """Write `network` as the new folder `out`; `out` appears only when complete.

    `tokenizer` is a folder with ``tokenizer.json`` or the file itself, None one that spells byte by
    byte; `dtype` None keeps the network's own type; `preprocessing` None means the dataset's depth.
    Raises `CheckpointError`, `OSError`.
    """
    tensors = {name: value.detach() for name, value in network.state_dict().items()}
    types = {name: stored_type(name, value.dtype, dtype) for name, value in tensors.items()}
    rows = [(name, tuple(value.shape), types[name]) for name, value in tensors.items()]
    return write_folder(
        Path(out),
        network.config,
        None if tokenizer is None else tokenizer_file(Path(tokenizer)),
        rows,
        lambda name: tensors[name].to('cpu', types[name]),
        preprocessing,
    )


def pack_random(
    out: str | Path,
    *,
    seed: int = 0,
    config: TinyGiantConfig = TINY_64M,
    preprocessing: Preprocessing | None = None,
) -> Path:
    """Write a checkpoint with random weights, to run and time the whole path.

    The same `seed` gives the same weights. Its tokenizer knows bytes only: answers are noise.
    """
    return save(create(config, seed), None, out, preprocessing=preprocessing)
