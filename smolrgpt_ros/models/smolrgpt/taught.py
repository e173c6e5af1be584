# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The network as training sees it: made from nothing or from a folder, dense, differentiable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from smolrgpt_ros.models.batch import IGNORED, TaughtBatch

from .assemble import as_own, build, stored_names
from .checkpoint import Checkpoint
from .config import SmolRgptConfig
from .errors import CheckpointError, PromptError
from .layout import HEAD
from .network import Network
from .prepare import PreparedPicture
from .reading import Learnt, read
from .refiner import Refiner, by_quadrant
from .tokens import PromptTokenizer

#: of a layer's full scale, 1 / sqrt(inputs): 0.02 at the published width of 960
_DAMPED = 0.62
#: share of the full scale at which features start that stand in the place of words
_HANDED_OVER = {'connector.proj.weight': 0.1, 'refiner.doublings.2.proj.weight': 0.6}
#: what a block of the language model adds to its input comes from these
_ADDING = re.compile(r'\.(attn\.out_proj|mlp\.down_proj|mlp\.fc2)\.(weight|bias)$')
_LAYER = re.compile(r'(decoder|vision_encoder)\.blocks\.(\d+)')
#: share of a quadrant's first weights that is its own
_UNLIKE = 0.1


def create(config: SmolRgptConfig, seed: int) -> Network:
    """Network of random weights to be trained from scratch: normal, norms one, biases zero.

    Scales follow a layer's width: GPT-2's fixed 0.02 would leave narrow layers all but mute.

    What is added to the residual streams starts smaller by sqrt(2 x blocks), as GPT-2 has it.
    """
    generator = torch.Generator().manual_seed(seed)

    def fill(own_name: str, module: nn.Module, leaf: str) -> Tensor:
        shape = getattr(module, leaf).shape
        if leaf == 'inv_freq':
            return config.lm_re_base ** -(torch.arange(shape[0]).float() / shape[0])
        if isinstance(module, (nn.LayerNorm, nn.RMSNorm)) and leaf == 'weight':
            return torch.ones(shape)
        if leaf == 'bias':
            return torch.zeros(shape)
        if leaf == 'position_embedding':
            return position_waves(config.patches_per_side, config.vit_hidden_dim)
        std = shape[1:].numel() ** -0.5
        if own_name == HEAD:
            pass  # words enter with a length of one, and leave as logits of about one
        elif own_name.startswith(('rgb_', 'depth_')) or '.patch_embedding.conv' in own_name:
            # No norm precedes these: the scale of what they read must survive. What they hand to
            # the language model shall be of a size with its words.
            std *= _HANDED_OVER.get(own_name.split('_', 1)[1], 1.0)
        else:
            std *= _DAMPED
            if own_name.endswith(('out_proj.weight', 'fc2.weight', 'down_proj.weight')):
                vision = own_name.startswith('vision')
                std /= (2 * (config.vit_n_blocks if vision else config.lm_n_blocks)) ** 0.5
        drawn = torch.randn(shape, generator=generator) * std
        if '_refiner.doublings.' in own_name:
            # A region is a mean over places: quadrants of unlike weights would cancel each other
            # out, and every region look the same. (ICNR, Aitken et al. 2017)
            return _UNLIKE * drawn + (1.0 - _UNLIKE) * drawn[: shape[0] // 4].repeat(4, 1)
        return drawn

    return build(config, fill).train().requires_grad_(True)


def position_waves(side: int, width: int) -> Tensor:
    """Position embedding (1, side * side, width) to begin with: sines and cosines, as in MAE.

    Random positions would have to be learnt before anything can be said about places.
    """
    count = -(-width // 4)
    angles = torch.arange(side)[:, None] * 10000.0 ** -(torch.arange(count) / count)  # (side, n)
    waves = torch.cat((angles.sin(), angles.cos()), 1)  # (side, 2 n)
    rows = waves[:, None].expand(side, side, -1)
    columns = waves[None].expand(side, side, -1)
    return torch.cat((rows, columns), 2).reshape(1, side * side, -1)[..., :width].contiguous()


def trainable(folder: str | Path, layers: int = 0, vision_layers: int = 0) -> Network:
    """Network with a checkpoint folder's weights in float32, all of them trainable.

    With `layers` the language model is made that deep, with `vision_layers` the vision encoder.
    Additional layers are spread among the others, each a copy of the one before it that adds
    nothing yet, so that the network computes what it did before (block expansion, Wu et al. 2024,
    LLaMA Pro).

    Raises:
        CheckpointError: not a checkpoint, one packed in int8, or one of more layers already.
    """
    checkpoint = Checkpoint(Path(folder))
    if checkpoint.best_type == 'int8':
        raise CheckpointError(
            f'{folder} is packed in int8, which cannot be trained; start from the float checkpoint'
        )

    config = checkpoint.config
    sources = {
        'decoder': _deepened(folder, '', config.lm_n_blocks, layers),
        'vision_encoder': _deepened(folder, 'vision ', config.vit_n_blocks, vision_layers),
    }

    def fill(own_name: str, module: nn.Module, leaf: str) -> Tensor:
        if layer := _LAYER.match(own_name):
            source, is_new = sources[layer[1]][int(layer[2])]
            if is_new and _ADDING.search(own_name):
                return torch.zeros(getattr(module, leaf).shape)
            own_name = f'{layer[1]}.blocks.{source}{own_name[layer.end() :]}'
        names = stored_names(own_name)
        parts = [as_own(own_name, checkpoint.stored.tensor(name)) for name in names]
        return torch.cat(parts).float() if len(parts) > 1 else parts[0].float().clone()

    config = replace(
        config,
        lm_n_blocks=len(sources['decoder']),
        vit_n_blocks=len(sources['vision_encoder']),
    )
    return build(config, fill).train().requires_grad_(True)


def _deepened(folder: str | Path, what: str, blocks: int, layers: int) -> list[tuple[int, bool]]:
    """Which of `blocks` blocks each of `layers` layers is made of, and whether it is new.

    `layers` 0: as many as there are. Raises CheckpointError where there are more already.
    """
    if layers and layers < blocks:
        raise CheckpointError(
            f'{folder} has {blocks} {what}layers and cannot be brought to {layers}'
        )
    new = (layers or blocks) - blocks
    before = [-(-number * blocks // (new + 1)) - 1 for number in range(1, new + 1)]
    return [
        (block, is_new)
        for block in range(blocks)
        for is_new in (False, *(True for number in before if number == block))
    ]


def collate(
    pictures: Sequence[PreparedPicture], tokenizer: PromptTokenizer, max_tokens: int = 2048
) -> TaughtBatch:
    """Stack pictures and their questions.

    Raises:
        PromptError: names a question whose regions are not its ``<mask>`` tokens, or that is longer
            than `max_tokens` with its answer.
    """
    rows: list[tuple[tuple[int, ...], tuple[int, ...], list[int]]] = []
    owner: list[int] = []
    first_region = 0
    for number, picture in enumerate(pictures):
        for text in picture.texts:
            question = tokenizer.question(text.question)
            if question.masks != len(text.regions):
                raise PromptError(
                    f'the question {text.question[:60]!r} has {question.masks} <mask>, but '
                    f'{len(text.regions)} regions were given'
                )
            answer = (*tokenizer.encode(text.answer), tokenizer.end)
            if len(question.ids) + len(answer) > max_tokens:
                raise PromptError(
                    f'the question {text.question[:60]!r} has {len(question.ids)} tokens and '
                    f'{len(answer)} of answer; {max_tokens} fit'
                )
            rows.append((question.ids, answer, [first_region + region for region in text.regions]))
            owner.append(number)
        first_region += len(picture.masks)
    longest = max((len(question) + len(answer) for question, answer, _ in rows), default=0)
    ids = np.full((len(rows), longest), tokenizer.end, np.int64)
    labels = np.full((len(rows), longest), IGNORED, np.int64)
    slots = np.full((len(rows), longest), -1, np.int64)
    texts = [text for picture in pictures for text in picture.texts]
    between = max((t.relations.shape[1] for t in texts if t.relations is not None), default=0)
    relations = np.full((len(rows), longest, between), np.nan, np.float32)
    for row, (question_ids, answer, regions) in enumerate(rows):
        end = len(question_ids) + len(answer)
        ids[row, : len(question_ids)] = question_ids
        ids[row, len(question_ids) : end] = answer
        labels[row, len(question_ids) : end] = answer
        for kind in (tokenizer.mask_rgb, tokenizer.mask_depth):
            slots[row, ids[row] == kind] = regions
        known = texts[row].relations
        if known is not None:
            relations[row, ids[row] == tokenizer.mask_depth] = known
    masks = np.concatenate([picture.masks for picture in pictures]).astype(np.float32)
    width = max((p.facts.shape[1] for p in pictures if p.facts is not None), default=0)
    return TaughtBatch(
        rgb=torch.from_numpy(np.stack([p.rgb for p in pictures]).astype(np.float32)),
        depth=torch.from_numpy(
            np.stack([np.broadcast_to(p.depth, p.rgb.shape) for p in pictures]).astype(np.float32)
        ),
        weights=by_quadrant(torch.from_numpy(masks)),
        region_picture=torch.tensor(
            [number for number, picture in enumerate(pictures) for _ in picture.masks]
        ).long(),
        ids=torch.from_numpy(ids),
        labels=torch.from_numpy(labels),
        question_picture=torch.tensor(owner).long(),
        region_slots=torch.from_numpy(slots),
        facts=torch.from_numpy(np.concatenate([_facts(p, width) for p in pictures])),
        values=torch.tensor([text.value for text in texts]).float(),
        relations=torch.from_numpy(relations),
    )


def _facts(picture: PreparedPicture, width: int) -> np.ndarray:
    """(R, width) facts of a picture; NaN where none are known."""
    if picture.facts is not None and picture.facts.shape[1] == width:
        return picture.facts
    return np.full((len(picture.masks), width), np.nan, np.float32)


def learnt(network: Network, tokenizer: PromptTokenizer, batch: TaughtBatch) -> Learnt:
    """What `batch` makes of the network: the loss of its answers, and what probes look at."""
    rgb_tokens, depth_tokens = _seen(network, batch)  # (P, T, C) each
    regions = {
        tokenizer.mask_rgb: _pooled(network.rgb_refiner, rgb_tokens, batch),
        tokenizer.mask_depth: _pooled(network.depth_refiner, depth_tokens, batch),
    }
    return read(network.decoder, tokenizer, batch, rgb_tokens, regions)


def _seen(network: Network, batch: TaughtBatch) -> tuple[Tensor, Tensor]:
    """Image tokens (P, T, C) of colour and depth."""
    patches = network.vision_encoder(torch.cat((batch.rgb, batch.depth)))
    rgb, depth = patches.chunk(2)
    return network.rgb_connector(rgb), network.depth_connector(depth)


def _pooled(refiner: Refiner, tokens: Tensor, batch: TaughtBatch) -> Tensor:
    """Region tokens (R, C): weighted means of the refined maps, computed where a mask looks."""
    per_picture = tokens.shape[1] * 16
    weights = batch.weights.unflatten(1, (-1, 4))  # (R, cells, 4)
    counts = torch.zeros(len(tokens), per_picture, dtype=torch.int32, device=tokens.device)
    covered = counts.index_add_(0, batch.region_picture, weights.ne(0).any(2).int()) > 0
    cells = torch.nonzero(covered.flatten())[:, 0]  # (n,), sorted
    places = refiner(tokens.flatten(0, 1), cells)  # (n, 4, C)
    starts = [0, *covered.sum(1).cumsum(0).tolist()]
    means = []
    for number in range(len(tokens)):
        mine = batch.region_picture == number
        picked = weights[mine][:, covered[number]].flatten(1).to(places.dtype)  # (r, 4 m)
        sums = picked @ places[starts[number] : starts[number + 1]].flatten(0, 1)
        means.append(sums / (picked.sum(1, keepdim=True) + 1e-8))
    return torch.cat(means)  # regions are stored picture by picture
