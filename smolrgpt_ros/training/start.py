# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where a stage begins: at the stage before, at pretrained parts, or at nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from smolrgpt_ros.models.smolrgpt import taught
from smolrgpt_ros.models.smolrgpt.checkpoint import TOKENIZER, Checkpoint
from smolrgpt_ros.models.smolrgpt.network import Network
from smolrgpt_ros.models.smolrgpt.preprocess import DepthConvention
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing, read_preprocessing

from .errors import SettingsError
from .sizes import config_named
from .smolrgpt_learner import SmolRgptLearner
from .vocabulary import train_tokenizer


@dataclass(frozen=True)
class Start:
    """What the user says about the beginning; one of the three ways.

    Attributes:
        folder: a checkpoint folder, for example the last stage's.
        vision: folder of a SigLIP2, with `language`.
        language: folder of a SmolLM2.
        size: name or file of a network's size (`config_named`), without anything pretrained.
        tokenizer: `tokenizer.json` for `size`; learnt from the data where it is None.
        preprocessing: what becomes of depth; None keeps the folder's, or the published one.
    """

    folder: Path | None = None
    vision: Path | None = None
    language: Path | None = None
    size: str = ''
    tokenizer: Path | None = None
    preprocessing: Preprocessing | None = None

    def __post_init__(self) -> None:
        if (self.vision is None) != (self.language is None):
            raise SettingsError('--vision and --language belong together; one is missing')
        ways = [self.folder is not None, self.vision is not None, bool(self.size)]
        if sum(ways) != 1:
            raise SettingsError(
                'a stage begins in one way: --start FOLDER (the stage before), or --vision DIR '
                'and --language DIR (pretrained parts), or --from-scratch with --config'
            )
        if self.tokenizer is not None and not self.size:
            raise SettingsError('--tokenizer is for --config; other starts bring their own')

    def describe(self) -> dict[str, str]:
        """What the weights at the beginning depend on, by name: files by their content."""
        if self.folder is not None:
            what = f'{self.folder} {_digest(self.folder)}'
        elif self.vision is not None and self.language is not None:
            what = f'{self.vision} {_digest(self.vision)}, {self.language} {_digest(self.language)}'
        else:
            what = f'scratch {config_named(self.size)}'
        words = _file_digest(self.tokenizer) if self.tokenizer is not None else 'own'
        return {'start': what, 'tokenizer': words, 'depth': str(self.preprocessing)}


def parse_depth(text: str) -> Preprocessing:
    """Read `training`, `rgb`, `points` or `points:SCALE_M`. Raises `SettingsError`."""
    name, _, scale = text.partition(':')
    try:
        scale_m = float(scale) if scale else Preprocessing.points_scale_m
    except ValueError:
        raise SettingsError(f'--depth {text}: {scale!r} is no number of metres') from None
    if name not in get_args(DepthConvention) or not 0 < scale_m < 1e6:
        known = ', '.join(get_args(DepthConvention))
        raise SettingsError(f'--depth is {text!r}; known are {known}, and points:METRES')
    return Preprocessing(name, scale_m)  # type: ignore[arg-type]


def smolrgpt_learner(
    start: Start, stage: str, seed: int, kept: Path, texts: Callable[[], Iterable[str]]
) -> SmolRgptLearner:
    """The network of `start`, ready for `stage`.

    `kept` is the run's folder for a tokenizer that is learnt of `texts()`; one that is there is
    taken, so that continuing means the same words. Raises `SettingsError`, `CheckpointError` or
    `PretrainedError`.
    """
    if start.folder is not None:
        tokenizer = Checkpoint(start.folder).tokenizer_path
        before = read_preprocessing(start.folder)
        network = taught.trainable(start.folder)
        return SmolRgptLearner(network, tokenizer, start.preprocessing or before, stage)
    chosen = start.preprocessing or Preprocessing()
    if start.vision is not None and start.language is not None:
        from .pretrained import assembled

        network = assembled(start.vision, start.language, seed)
        return SmolRgptLearner(network, start.language / TOKENIZER, chosen, stage)
    return SmolRgptLearner(*_from_nothing(start, seed, kept, texts), chosen, stage)


def _from_nothing(
    start: Start, seed: int, kept: Path, texts: Callable[[], Iterable[str]]
) -> tuple[Network, Path]:
    """Random network of the size and its tokenizer."""
    config = config_named(start.size)
    tokenizer = start.tokenizer
    if tokenizer is None:
        tokenizer = kept / TOKENIZER
        if not tokenizer.exists():
            train_tokenizer(texts(), config.lm_base_vocab_size, tokenizer)
    return taught.create(config, seed), tokenizer


def _digest(folder: Path) -> str:
    """Names and sizes of a folder's weights, and the content of what describes them.

    Of weights, which may be gigabytes, the table (names, shapes) and the last bytes are read.
    """
    digest = hashlib.sha256()
    for file in sorted(folder.glob('*.json')):
        digest.update(file.name.encode() + file.read_bytes())
    for file in sorted(folder.glob('*.safetensors')):
        with file.open('rb') as data:
            size = file.stat().st_size
            digest.update(f'{file.name} {size}'.encode() + data.read(2**20))
            data.seek(max(size - 2**20, 0))
            digest.update(data.read())
    return digest.hexdigest()[:16]


def _file_digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise SettingsError(f'{file} cannot be read: {error.strerror}') from error
