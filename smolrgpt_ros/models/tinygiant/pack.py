# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Writing checkpoint folders: a trained network, or one of random weights to try the whole path."""

from __future__ import annotations

from pathlib import Path

import torch

from smolrgpt_ros.models.smolrgpt.pack import tokenizer_file, write_folder
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing

from .config import TinyGiantConfig
from .network import TinyGiant
from .sizes import TINY_64M
from .taught import create


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
    rows = [(name, tuple(value.shape), dtype or value.dtype) for name, value in tensors.items()]
    return write_folder(
        Path(out),
        network.config,
        None if tokenizer is None else tokenizer_file(Path(tokenizer)),
        rows,
        lambda name: tensors[name].to('cpu', dtype or tensors[name].dtype),
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
