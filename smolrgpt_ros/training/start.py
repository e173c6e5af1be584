# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where a stage begins: at the stage before, at pretrained parts, or at nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from smolrgpt_ros.models.smolrgpt.checkpoint import TOKENIZER
from smolrgpt_ros.models.smolrgpt.preprocess import DepthConvention
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing, read_preprocessing
from smolrgpt_ros.models.tinygiant.pretrained import load_backbone

from .errors import SettingsError
from .network_learner import ARCHITECTURES, NetworkLearner
from .pretrained import assembled
from .sizes import config_named
from .stages import Model
from .vocabulary import train_tokenizer

_SIZED = frozenset({'--config'})
_NEXT = frozenset({'--start'})
_WAYS: Mapping[Model, tuple[frozenset[str], ...]] = {
    'smolrgpt': (_NEXT, frozenset({'--vision', '--language'}), _SIZED),
    'tinygiant': (_NEXT, _SIZED, frozenset({'--vision', '--config'})),
}


@dataclass(frozen=True)
class Start:
    """What the user says about the beginning; one of three ways.

    Attributes:
        model: whose stage it is.
        folder: a checkpoint folder, for example the last stage's.
        vision: folder of a SigLIP2, with `language`; TinyGiantVLM: of a ConvNeXt V2, with `size`.
        language: folder of a SmolLM2.
        size: name or file of a network's size (`config_named`).
        tokenizer: `tokenizer.json` for `size`; learnt from the data where it is None.
        preprocessing: what becomes of depth; None keeps the folder's, or the published one.
        moe: False leaves TinyGiantVLM's experts out.
        layers: what `folder`'s language model is deepened to; 0: as it is (`trainable`).
        vision_layers: the same of its vision encoder.
    """

    model: Model
    folder: Path | None = None
    vision: Path | None = None
    language: Path | None = None
    size: str = ''
    tokenizer: Path | None = None
    preprocessing: Preprocessing | None = None
    moe: bool = True
    layers: int = 0
    vision_layers: int = 0

    def __post_init__(self) -> None:
        given = {
            '--start': self.folder,
            '--vision': self.vision,
            '--language': self.language,
            '--config': self.size,
        }
        named = frozenset(name for name, value in given.items() if value)
        if named not in _WAYS[self.model]:
            ways = '; '.join(' '.join(sorted(way, reverse=True)) for way in _WAYS[self.model])
            raise SettingsError(
                f'{self.model} begins in one of these ways: {ways}; not with '
                f'{" ".join(sorted(named)) or "nothing"}'
            )
        if not self.size and (self.tokenizer is not None or not self.moe):
            option = '--tokenizer' if self.tokenizer is not None else '--no-moe'
            raise SettingsError(f'{option} is for --config; other starts bring their own')
        for part, layers in self.deeper.items():
            option = '--' + part.replace('_', '-')
            if layers < 0:
                raise SettingsError(f'{option} is {layers}, expected 1 or more')
            if layers and (self.folder is None or self.model != 'smolrgpt'):
                raise SettingsError(f'{option} deepens the SmolRGPT of --start, and nothing else')

    @property
    def deeper(self) -> dict[str, int]:
        """What parts of `folder` are deepened to, as `trainable` takes it; others are left out."""
        parts = {'layers': self.layers, 'vision_layers': self.vision_layers}
        return {part: layers for part, layers in parts.items() if layers}

    def describe(self) -> dict[str, str]:
        """What the weights at the beginning depend on, by name: files by their content."""
        folders = [path for path in (self.folder, self.vision, self.language) if path is not None]
        what = [f'{path.resolve()} {_digest(path)}' for path in folders]
        if self.size:
            what.append(str(config_named(self.model, self.size, moe=self.moe)))
        words = _file_digest(self.tokenizer) if self.tokenizer is not None else 'own'
        for part, layers in self.deeper.items():
            what.append(f'deepened to {layers} {part.replace("_", " ")}')
        return {'start': ', '.join(what), 'tokenizer': words, 'depth': str(self.preprocessing)}


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


def learner_of(
    start: Start,
    stage: str,
    seed: int,
    kept: Path,
    texts: Callable[[], Iterable[str]],
    probing: float = 0.0,
) -> NetworkLearner:
    """The network of `start`, ready for `stage`.

    `kept` is the run's folder for a tokenizer that is learnt of `texts()`; one that is there is
    taken, so that continuing means the same words. `probing`: see `Optimisation`. Raises
    `SettingsError`, `CheckpointError` or `PretrainedError`.
    """
    architecture = ARCHITECTURES[start.model]
    depth = start.preprocessing or Preprocessing()
    if start.folder is not None:
        network = architecture.trainable(start.folder, **start.deeper)
        tokenizer = start.folder / TOKENIZER
        depth = start.preprocessing or read_preprocessing(start.folder)
    elif start.vision is not None and start.language is not None:
        network = assembled(start.vision, start.language, seed)
        tokenizer = start.language / TOKENIZER
    else:
        config = config_named(start.model, start.size, moe=start.moe)
        network = architecture.create(config, seed)
        tokenizer = start.tokenizer or _learnt_tokenizer(config.lm_base_vocab_size, kept, texts)
        if start.vision is not None:
            darkest = 0.0 if depth.depth_convention == 'training' else -1.0
            load_backbone(network.rgb_stream.backbone, start.vision)
            load_backbone(network.depth_stream.backbone, start.vision, darkest=darkest)
    return NetworkLearner(architecture, network, tokenizer, depth, stage, probing)


def _learnt_tokenizer(size: int, kept: Path, texts: Callable[[], Iterable[str]]) -> Path:
    """The run's own tokenizer, learnt where it has none yet."""
    path = kept / TOKENIZER
    return path if path.exists() else train_tokenizer(texts(), size, path)


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
