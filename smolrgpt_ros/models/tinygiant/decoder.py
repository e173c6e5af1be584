# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SmolRGPT's language model, small, with blocks that look at the regions again."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from smolrgpt_ros.models.smolrgpt.cache import KeyValueCache
from smolrgpt_ros.models.smolrgpt.language import LanguageModel, Step

from .config import TinyGiantConfig
from .reinspection import LookAgain, Memory, Sight


class Decoder(LanguageModel):
    """Embeddings in, logits out."""

    def __init__(self, config: TinyGiantConfig) -> None:
        super().__init__(config)
        #: by the block they stand before
        self.looks = nn.ModuleDict(
            {str(number): LookAgain(config) for number in config.looking_blocks}
        )

    def sight(self, memory: Memory, first: int) -> Sight:
        """Keys and values of a memory, once for all tokens of its rows from place `first` on."""
        keys = {number: self._look(number).keys(memory.x) for number in map(int, self.looks)}
        return Sight(keys, memory.mask, first)

    def forward(
        self,
        x: Tensor,
        positions: Tensor,
        slots: Tensor,
        mask: Tensor,
        cache: KeyValueCache,
        sight: Sight | None = None,
    ) -> Tensor:
        """As `LanguageModel.forward`; with `sight`, tokens look at their row's regions again."""
        cos, sin = self.rotary_embd(positions, x.dtype)
        step = Step(cos, sin, slots, mask.repeat(1, self.groups, 1)[:, None], mask.shape[-1])
        for number, block in enumerate(self.blocks):
            if sight is not None and number in sight.keys:
                looks = (positions >= sight.first)[..., None]
                x = torch.where(looks, self.looked(number, x, sight), x)
            x = block(x, step, cache)
        return self.norm(x)

    def looked(self, number: int, x: Tensor, sight: Sight) -> Tensor:
        """States (B, L, C) before block `number` with what they see; `x` where it does not look."""
        if number not in sight.keys:
            return x
        return x + self._look(number)(x, sight.keys[number], sight.mask)

    def _look(self, number: int) -> LookAgain:
        """The look before block `number`."""
        return cast(LookAgain, self.looks[str(number)])
