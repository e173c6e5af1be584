# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SmolRGPT's language model, small, with blocks that look at the regions again."""

from __future__ import annotations

from typing import Protocol, cast

import torch
from torch import Tensor, nn

from smolrgpt_ros.models.smolrgpt.cache import KeyValueCache
from smolrgpt_ros.models.smolrgpt.language import LanguageModel, Step

from .config import TinyGiantConfig
from .reinspection import LookAgain, Memory, Sight


class Keys(Protocol):
    """Where a block puts its keys and values, and what of all it then attends to."""

    def write(self, layer: int, slots: Tensor, k: Tensor, v: Tensor) -> None:
        """Store k and v (B, L, kv, d) of one layer at `slots` (B, L)."""
        ...

    def read(self, layer: int, used: int) -> tuple[Tensor, Tensor]:
        """Keys and values of one layer (B, kv, used, d)."""
        ...


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
        cache: KeyValueCache | Keys,
        sight: Sight | None = None,
    ) -> Tensor:
        """As `LanguageModel.forward`; with `sight`, tokens look at their row's regions again."""
        cos, sin = self.rotary_embd(positions, x.dtype)
        step = Step(cos, sin, slots, mask.repeat(1, self.groups, 1)[:, None], mask.shape[-1])
        for number, block in enumerate(self.blocks):
            if sight is not None and number in sight.keys:
                seen = self._look(number)(x, sight.keys[number], sight.mask)
                x = x + torch.where((positions >= sight.first)[..., None], seen, 0)
            x = block(x, step, cache)
        return self.norm(x)

    def _look(self, number: int) -> LookAgain:
        """The look before block `number`."""
        return cast(LookAgain, self.looks[str(number)])


class TaughtKeys:
    """Keys and values of a pass that gradients pass through: nothing is written in place.

    Questions see the keys of their picture's prefix before their own.
    """

    def __init__(self, prefix: TaughtKeys | None = None, owner: Tensor | None = None) -> None:
        """`owner` (Q,): row of `prefix` that each row follows."""
        self._prefix, self._owner = prefix, owner
        self._layers: dict[int, tuple[Tensor, Tensor]] = {}

    def write(self, layer: int, slots: Tensor, k: Tensor, v: Tensor) -> None:
        """Keep k and v (B, L, kv, d); their places are the next ones."""
        if self._prefix is not None:
            before = self._prefix._layers[layer]
            k, v = (torch.cat((old[self._owner], new), 1) for old, new in zip(before, (k, v)))
        self._layers[layer] = k, v

    def read(self, layer: int, used: int) -> tuple[Tensor, Tensor]:
        """Keys and values of one layer (B, kv, used, d)."""
        k, v = self._layers[layer]
        return k.transpose(1, 2), v.transpose(1, 2)
