# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a checkpoint folder to a network on a device, one tensor at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from smolrgpt_ros.allocation import return_free_memory

from .assemble import as_own, build, matrix_shape, stored_names
from .config import SmolRgptConfig, read_config
from .errors import CheckpointError
from .layout import HEAD, INV_FREQ, layout
from .linear import FewRows, Half, PackedInt8, Rows, WeightOnlyInt8, exact_int8, packed_types
from .network import Network
from .quantise import Int8Weight, quantise
from .stored import StoredTensors

DType = Literal['float32', 'float16', 'bfloat16', 'int8']

WEIGHTS, CONFIG, TOKENIZER = 'model.safetensors', 'config.json', 'tokenizer.json'


@dataclass(frozen=True)
class Placement:
    """Where a network lives and how its weights and activations are kept."""

    device: torch.device
    dtype: DType

    @property
    def packed(self) -> bool:
        """Whether linear layers use the packed x86 kernels."""
        if self.device.type != 'cpu' or not packed_types():
            return False
        return self.dtype == 'float16' or (self.dtype == 'int8' and exact_int8())

    @property
    def compute(self) -> torch.dtype:
        """Type of activations, norms, biases and the key/value cache."""
        if self.dtype == 'int8':
            return torch.bfloat16 if self.device.type == 'cuda' else torch.float32
        return torch.float32 if self.packed else getattr(torch, self.dtype)


class Checkpoint:
    """A checkpoint folder: its config read, its weights mapped and checked by name and shape."""

    def __init__(self, folder: Path) -> None:
        """Open `folder`. Raises `CheckpointError` that names the file, key or tensor at fault."""
        if not folder.is_dir():
            raise CheckpointError(
                f'{folder} is no folder; a checkpoint is a folder with {CONFIG} and {WEIGHTS}'
            )
        self.folder = folder
        self.config: SmolRgptConfig = read_config(folder / CONFIG)
        self.stored = StoredTensors(folder / WEIGHTS)
        self.shapes = layout(self.config)
        for name, shape in self.shapes.items():
            self.stored.tensor(name, matrix_shape(shape) if self.is_int8(name) else shape)
            if self.is_int8(name):
                self.stored.tensor(f'{name}.scale', matrix_shape(shape)[:1])

    def is_int8(self, name: str) -> bool:
        """Whether the tensor `name` is stored in eight bits."""
        return name in self.stored and self.stored.entries[name].dtype == torch.int8

    @property
    def best_type(self) -> DType:
        """int8 for a folder packed so, else float32."""
        return 'int8' if self.is_int8(HEAD) else 'float32'

    @property
    def tokenizer_path(self) -> Path:
        """The folder's tokenizer. Raises `CheckpointError` that names the command to add one."""
        path = self.folder / TOKENIZER
        if not path.is_file():
            raise CheckpointError(
                f'{self.folder} has no {TOKENIZER}; add it once, where the hub is in reach, with '
                f'`smolrgpt pack {self.folder} --tokenizer DIR OUT`, and load OUT'
            )
        return path

    def network(self, placement: Placement) -> Network:
        """Load the weights. Raises `CheckpointError` for a type the folder cannot give."""
        if placement.dtype not in get_args(DType):
            raise CheckpointError(
                f'type is {placement.dtype!r}, expected one of {", ".join(get_args(DType))}'
            )
        if self.is_int8(HEAD) and placement.dtype != 'int8':
            raise CheckpointError(
                f'{self.folder} is packed in int8 and cannot be loaded as '
                f'{placement.dtype}; pack the original again without int8'
            )
        return _Loader(self, placement).network()


class _Loader:
    """Fills a network with the tensors of one checkpoint."""

    def __init__(self, checkpoint: Checkpoint, placement: Placement) -> None:
        self.checkpoint, self.stored, self.to = checkpoint, checkpoint.stored, placement
        # float32 on a CPU: what lies ready in the file is used from there
        self.in_place = placement.device.type == 'cpu' and placement.dtype == 'float32'

    def network(self) -> Network:
        """Build the network and hook up what stays in the file."""
        network = build(self.checkpoint.config, self.fill)
        self.stored.release_all()
        if self.to.packed or (self.to.dtype == 'int8'):
            network.decoder.rows = self._rows()
        if self.in_place:
            network.vision_encoder.after_block = self._release_block()
            for module in network.decoder.modules():
                if type(module) is nn.Linear:
                    module.__class__ = FewRows
        return network

    def fill(self, own_name: str, module: nn.Module, leaf: str) -> Tensor | None:
        """Value of one parameter; linear layers of packed types are replaced as a whole."""
        names = stored_names(own_name)
        if (
            isinstance(module, nn.Linear)
            and leaf == 'weight'
            and (self.to.packed or self.to.dtype == 'int8')
        ):
            bias = own_name.replace('weight', 'bias')
            self._replace(module, names, own_name, stored_names(bias), bias)
            return None
        if self.in_place and own_name.startswith('vision_encoder.blocks.'):
            tensor = self.stored.tensor(names[0])
            if tensor.dtype == torch.float32:
                return tensor
        dtype = torch.float32 if names == (INV_FREQ,) else self.to.compute
        return self._copied(own_name, names, dtype)

    def _copied(self, own_name: str, names: tuple[str, ...], dtype: torch.dtype) -> Tensor:
        """Join the stored tensors on the device, and give their pages back as they were copied."""
        views = [as_own(own_name, self.stored.tensor(name)) for name in names]
        rows = [view.shape[0] for view in views]
        joined = torch.empty((sum(rows), *views[0].shape[1:]), dtype=dtype, device=self.to.device)
        for part, view, name in zip(joined.split(rows), views, names):
            part.copy_(view)
            self.stored.release(name)
        return joined

    def _replace(
        self,
        module: nn.Linear,
        names: tuple[str, ...],
        own_name: str,
        bias_names: tuple[str, ...],
        own_bias: str,
    ) -> None:
        """Turn `module` into the layer of the wanted type, in place."""
        bias = None if module.bias is None else self._copied(own_bias, bias_names, self.to.compute)
        if self.to.dtype == 'float16':
            layer: nn.Module = Half(self._copied(own_name, names, torch.float32), bias)
        else:
            weight = self._int8(own_name, names)
            layer = (PackedInt8 if self.to.packed else WeightOnlyInt8)(weight, bias)
        module._parameters.clear()
        module.__class__ = layer.__class__  # type: ignore[assignment]
        module.__dict__.update(layer.__dict__)
        return_free_memory()

    def _int8(self, own_name: str, names: tuple[str, ...]) -> Int8Weight:
        """Stored or freshly quantised int8 weight on the device."""
        if self.checkpoint.is_int8(names[0]):
            return Int8Weight(
                self._copied(own_name, names, torch.int8),
                self._copied('', tuple(f'{name}.scale' for name in names), torch.float32),
            )
        parts = [quantise(self._copied(own_name, (name,), torch.float32)) for name in names]
        return Int8Weight(torch.cat([p.values for p in parts]), torch.cat([p.scale for p in parts]))

    def _rows(self) -> Rows:
        """Embedding rows for a network whose head is packed."""
        scale = self.stored.tensor(f'{HEAD}.scale') if self.checkpoint.is_int8(HEAD) else None
        if self.to.device.type == 'cpu':  # few rows a prompt: they stay in the file
            return Rows(self.stored.tensor(HEAD), scale, self.to.compute)
        if scale is None:
            weight = quantise(self.stored.tensor(HEAD).to(self.to.device))
            return Rows(weight.values, weight.scale, self.to.compute)
        device = self.to.device
        return Rows(self.stored.tensor(HEAD).to(device), scale.to(device), self.to.compute)

    def _release_block(self) -> Callable[[int], None]:
        """Release the pages of a vision block once it was used: a frame needs each block once."""
        blocks: dict[int, list[str]] = {}
        for name in self.checkpoint.shapes:
            if name.startswith('vision_encoder.blocks.'):
                blocks.setdefault(int(name.split('.')[2]), []).append(name)
        return lambda index: self.stored.release(*blocks[index])
