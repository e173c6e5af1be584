# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Backbones that begin with ImageNet's knowledge: ConvNeXt V2 folders in Hugging Face's format."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor

from smolrgpt_ros.models.smolrgpt.checkpoint import CONFIG, WEIGHTS
from smolrgpt_ros.models.smolrgpt.config import read_object
from smolrgpt_ros.models.smolrgpt.errors import CheckpointError
from smolrgpt_ros.models.smolrgpt.preprocessing import PREPROCESSING
from smolrgpt_ros.models.smolrgpt.stored import StoredTensors

from .backbone import Backbone

# What the published ConvNeXt V2 checkpoints were trained with (ImageNet), where a folder says none.
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def load_backbone(backbone: Backbone, folder: str | Path, *, darkest: float = -1.0) -> None:
    """Copy the weights of a local ``ConvNextV2Model`` (or classifier) folder into `backbone`.

    Published weights expect pictures normalised by ImageNet's mean and deviation; ours run from
    `darkest` to 1 (-1 for colour and points, 0 for 8-bit depth). The difference is linear, so it is
    folded into the first convolution, exactly.

    Raises:
        CheckpointError: naming the file and tensor that is missing or of another shape.
    """
    folder = Path(folder)
    kind = read_object(folder / CONFIG).get('model_type')
    if kind != 'convnextv2':
        raise CheckpointError(f'{folder / CONFIG}: model_type is {kind!r}, expected convnextv2')
    stored = StoredTensors(folder / WEIGHTS)
    prefix = 'convnextv2.' if 'convnextv2.embeddings.layernorm.weight' in stored else ''
    weights = {
        name: stored.tensor(prefix + name, tuple(value.shape)).float().clone()
        for name, value in backbone.state_dict().items()
    }
    stem = 'embeddings.patch_embeddings'
    mean, std = _statistics(folder)
    weights[f'{stem}.weight'], weights[f'{stem}.bias'] = _folded(
        weights[f'{stem}.weight'], weights[f'{stem}.bias'], mean, std, darkest
    )
    backbone.load_state_dict(weights)


def _statistics(folder: Path) -> tuple[Tensor, Tensor]:
    """Mean and deviation (3,) that the folder's pictures in [0, 1] are normalised by."""
    path = folder / PREPROCESSING
    raw = read_object(path) if path.is_file() else {}
    values = [raw.get('image_mean', _MEAN), raw.get('image_std', _STD)]
    try:
        mean, std = (torch.tensor(value, dtype=torch.float32).view(3) for value in values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise CheckpointError(
            f'{path}: image_mean and image_std are {json.dumps(values)}, expected three numbers '
            'each'
        ) from error
    if not (std > 0).all():
        raise CheckpointError(f'{path}: image_std is {std.tolist()}, expected more than zero')
    return mean, std


def _folded(
    weight: Tensor, bias: Tensor, mean: Tensor, std: Tensor, darkest: float
) -> tuple[Tensor, Tensor]:
    """Weight (C, 3, 4, 4) and bias (C,) for pictures from `darkest` to 1."""
    # brightness in [0, 1] is scale * ours + offset
    scale = 1 / (1 - darkest)
    offset = -darkest * scale
    shift = ((offset - mean) / std)[:, None, None]
    return weight * (scale / std)[:, None, None], bias + (weight * shift).sum((1, 2, 3))
