# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Self-contained folders: weights, config, tokenizer, nothing to be fetched."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from .assemble import is_linear, matrix_shape, published_tensors
from .checkpoint import CONFIG, TOKENIZER, WEIGHTS, Checkpoint
from .config import FULL_SIZE, LanguageConfig, SmolRgptConfig
from .errors import CheckpointError
from .layout import INV_FREQ, layout
from .network import Network
from .preprocessing import PREPROCESSING, Preprocessing, read_preprocessing
from .quantise import quantise
from .refiner import as_linear
from .stored import write_tensors

CALIBRATION = 'calibration.json'
"""What `reasoning.calibration` writes into a network's folder."""

Row = tuple[str, tuple[int, ...], torch.dtype]
Value = Callable[[str], Tensor]


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
    source, out = Checkpoint(Path(checkpoint)), Path(out)
    words = source.tokenizer_path if tokenizer is None else tokenizer_file(Path(tokenizer))
    if source.best_type == 'int8' and (float16 or not int8):
        raise CheckpointError(f'{checkpoint} is already in int8; its float weights are gone')
    rows = [
        (name, shape, source.stored.tensor(name).dtype) for name, shape in source.shapes.items()
    ]
    value: Value = source.stored.tensor
    if int8 and source.best_type != 'int8':
        value, rows = _Quantised(value), _int8_rows(rows)
    else:
        rows = [
            (name, source.stored.shape(name), source.stored.tensor(name).dtype)
            for name in source.stored.entries
            if name.removesuffix('.scale') in source.shapes
        ]
    if float16:
        # Frequencies are multiplied by places in the hundreds: their last digits count.
        rows = [
            (name, shape, kept if name == INV_FREQ else torch.float16) for name, shape, kept in rows
        ]
        types = {name: kept for name, _, kept in rows}
        value = _Rounded(source.stored.tensor, types)
    return write_folder(
        out, source.config, words, rows, value, read_preprocessing(source.folder),
        calibration=source.folder / CALIBRATION,
    )  # fmt: skip


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
    rows = [(name, tuple(tensor.shape), dtype or tensor.dtype) for name, tensor in tensors.items()]
    words = None if tokenizer is None else tokenizer_file(Path(tokenizer))
    return write_folder(
        Path(out),
        network.config,
        words,
        rows,
        lambda name: tensors[name].to('cpu', dtype or tensors[name].dtype),
        preprocessing,
    )


class _Rounded:
    """Gives weights in the types that are stored."""

    def __init__(self, value: Value, types: dict[str, torch.dtype]) -> None:
        self._value, self._types = value, types

    def __call__(self, name: str) -> Tensor:
        """Tensor `name` in its type."""
        return self._value(name).to(self._types[name])


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


def tokenizer_file(path: Path) -> Path:
    """The ``tokenizer.json`` that `path` is or has in it. Raises `CheckpointError`."""
    file = path / TOKENIZER if path.is_dir() else path
    if not file.is_file():
        raise CheckpointError(
            f'{path} holds no {TOKENIZER}; a tokenizer folder as the hub has it is expected'
        )
    return file


def write_folder(
    out: Path,
    config: LanguageConfig,
    tokenizer: Path | None,
    rows: list[Row],
    value: Value,
    preprocessing: Preprocessing | None = None,
    *,
    calibration: Path | None = None,
) -> Path:
    """Write beside `out` and rename, so that a half-written folder is never loaded.

    `tokenizer` None writes one that spells byte by byte. Raises `CheckpointError`, `OSError`.
    """
    if out.exists():
        raise CheckpointError(f'{out} exists already; choose a new folder')
    part = out.with_name(out.name + '.part')
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    write_tensors(part / WEIGHTS, rows, value, {'format': 'pt'})
    (part / CONFIG).write_text(config.to_json(), encoding='utf-8')
    if preprocessing not in (None, Preprocessing()):
        (part / PREPROCESSING).write_text(preprocessing.to_json(), encoding='utf-8')
    if tokenizer is None:
        (part / TOKENIZER).write_text(byte_tokenizer(config.lm_base_vocab_size), encoding='utf-8')
    else:
        shutil.copyfile(tokenizer, part / TOKENIZER)
    if calibration is not None and calibration.is_file():
        shutil.copyfile(calibration, part / CALIBRATION)
    part.rename(out)
    return out


def byte_tokenizer(size: int) -> str:
    """JSON of a tokenizer of `size` entries that spells byte by byte; the rest stands unused."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    specials = ['<|endoftext|>', '<|im_start|>', '<|im_end|>']
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = [*specials, *letters]
    # Consonants only: noise must not read as a number or a word.
    spelled = str.maketrans('0123456789abcdef', 'bcdfghjklmnpqrst')
    words += [f'z{number:x}'.translate(spelled) for number in range(size - len(words))]
    tokenizer = Tokenizer(models.BPE({word: i for i, word in enumerate(words[:size])}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(text, special=True) for text in specials])
    return str(tokenizer.to_str())
