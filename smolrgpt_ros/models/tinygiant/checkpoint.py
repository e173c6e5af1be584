# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A checkpoint folder of TinyGiantVLM: ``config.json``, ``model.safetensors``, ``tokenizer.json``.

Tensors are stored under the names of the network's own parameters. The depth convention is kept in
``preprocessor_config.json``, as for SmolRGPT.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from smolrgpt_ros.models.smolrgpt.checkpoint import CONFIG, TOKENIZER, WEIGHTS, Placement
from smolrgpt_ros.models.smolrgpt.errors import CheckpointError
from smolrgpt_ros.models.smolrgpt.layout import INV_FREQ
from smolrgpt_ros.models.smolrgpt.stored import StoredTensors

from .config import TinyGiantConfig, read_config
from .network import TinyGiant

_TYPES = ('float32', 'float16', 'bfloat16')


class Checkpoint:
    """A folder whose config was read, and whose weights were checked by name and shape."""

    def __init__(self, folder: Path) -> None:
        """Open `folder`. Raises `CheckpointError` that names the file, key or tensor at fault."""
        if not folder.is_dir():
            raise CheckpointError(
                f'{folder} is no folder; a checkpoint is a folder with {CONFIG} and {WEIGHTS}'
            )
        self.folder = folder
        self.config: TinyGiantConfig = read_config(folder / CONFIG)
        self.stored = StoredTensors(folder / WEIGHTS)
        with torch.device('meta'):
            network = TinyGiant(self.config)
        self.shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
        for name, shape in self.shapes.items():
            self.stored.tensor(name, shape)

    @property
    def tokenizer_path(self) -> Path:
        """The folder's tokenizer. Raises `CheckpointError` where there is none."""
        path = self.folder / TOKENIZER
        if not path.is_file():
            raise CheckpointError(
                f'{self.folder} has no {TOKENIZER}; copy there the one it was trained with'
            )
        return path

    def network(self, placement: Placement) -> TinyGiant:
        """Load the weights. Raises `CheckpointError` for a type the network cannot have."""
        if placement.dtype not in _TYPES:
            raise CheckpointError(
                f'type is {placement.dtype!r}, expected one of {", ".join(_TYPES)}: TinyGiantVLM '
                'is small as it is and has no quantised form'
            )
        return self.filled(placement.device, placement.compute).eval().requires_grad_(False)

    def filled(self, device: torch.device, dtype: torch.dtype) -> TinyGiant:
        """Network with the stored weights, each copied into a tensor of its own."""
        with torch.device('meta'):
            network = TinyGiant(self.config)
        for name, value in (*network.named_parameters(), *network.named_buffers()):
            path, _, leaf = name.rpartition('.')
            module = network.get_submodule(path)
            own = torch.float32 if name == INV_FREQ else dtype
            stored = self.stored.tensor(name, tuple(value.shape))
            copied = stored.to(device, own, copy=True)
            if leaf in module._buffers:
                module._buffers[leaf] = copied
            else:
                module._parameters[leaf] = nn.Parameter(copied)
        self.stored.release_all()
        return network
