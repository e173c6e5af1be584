# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which stored tensors make which parameter of the network, and back.

The network joins layers that read the same input and treats transposed convolutions as linear
layers; a checkpoint stores them in the published form. Both directions are defined here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from .config import SmolRgptConfig
from .layout import FUSED, layout
from .network import Network
from .refiner import as_linear

_PREFIXES = {'rgb_connector.': 'MP.', 'depth_connector.': 'MP_depth.'}
_REFINER = re.compile(r'(rgb|depth)_refiner\.(doublings|norms)\.(\d)\.(?:proj\.)?(\w+)')


def stored_names(own_name: str) -> tuple[str, ...]:
    """Names of the stored tensors that make the parameter `own_name`, in order of rows."""
    for own, stored in _PREFIXES.items():
        if own_name.startswith(own):
            return (stored + own_name.removeprefix(own),)
    match = _REFINER.fullmatch(own_name)
    if match:
        picture, kind, index, leaf = match.groups()
        place = 3 * int(index) + (kind == 'norms')
        return (f'{picture}_refiner.refiner.{place}.{leaf}',)
    for fused, parts in FUSED.items():
        if own_name.startswith('decoder.') and f'.{fused}.' in own_name:
            return tuple(own_name.replace(fused, part) for part in parts)
    return (own_name,)


def matrix_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Shape of a stored weight as the matrix that is multiplied with and quantised."""
    return (4 * shape[1], shape[0]) if len(shape) == 4 and shape[2:] == (2, 2) else shape


def as_own(own_name: str, stored: Tensor) -> Tensor:
    """One stored tensor in the form the network uses."""
    if '_refiner.doublings.' not in own_name:
        return stored
    if stored.ndim == 4:
        return as_linear(stored)
    return stored.repeat(4) if stored.ndim == 1 else stored


def is_linear(stored_name: str, shape: tuple[int, ...]) -> bool:
    """Whether a stored tensor is the weight of a linear layer (and so may be kept in int8)."""
    return len(matrix_shape(shape)) == 2 and stored_name.endswith('.weight')


def published_tensors(network: Network) -> Iterator[tuple[str, Tensor]]:
    """Tensors of a dense network under their stored names, in the published form.

    Raises `ValueError` for a network whose weights were packed.
    """
    shapes = layout(network.config)
    for own_name, value in (*network.named_parameters(), *network.named_buffers()):
        names = stored_names(own_name)
        if any(name not in shapes for name in names):
            raise ValueError(f'{own_name} is packed; only a dense network has published tensors')
        rows = [shapes[name][0] for name in names]
        parts = value.detach().split(rows) if len(names) > 1 else (value.detach(),)
        for name, part in zip(names, parts):
            yield name, _as_stored(part, shapes[name])


def _as_stored(own: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Inverse of `as_own`."""
    if len(shape) == 4 and shape[2:] == (2, 2):
        return own.view(2, 2, shape[1], shape[0]).permute(3, 2, 0, 1).contiguous()
    return own[: shape[0]] if own.ndim == 1 else own.view(shape)


def build(config: SmolRgptConfig, fill: Callable[[str, nn.Module, str], Tensor | None]) -> Network:
    """Network whose parameters come from `fill(own name, module, leaf)`, one after the other.

    Largest first, so that what a copy needs for a moment comes on top of little. `None` means that
    `fill` replaced the module itself.
    """
    with torch.device('meta'):
        network = Network(config).eval().requires_grad_(False)
    named = [*network.named_parameters(), *network.named_buffers()]
    for own_name, _ in sorted(named, key=lambda item: -item[1].numel()):
        path, _, leaf = own_name.rpartition('.')
        module = network.get_submodule(path)
        if leaf not in module._parameters and leaf not in module._buffers:
            continue
        value = fill(own_name, module, leaf)
        if value is None:
            continue
        if leaf in module._buffers:
            module._buffers[leaf] = value
        else:
            module._parameters[leaf] = nn.Parameter(value, requires_grad=False)
    return network
