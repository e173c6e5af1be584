# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A folder of weights in Hugging Face's format: config.json, safetensors in one file or several."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from torch import Tensor

from smolrgpt_ros.models.smolrgpt.checkpoint import CONFIG, WEIGHTS
from smolrgpt_ros.models.smolrgpt.stored import StoredTensors

from .errors import PretrainedError

INDEX = f'{WEIGHTS}.index.json'


class PretrainedTensors:
    """Tensors of a folder by name; files are opened when a tensor of theirs is asked for."""

    def __init__(self, folder: Path) -> None:
        """Find the files of `folder`. Raises `PretrainedError` naming what is missing."""
        self.folder = folder
        self._files: dict[str, StoredTensors] = {}
        self._index: dict[str, str] | None = None
        if (folder / INDEX).is_file():
            self._index = _weight_map(folder / INDEX)
        elif not (folder / WEIGHTS).is_file():
            raise PretrainedError(f'{folder} holds neither {WEIGHTS} nor {INDEX}')

    def __contains__(self, name: str) -> bool:
        if self._index is not None:
            return name in self._index
        return name in self._file(WEIGHTS)

    def tensor(self, name: str, shape: tuple[int, ...]) -> Tensor:
        """float32 copy of the tensor `name` of `shape`.

        Raises `PretrainedError` or `CheckpointError` that name the file and the tensor.
        """
        file = WEIGHTS
        if self._index is not None:
            if name not in self._index:
                raise PretrainedError(f'{self.folder / INDEX} misses tensor {name}')
            file = self._index[name]
        return self._file(file).tensor(name, shape).float().clone()

    def _file(self, name: str) -> StoredTensors:
        if name not in self._files:
            self._files[name] = StoredTensors(self.folder / name)
        return self._files[name]


def read_pretrained_config(folder: Path) -> dict[str, Any]:
    """The folder's `config.json`. Raises `PretrainedError`."""
    return _object(folder / CONFIG)


def _weight_map(path: Path) -> dict[str, str]:
    found = _object(path).get('weight_map')
    if not isinstance(found, dict) or not all(
        isinstance(file, str) and Path(file).name == file for file in found.values()
    ):
        raise PretrainedError(f'{path}: weight_map is no table of tensors and files beside it')
    return found


def _object(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text(encoding='utf-8'))
    except FileNotFoundError:
        raise PretrainedError(
            f"{path} does not exist; a local folder in Hugging Face's format is expected"
        ) from None
    except (OSError, RecursionError, ValueError) as error:
        raise PretrainedError(f'{path} cannot be read as JSON: {error}') from error
    if not isinstance(raw, dict):
        raise PretrainedError(f'{path} holds a {type(raw).__name__}, expected an object')
    return raw
