# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions about one frame as one padded batch of embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from .errors import PromptError
from .frame import Frame
from .network import Network
from .regions import resized_mask
from .tokens import PromptTokenizer


@dataclass(frozen=True)
class Prompt:
    """A question with one ``<mask>`` per region, and the masks (h, w) in the same order.

    Masks may have any size and overlap; values weigh the pixels (1 inside, 0 outside).
    """

    question: str
    masks: Sequence[np.ndarray] = field(default=())


@dataclass(frozen=True)
class Batch:
    """Rows padded on the right: `x` (B, L, C), `lengths` (B,) tokens each, all after the prefix."""

    x: Tensor
    lengths: Tensor

    @property
    def longest(self) -> int:
        """Tokens of the longest row."""
        return self.x.shape[1]


def batch(
    network: Network, tokenizer: PromptTokenizer, frame: Frame, prompts: Sequence[Prompt], room: int
) -> Batch:
    """Embed `prompts`, with region tokens in their places; `room` tokens must fit behind.

    Raises `PromptError` naming the prompt that does not fit its masks or the context.
    """
    rows = [tokens_of(tokenizer, prompt) for prompt in prompts]
    limit = network.config.lm_max_position_embeddings - len(tokenizer.prefix) - room
    for prompt, row in zip(prompts, rows):
        if len(row) > limit:
            raise PromptError(
                f'the question {prompt.question[:60]!r} has {len(row)} tokens; with '
                f'{room} tokens to answer, {max(limit, 0)} fit'
            )
    device, longest = frame.image_tokens.device, max(map(len, rows))
    ids = torch.tensor(
        [[*row, *(tokenizer.end,) * (longest - len(row))] for row in rows], device=device
    )  # (B, L)
    x = network.decoder.embed(ids)  # (B, L, C)
    rgb, depth = frame.region_tokens([mask for prompt in prompts for mask in prompt.masks])
    x[ids == tokenizer.mask_rgb], x[ids == tokenizer.mask_depth] = rgb, depth
    return Batch(x, torch.tensor([len(row) for row in rows], device=device))


def tokens_of(tokenizer: PromptTokenizer, prompt: Prompt) -> tuple[int, ...]:
    """Token numbers of one prompt after the prefix. Raises `PromptError`."""
    tokens = tokenizer.question(prompt.question)
    if tokens.masks != len(prompt.masks):
        raise PromptError(
            f'the question {prompt.question[:60]!r} has {tokens.masks} <mask>, but '
            f'{len(prompt.masks)} masks were given'
        )
    return tokens.ids


def unseen(prompt: Prompt, side: int) -> tuple[int, ...]:
    """Indexes of masks so small that they fall between the samples of the refined map.

    As published, such a region's token is all zeros: the network answers without having seen it.
    """
    return tuple(
        index for index, mask in enumerate(prompt.masks) if not resized_mask(mask, side).any()
    )
