# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SmolLM2: Llama blocks over a static key/value cache."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .cache import KeyValueCache
from .config import LanguageConfig


@dataclass(frozen=True)
class Step:
    """Where the tokens of one forward pass stand and what they may see.

    `cos`, `sin` (B, L, 1, d); `slots` (B, L) in the cache; `mask` (B, 1, g*L, used), true where a
    token may look, repeated for the g query heads that share a key head; `used` slots of the cache.
    """

    cos: Tensor
    sin: Tensor
    slots: Tensor
    mask: Tensor
    used: int


class Attention(nn.Module):
    """Grouped-query attention: query heads that share a key head are stacked along the length."""

    def __init__(self, config: LanguageConfig, layer: int) -> None:
        super().__init__()
        self.layer, self.head_dim = layer, config.head_dim
        self.heads, self.kv_heads = config.lm_n_heads, config.lm_n_kv_heads
        width = (self.heads + 2 * self.kv_heads) * self.head_dim
        self.qkv_proj = nn.Linear(config.lm_hidden_dim, width, bias=False)
        self.out_proj = nn.Linear(config.lm_hidden_dim, config.lm_hidden_dim, bias=False)

    def forward(self, x: Tensor, step: Step, cache: KeyValueCache) -> Tensor:
        """(B, L, D) -> (B, L, D); writes the new keys and values into `cache`."""
        qkv = self.qkv_proj(x).unflatten(-1, (-1, self.head_dim))  # (B, L, H+2kv, d)
        qk, v = qkv.split((self.heads + self.kv_heads, self.kv_heads), dim=2)
        q, k = rotated(qk, step.cos, step.sin).split((self.heads, self.kv_heads), dim=2)
        cache.write(self.layer, step.slots, k, v)
        grouped = q.unflatten(2, (self.kv_heads, -1)).permute(0, 2, 3, 1, 4)  # (B, kv, g, L, d)
        mixed = F.scaled_dot_product_attention(  # (B, kv, g*L, d)
            grouped.flatten(2, 3), *cache.read(self.layer, step.used), attn_mask=step.mask
        )
        heads = mixed.unflatten(2, (-1, x.shape[1])).permute(0, 3, 1, 2, 4)  # (B, L, kv, g, d)
        return self.out_proj(heads.flatten(2))


class GatedMLP(nn.Module):
    """SiLU-gated MLP; gate and up come from one product."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.gate_up_proj = nn.Linear(width, 2 * inner, bias=False)
        self.down_proj = nn.Linear(inner, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, L, D) -> (B, L, D)."""
        gate, up = self.gate_up_proj(x).chunk(2, dim=-1)
        return self.down_proj(F.silu(gate).mul_(up))


class DecoderBlock(nn.Module):
    """Pre-norm attention and MLP, each added to its input."""

    def __init__(self, config: LanguageConfig, layer: int) -> None:
        super().__init__()
        self.norm1 = nn.RMSNorm(config.lm_hidden_dim, config.lm_rms_eps)
        self.attn = Attention(config, layer)
        self.norm2 = nn.RMSNorm(config.lm_hidden_dim, config.lm_rms_eps)
        self.mlp = GatedMLP(config.lm_hidden_dim, config.lm_inter_dim)

    def forward(self, x: Tensor, step: Step, cache: KeyValueCache) -> Tensor:
        """(B, L, D) -> (B, L, D)."""
        x = x + self.attn(self.norm1(x), step, cache)
        return x + self.mlp(self.norm2(x))


class Rotary(nn.Module):
    """Rotary position embedding from the checkpoint's own frequencies."""

    inv_freq: Tensor

    def __init__(self, config: LanguageConfig) -> None:
        super().__init__()
        self.scaling = config.lm_attn_scaling
        self.register_buffer('inv_freq', torch.empty(config.head_dim // 2))

    def forward(self, positions: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Positions (B, L) -> cosines and sines (B, L, 1, d)."""
        angles = positions[..., None, None].float() * self.inv_freq
        angles = torch.cat((angles, angles), dim=-1)
        return ((angles.cos() * self.scaling).to(dtype), (angles.sin() * self.scaling).to(dtype))


class LanguageModel(nn.Module):
    """Embeddings in, logits out; the head is the embedding, stored once."""

    def __init__(self, config: LanguageConfig) -> None:
        super().__init__()
        self.groups = config.lm_n_heads // config.lm_n_kv_heads
        self.blocks = nn.ModuleList(DecoderBlock(config, i) for i in range(config.lm_n_blocks))
        self.norm = nn.RMSNorm(config.lm_hidden_dim, config.lm_rms_eps)
        self.rotary_embd = Rotary(config)
        self.head = nn.Linear(config.lm_hidden_dim, config.vocabulary, bias=False)
        #: set where the head is packed and its rows cannot be read
        self.rows: nn.Module | None = None

    def embed(self, ids: Tensor) -> Tensor:
        """(B, L) -> (B, L, D)."""
        return F.embedding(ids, self.head.weight) if self.rows is None else self.rows(ids)

    def forward(
        self, x: Tensor, positions: Tensor, slots: Tensor, mask: Tensor, cache: KeyValueCache
    ) -> Tensor:
        """Hidden states (B, L, D) of embeddings `x` (B, L, D), after the last norm.

        `positions` and `slots` (B, L); `mask` (B, L, used), true where a token may look.
        """
        cos, sin = self.rotary_embd(positions, x.dtype)
        step = Step(cos, sin, slots, mask.repeat(1, self.groups, 1)[:, None], mask.shape[-1])
        for block in self.blocks:
            x = block(x, step, cache)
        return self.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., D) -> (..., V), float32."""
        return self.head(hidden).float()


def rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn pairs (i, i + d/2) of the channels of `x` (B, L, H, d) by their angles."""
    left, right = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-right, left), dim=-1) * sin
