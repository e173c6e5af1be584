# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Self-contained folders: weights, config, tokenizer, nothing to be fetched."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from .checkpoint import CONFIG, TOKENIZER, WEIGHTS
from .config import LanguageConfig
from .errors import CheckpointError
from .layout import INV_FREQ
from .preprocessing import PREPROCESSING, Preprocessing, read_preprocessing
from .stored import StoredTensors, write_tensors

CALIBRATION = 'calibration.json'
"""What `reasoning.calibration` writes into a network's folder."""

Row = tuple[str, tuple[int, ...], torch.dtype]
Value = Callable[[str], Tensor]


class Repackable(Protocol):
    """What is needed of an opened checkpoint folder to write it anew."""

    @property
    def folder(self) -> Path:
        """Where it lies."""
        ...

    @property
    def config(self) -> LanguageConfig:
        """What its ``config.json`` says."""
        ...

    @property
    def stored(self) -> StoredTensors:
        """Its weights."""
        ...

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """Names and shapes of the tensors that its network has."""
        ...

    @property
    def tokenizer_path(self) -> Path:
        """Its tokenizer. Raises `CheckpointError` where there is none."""
        ...


def repacked(
    source: Repackable, tokenizer: str | Path | None, out: str | Path, *, float16: bool
) -> Path:
    """Write the weights of an opened checkpoint as they are stored, or in sixteen bits; see `pack`.

    Raises `CheckpointError`, `OSError`.
    """
    wanted = torch.float16 if float16 else None
    types = {
        name: stored_type(name, source.stored.tensor(name).dtype, wanted)
        for name in source.stored.entries
        if name.removesuffix('.scale') in source.shapes
    }
    rows = [(name, source.stored.shape(name), kept) for name, kept in types.items()]
    return refolded(
        source, tokenizer, out, rows, lambda name: source.stored.tensor(name).to(types[name])
    )


def stored_type(name: str, own: torch.dtype, wanted: torch.dtype | None) -> torch.dtype:
    """Type that tensor `name` of type `own` is stored in where `wanted` is asked for.

    Frequencies stay as they are: multiplied by places in the hundreds, their last digits count.
    """
    return own if wanted is None or name == INV_FREQ else wanted


def refolded(
    source: Repackable, tokenizer: str | Path | None, out: str | Path, rows: list[Row], value: Value
) -> Path:
    """A new folder of these weights with all else that `source` has."""
    words = source.tokenizer_path if tokenizer is None else tokenizer_file(Path(tokenizer))
    return write_folder(
        Path(out), source.config, words, rows, value, read_preprocessing(source.folder),
        calibration=source.folder / CALIBRATION,
    )  # fmt: skip


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
