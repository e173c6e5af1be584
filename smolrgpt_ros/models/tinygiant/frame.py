# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One encoded frame, and what a batch of questions about it looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from smolrgpt_ros.models.smolrgpt.decoding import EagerDecoder
from smolrgpt_ros.models.smolrgpt.prefix import Prefix
from smolrgpt_ros.models.smolrgpt.prompts import Prompt
from smolrgpt_ros.models.smolrgpt.regions import resized_mask

from .config import TinyGiantConfig
from .decoder import Decoder
from .network import Seen, TinyGiant
from .regions import Masks
from .reinspection import Sight


@dataclass(frozen=True)
class TinyFrame:
    """What all questions about a frame share.

    Attributes:
        image_tokens: (T, C) picture tokens.
        seen: the picture as it was encoded.
        prefix: the prompt up to the last picture token.
    """

    image_tokens: Tensor
    seen: Seen
    prefix: Prefix


def encode_frame(
    network: TinyGiant, opening: Sequence[int], rgb: Tensor, depth: Tensor
) -> TinyFrame:
    """Encode two pictures (3, S, S) float32 behind the opening of the prompt."""
    seen = network.see(rgb[None], depth[None])
    tokens = network.fusion(seen.tokens[0])  # (T, C)
    words = network.decoder.embed(torch.tensor([list(opening)], device=tokens.device))
    x = torch.cat((words, tokens[None]), 1)
    return TinyFrame(tokens, seen, Prefix(network, x))  # type: ignore[arg-type]


@dataclass(frozen=True)
class AskedFrame:
    """A frame with the regions of the questions that are asked: what a batch is made of."""

    frame: TinyFrame
    tokens: Tensor
    crops: Tensor

    @classmethod
    def of(cls, network: TinyGiant, frame: TinyFrame, masks: Sequence[np.ndarray]) -> AskedFrame:
        """Read regions from the frame. Raises `PromptError` for a mask that is none."""
        side, device = frame.seen.maps.side, frame.image_tokens.device
        resized = [resized_mask(mask, side).ravel() for mask in masks]
        weights = torch.from_numpy(np.array(resized, np.float32).reshape(-1, side * side))
        picture = torch.zeros(len(masks), dtype=torch.long, device=device)
        rows = Masks.of(weights.to(device), picture, 1)
        tokens = network.fusion(network.regions(frame.seen, rows))  # (R, 2, C)
        return cls(frame, tokens, network.looked_at(frame.seen, rows, tokens))

    @property
    def image_tokens(self) -> Tensor:
        """Picture tokens (T, C)."""
        return self.frame.image_tokens

    @property
    def prefix(self) -> Prefix:
        """The prompt up to the last picture token."""
        return self.frame.prefix

    def region_tokens(self, masks: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
        """RGB and depth tokens (R, C) of the regions it was made with."""
        assert len(masks) == len(self.tokens)
        return self.tokens[:, 0], self.tokens[:, 1]

    def sight(self, network: TinyGiant, prompts: Sequence[Prompt]) -> Sight:
        """What the tokens of each prompt may look at again."""
        counts = torch.tensor([len(prompt.masks) for prompt in prompts])
        number = torch.arange(int(counts.max()))  # (K,)
        regions = (counts.cumsum(0) - counts)[:, None] + number
        regions = torch.where(number < counts[:, None], regions, -1).to(self.crops.device)
        memory = network.crops.memory(self.crops, regions)
        return network.decoder.sight(memory, self.prefix.capacity)


@dataclass(frozen=True)
class LookingDecoder:
    """The decoder with its eyes on the regions of one batch."""

    decoder: Decoder
    sight: Sight

    def embed(self, ids: Tensor) -> Tensor:
        """(B, L) -> (B, L, C)."""
        return self.decoder.embed(ids)

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., C) -> (..., V)."""
        return self.decoder.logits(hidden)

    def __call__(
        self, x: Tensor, positions: Tensor, slots: Tensor, mask: Tensor, cache: object
    ) -> Tensor:
        """As `Decoder.forward`."""
        return self.decoder(x, positions, slots, mask, cache, self.sight)


@dataclass(frozen=True)
class Looking:
    """A network for one batch of questions: what `generate` and `score` need of one."""

    config: TinyGiantConfig
    decoder: LookingDecoder


@dataclass(frozen=True)
class EagerDecoders:
    """Gives every batch a decoder of its own, since every batch looks at other regions."""

    network: Looking
    dtype: torch.dtype
    device: torch.device

    def decoder(self, rows: int, capacity: int) -> EagerDecoder:
        """Decoder for `rows` rows and `capacity` tokens."""
        return EagerDecoder(self.network, rows, capacity, self.dtype, self.device)  # type: ignore[arg-type]
