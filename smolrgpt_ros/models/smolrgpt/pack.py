# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Packing SmolRGPT: a checkpoint, a trained network or random weights, in 32, 16 or 8 bits."""

from __future__ import annotations

import zlib
from pathlib import Path

import torch
from torch import Tensor

from .assemble import is_linear, matrix_shape, published_tensors
from .checkpoint import Checkpoint
from .config import FULL_SIZE, SmolRgptConfig
from .errors import CheckpointError
from .folder import (
    Row,
    Value,
    refolded,
    repacked,
    stored_type,
    tokenizer_file,
    write_folder,
)
from .layout import INV_FREQ, layout
from .network import Network
from .preprocessing import Preprocessing
from .quantise import quantise
from .refiner import as_linear


def pack(
    checkpoint: str | Path,
    tokenizer: str | Path | None,
    out: str | Path,
    *,
    int8: bool = False,
    float16: bool = False,
) -> Path:
    """Write the checkpoint folder with its tokenizer to `out`.

    With `int8` weights take eight bits, with `float16` sixteen. `tokenizer` is a folder with
    ``tokenizer.json`` or the file itself; None keeps the checkpoint's own. What is known of how far
    the network can be trusted (``calibration.json``) goes with it. Returns `out`. Raises
    `CheckpointError`; `out` appears only when complete.
    """
    if int8 and float16:
        raise CheckpointError('weights are stored in int8 or in float16, not in both')
    source = Checkpoint(Path(checkpoint))
    if source.best_type == 'int8' and (float16 or not int8):
        raise CheckpointError(f'{checkpoint} is already in int8; its float weights are gone')
    if not int8 or source.best_type == 'int8':
        return repacked(source, tokenizer, out, float16=float16)
    rows = [
        (name, shape, source.stored.tensor(name).dtype) for name, shape in source.shapes.items()
    ]
    return refolded(source, tokenizer, out, _int8_rows(rows), _Quantised(source.stored.tensor))


def pack_random(
    out: str | Path, *, seed: int = 0, config: SmolRgptConfig = FULL_SIZE, int8: bool = False
) -> Path:
    """Write a checkpoint of full size with random weights, to run and time the whole path.

    The same `seed` gives the same weights. Its tokenizer knows bytes only: answers are noise.
    """

    def value(name: str) -> Tensor:
        return random_tensor(name, layout(config)[name], seed, config)

    rows: list[Row] = [(name, shape, torch.float32) for name, shape in layout(config).items()]
    if int8:
        return write_folder(Path(out), config, None, _int8_rows(rows), _Quantised(value))
    return write_folder(Path(out), config, None, rows, value)


def random_tensor(name: str, shape: tuple[int, ...], seed: int, config: SmolRgptConfig) -> Tensor:
    """float32 values of one tensor: each has a generator of its own, seeded by name and `seed`."""
    if name == INV_FREQ:
        return config.lm_re_base ** -(torch.arange(shape[0]).float() / shape[0])
    generator = torch.Generator().manual_seed(zlib.crc32(f'{seed}/{name}'.encode()))
    values = torch.randn(shape, generator=generator)
    if len(shape) == 1:
        return 0.02 * values if name.endswith('bias') else 1 + 0.1 * values
    return values.mul_(
        shape[1:].numel() ** -0.5
        if isinstance(shape, torch.Size)
        else torch.Size(shape[1:]).numel() ** -0.5
    )


def save(
    network: Network,
    tokenizer: str | Path | None,
    out: str | Path,
    *,
    dtype: torch.dtype | None = None,
    preprocessing: Preprocessing | None = None,
) -> Path:
    """Write a dense network, for example a trained one, as a published-format folder.

    `dtype` None keeps the network's own type; `preprocessing` None means the published one.
    """
    tensors = dict(published_tensors(network))
    types = {name: stored_type(name, tensor.dtype, dtype) for name, tensor in tensors.items()}
    rows = [(name, tuple(tensor.shape), types[name]) for name, tensor in tensors.items()]
    words = None if tokenizer is None else tokenizer_file(Path(tokenizer))
    return write_folder(
        Path(out),
        network.config,
        words,
        rows,
        lambda name: tensors[name].to('cpu', types[name]),
        preprocessing,
    )


class _Quantised:
    """Gives weights in eight bits and their scales."""

    def __init__(self, value: Value) -> None:
        self._value = value

    def __call__(self, name: str) -> Tensor:
        """Tensor `name` of the int8 layout."""
        source = name.removesuffix('.scale')
        tensor = self._value(source)
        if not is_linear(source, tuple(tensor.shape)):
            return tensor.float()
        weight = quantise(as_linear(tensor) if tensor.ndim == 4 else tensor)
        return weight.scale if name.endswith('.scale') else weight.values


def _int8_rows(rows: list[Row]) -> list[Row]:
    """Table of the int8 layout: linear weights as matrices in eight bits, a scale each."""
    result: list[Row] = []
    for name, shape, _ in rows:
        if is_linear(name, shape):
            matrix = matrix_shape(shape)
            result += [(name, matrix, torch.int8), (f'{name}.scale', matrix[:1], torch.float32)]
        else:
            result.append((name, shape, torch.float32))
    return result
