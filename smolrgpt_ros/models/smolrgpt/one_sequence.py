# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Decoding of one sequence on a CPU with as few operations as it takes.

One token is a chain of products of a matrix with a vector, bound by the memory's speed; everything
between them is tiny, and costs what calling an operation costs. The general form (`decode_step`)
calls about 45 operations a layer beside its products, this one about 20.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from .cache import KeyValueCache
from .language import Attention, DecoderBlock
from .network import Network


class SequenceDecoder:
    """As `EagerDecoder`, for a single row in float32 on a CPU."""

    def __init__(self, network: Network, capacity: int) -> None:
        """Allocate a cache of `capacity` tokens."""
        self.network = network
        self.cache = KeyValueCache(
            network.config, 1, capacity, dtype=torch.float32, device=torch.device('cpu')
        )

    def step(self, ids: Tensor, slots: Tensor) -> tuple[Tensor, Tensor]:
        """Next token and log-probability (1,) of `ids` (1,) standing at `slots` (1,)."""
        decoder, slot = self.network.decoder, int(slots)
        turn = Turn(*decoder.rotary_embd(slots[:, None], torch.float32))
        x = decoder.embed(ids[:, None])[0]  # (1, D)
        blocks = cast('Iterable[DecoderBlock]', decoder.blocks)
        for block, keys, values in zip(blocks, self.cache.keys, self.cache.values):
            x = x + attended(block.attn, normed(x, block.norm1), turn, keys[0], values[0], slot)
            x += block.mlp(normed(x, block.norm2))
        return next_tokens(decoder.logits(normed(x, decoder.norm)))


class Turn:
    """Rotary embedding at one place: factors of a head, and of the head with swapped halves."""

    def __init__(self, cos: Tensor, sin: Tensor) -> None:
        """`cos` and `sin` of any shape that ends in d."""
        self.straight = cos.flatten()
        left, right = sin.flatten().chunk(2)
        self.swapped = torch.cat((-left, right))

    def __call__(self, heads: Tensor) -> Tensor:
        """(H, d) -> (H, d)."""
        swapped = heads.view(len(heads), 2, -1).flip(1).view_as(heads)
        return torch.addcmul(heads * self.straight, swapped, self.swapped)


def attended(
    attn: Attention, x: Tensor, turn: Turn, keys: Tensor, values: Tensor, slot: int
) -> Tensor:
    """Attention of one token `x` (1, D) at `slot`; its key and value go into (capacity, kv, d)."""
    heads, both = attn.heads, attn.heads + attn.kv_heads
    qkv = attn.qkv_proj(x).view(-1, attn.head_dim)  # (H + 2 kv, d)
    turned = turn(qkv[:both])
    keys[slot], values[slot] = turned[heads:], qkv[both:]
    q = turned[:heads].view(attn.kv_heads, -1, attn.head_dim)  # (kv, g, d)
    seen = slot + 1
    weights = torch.bmm(q, keys[:seen].permute(1, 2, 0)).mul_(attn.head_dim**-0.5)
    mixed = torch.bmm(weights.softmax(-1), values[:seen].transpose(0, 1))  # (kv, g, d)
    return attn.out_proj(mixed.view(1, -1))


def normed(x: Tensor, norm: nn.RMSNorm) -> Tensor:
    """RMS norm of one token (1, D)."""
    row = x[0]
    mean = torch.dot(row, row).item() / len(row)
    return (x * norm.weight).mul_((mean + (norm.eps or 0.0)) ** -0.5)


def next_tokens(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Greedy choice: logits (B, V) -> token numbers (B,) and their log-probabilities (B,)."""
    best, ids = logits.max(-1)
    return ids, best - logits.logsumexp(-1)
