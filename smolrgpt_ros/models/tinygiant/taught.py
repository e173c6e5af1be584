# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The network as training sees it: made from nothing or from a folder, taught, its loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from smolrgpt_ros.models.batch import TaughtBatch
from smolrgpt_ros.models.smolrgpt.prepare import PreparedPicture
from smolrgpt_ros.models.smolrgpt.reading import Learnt, Look, read
from smolrgpt_ros.models.smolrgpt.taught import collate as collate_smolrgpt
from smolrgpt_ros.models.smolrgpt.taught import position_waves
from smolrgpt_ros.models.smolrgpt.tokens import PromptTokenizer

from .checkpoint import Checkpoint
from .config import TOKEN_STRIDE, TinyGiantConfig, checked
from .network import TinyGiant
from .regions import Masks
from .reinspection import regions_in_order
from .waves import first_scales

_ROUTER_STD = 0.01


def create(config: TinyGiantConfig, seed: int) -> TinyGiant:
    """Network of random weights to be trained from scratch; the same `seed`, the same weights.

    Weights keep the scale of what they read (normal, 1 / sqrt(inputs)); what is added to a stream
    of residuals starts smaller by the root of how often that happens. Words enter the decoder with
    a length of one, and so does what stands in their places. Gates start close to undecided, so
    that at first all experts learn.

    Raises:
        CheckpointError: numbers in `config` that cannot form a network.
    """
    network = TinyGiant(checked(config))
    generator = torch.Generator().manual_seed(seed)
    for name, module in network.named_modules():
        for leaf, value in (*module._parameters.items(), *module._buffers.items()):
            if value is not None:
                value.data.copy_(_initial(f'{name}.{leaf}', module, value, config, generator))
    return network.train().requires_grad_(True)


def _initial(
    name: str,
    module: nn.Module,
    value: Tensor,
    config: TinyGiantConfig,
    generator: torch.Generator,
) -> Tensor:
    """First value of the parameter `name`, `value` before."""
    if name.endswith('inv_freq'):
        return config.lm_re_base ** -(torch.arange(len(value)).float() / len(value))
    if name.endswith('.bias') or '.grn.' in name:
        return torch.zeros_like(value)
    if isinstance(module, (nn.LayerNorm, nn.RMSNorm)):
        handed_over = name == 'fusion.norm.weight'  # to the decoder, in the place of words
        return torch.full_like(value, len(value) ** -0.5 if handed_over else 1.0)
    if name == 'fusion.position':
        return position_waves(config.picture_side // TOKEN_STRIDE, config.lm_hidden_dim)[0]
    std = value.shape[value.ndim > 1 :].numel() ** -0.5
    drawn = torch.randn(value.shape, generator=generator)
    if name.endswith(('geometry.proj.weight', 'where.proj.weight')):
        return drawn * first_scales(value.shape[1])
    if '.router.' in name:
        std = _ROUTER_STD
    elif name == 'crops.region.weight':
        std = 2**-0.5  # it reads two tokens of length one
    if name.endswith(('out_proj.weight', 'down_proj.weight', 'pwconv2.weight')):
        std /= _additions(name, config) ** 0.5
    return drawn * std


def _additions(name: str, config: TinyGiantConfig) -> int:
    """How often something is added to the stream of residuals that the weight `name` adds to."""
    if name.startswith('decoder.'):
        return 2 * config.lm_n_blocks + config.reinspections
    if name.startswith('fusion.'):
        return config.fusion_layers
    return 1 if '.pyramid.' in name else sum(config.vision_depths)


def trainable(folder: str | Path) -> TinyGiant:
    """Network with a checkpoint folder's weights in float32, all of them trainable.

    Raises:
        CheckpointError: not a checkpoint of TinyGiantVLM.
    """
    network = Checkpoint(Path(folder)).filled(torch.device('cpu'), torch.float32)
    return network.train().requires_grad_(True)


def collate(
    pictures: Sequence[PreparedPicture], tokenizer: PromptTokenizer, max_tokens: int = 2048
) -> TaughtBatch:
    """Stack pictures and their questions; as for SmolRGPT, but masks row by row of the picture.

    Raises:
        PromptError: names a question whose regions are not its ``<mask>`` tokens, or that is longer
            than `max_tokens` with its answer.
    """
    masks = np.concatenate([picture.masks for picture in pictures]).astype(np.float32)
    weights = torch.from_numpy(masks).flatten(1)
    return replace(collate_smolrgpt(pictures, tokenizer, max_tokens), weights=weights)


def learnt(network: TinyGiant, tokenizer: PromptTokenizer, batch: TaughtBatch) -> Learnt:
    """What `batch` makes of the network: the loss of its answers, and what probes look at.

    Pictures, regions and the prompt up to the question are computed once, however many questions
    follow them. Afterwards `network.auxiliary_loss` is what the gates add to the mean loss.
    """
    seen = network.see(batch.rgb, batch.depth)
    masks = Masks.of(batch.weights, batch.region_picture, len(batch.rgb))
    pictures, regions = network.fused(seen.tokens, network.regions(seen, masks))
    crops = network.looked_at(seen, masks, regions)

    def looking(rows: Tensor) -> Look:
        slots = batch.region_slots[rows]
        first = (batch.ids[rows] == tokenizer.mask_rgb) & (slots >= 0)
        memory = network.crops.memory(crops, regions_in_order(slots, first))
        return partial(network.decoder.looked, sight=network.decoder.sight(memory, 0))

    told = {tokenizer.mask_rgb: regions[:, 0], tokenizer.mask_depth: regions[:, 1]}
    return read(network.decoder, tokenizer, batch, pictures, told, looking)


def opening_of(tokenizer: PromptTokenizer) -> tuple[int, ...]:
    """Tokens of a prompt before the picture's."""
    return tuple(token for token in tokenizer.prefix if token != tokenizer.image)
