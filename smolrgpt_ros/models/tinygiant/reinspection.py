# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Looking at the regions again: what the question asks for is sought where the regions are.

A region's token was made before anything was asked. In the decoder's second half every token of
the question and of the answer, which by then knows what is wanted, attends to points of the fine
maps in and around the question's regions.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .config import TinyGiantConfig
from .regions import WHERE, Points
from .waves import Waves, order_waves


@dataclass(frozen=True)
class Memory:
    """What the tokens of B rows may look at again.

    Attributes:
        x: (B, N, C) points of the row's regions behind one that stands for nothing.
        mask: (B, 1, 1, N) true where there is something.
    """

    x: Tensor
    mask: Tensor


@dataclass(frozen=True)
class Sight:
    """A `Memory` as keys and values (B, H, N, d) of each decoder block that looks, by block."""

    keys: dict[int, tuple[Tensor, Tensor]]
    mask: Tensor
    #: position of the first token that looks: the picture's own tokens, which all questions share,
    #: cannot depend on one question's regions
    first: int


class Crops(nn.Module):
    """Points of the fine maps as tokens that can be attended to."""

    def __init__(self, config: TinyGiantConfig) -> None:
        super().__init__()
        width = config.lm_hidden_dim
        self.seen = nn.Linear(2 * config.fine_dim, width)
        self.where = Waves(WHERE, width)
        self.region = nn.Linear(2 * width, width)
        self.order = nn.Linear(width, width, bias=False)
        self.norm = nn.RMSNorm(width, config.lm_rms_eps)
        #: what a token attends to that has nothing to look for
        self.nothing = nn.Parameter(torch.zeros(width))

    def forward(self, points: Points, tokens: Tensor) -> Tensor:
        """Points of R regions and the regions' tokens (R, 2, C) -> (R, M, C)."""
        seen = self.seen(torch.cat((points.rgb, points.depth), -1)) + self.where(points.where)
        return seen + self.region(tokens.flatten(1))[:, None]

    def memory(self, crops: Tensor, regions: Tensor) -> Memory:
        """Crops (R, M, C) and each row's regions (B, K) in the question's order, -1 behind them."""
        rows, most = regions.shape
        places = torch.arange(most, device=crops.device)
        order = self.order(order_waves(places, crops.shape[-1]).to(crops))  # (K, C)
        # Without any region in the batch there is no row to pick from.
        picked = crops[regions.clamp_min(0)] if most else crops.new_zeros(rows, 0, *crops.shape[1:])
        x = (picked + order[:, None]).flatten(1, 2)  # (B, K * M, C)
        nothing = self.nothing.to(x).expand(rows, 1, -1)
        there = regions.ge(0).repeat_interleave(crops.shape[1], 1)  # (B, K * M)
        mask = torch.cat((there.new_ones(rows, 1), there), 1)
        return Memory(self.norm(torch.cat((nothing, x), 1)), mask[:, None, None])


class LookAgain(nn.Module):
    """Cross-attention from the decoder's tokens to a memory, added to the tokens."""

    def __init__(self, config: TinyGiantConfig) -> None:
        super().__init__()
        width = config.lm_hidden_dim
        self.heads = config.lm_n_heads
        self.norm = nn.RMSNorm(width, config.lm_rms_eps)
        self.q_proj = nn.Linear(width, width, bias=False)
        self.kv_proj = nn.Linear(width, 2 * width, bias=False)
        self.out_proj = nn.Linear(width, width, bias=False)

    def keys(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Memory (B, N, C) -> keys and values (B, H, N, d)."""
        k, v = self.kv_proj(memory).unflatten(-1, (2, self.heads, -1)).permute(2, 0, 3, 1, 4)
        return k, v

    def forward(self, x: Tensor, keys: tuple[Tensor, Tensor], mask: Tensor) -> Tensor:
        """(B, L, C) -> what is added to it (B, L, C)."""
        q = self.q_proj(self.norm(x)).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        mixed = F.scaled_dot_product_attention(q, *keys, attn_mask=mask)  # (B, H, L, d)
        return self.out_proj(mixed.transpose(1, 2).flatten(2))


def regions_in_order(slots: Tensor, first_tokens: Tensor) -> Tensor:
    """Regions (B, K) of each row in the question's order, -1 behind them.

    `slots` (B, L): region at each mask token; `first_tokens` (B, L): true at the first token of
    each region, which so counts once.
    """
    order = first_tokens.long().cumsum(1) - 1  # (B, L)
    most = int(order[:, -1].max()) + 1 if order.numel() else 0
    regions = slots.new_full((len(slots), most), -1)
    row, place = torch.nonzero(first_tokens, as_tuple=True)
    regions[row, order[row, place]] = slots[row, place]
    return regions
