# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SigLIP2's vision tower: patches, pre-norm transformer blocks, no class token."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .config import SmolRgptConfig


class PatchEmbedding(nn.Module):
    """Patches as tokens, plus a learned position each."""

    def __init__(self, config: SmolRgptConfig) -> None:
        super().__init__()
        patch, width = config.vit_patch_size, config.vit_hidden_dim
        self.conv = nn.Conv2d(3, width, patch, patch)
        self.position_embedding = nn.Parameter(torch.empty(1, config.patches_per_side**2, width))

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, P, D)."""
        return self.conv(pictures).flatten(2).transpose(1, 2) + self.position_embedding


class VisionAttention(nn.Module):
    """Self-attention of all patches with all patches."""

    def __init__(self, config: SmolRgptConfig) -> None:
        super().__init__()
        self.heads = config.vit_n_heads
        self.qkv_proj = nn.Linear(config.vit_hidden_dim, 3 * config.vit_hidden_dim)
        self.out_proj = nn.Linear(config.vit_hidden_dim, config.vit_hidden_dim)

    def forward(self, x: Tensor) -> Tensor:
        """(B, P, D) -> (B, P, D)."""
        qkv = self.qkv_proj(x).unflatten(-1, (3, self.heads, -1))  # (B, P, 3, H, d)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # (B, H, P, d) each
        mixed = F.scaled_dot_product_attention(q, k, v)  # (B, H, P, d)
        return self.out_proj(mixed.transpose(1, 2).flatten(2))


class VisionMLP(nn.Module):
    """Two layers with the tanh form of GELU between."""

    def __init__(self, config: SmolRgptConfig) -> None:
        super().__init__()
        self.fc1 = nn.Linear(config.vit_hidden_dim, config.vit_inter_dim)
        self.fc2 = nn.Linear(config.vit_inter_dim, config.vit_hidden_dim)

    def forward(self, x: Tensor) -> Tensor:
        """(B, P, D) -> (B, P, D)."""
        return self.fc2(F.gelu(self.fc1(x), approximate='tanh'))


class VisionBlock(nn.Module):
    """Pre-norm attention and MLP, each added to its input."""

    def __init__(self, config: SmolRgptConfig) -> None:
        super().__init__()
        self.ln1 = nn.LayerNorm(config.vit_hidden_dim, config.vit_ln_eps)
        self.attn = VisionAttention(config)
        self.ln2 = nn.LayerNorm(config.vit_hidden_dim, config.vit_ln_eps)
        self.mlp = VisionMLP(config)

    def forward(self, x: Tensor) -> Tensor:
        """(B, P, D) -> (B, P, D)."""
        x = x + self.attn(self.ln1(x))
        return x + self.mlp(self.ln2(x))


class VisionEncoder(nn.Module):
    """Pictures of any modality (RGB or depth) to patch features."""

    def __init__(self, config: SmolRgptConfig) -> None:
        super().__init__()
        self.patch_embedding = PatchEmbedding(config)
        self.blocks = nn.ModuleList(VisionBlock(config) for _ in range(config.vit_n_blocks))
        self.layer_norm = nn.LayerNorm(config.vit_hidden_dim, config.vit_ln_eps)
        #: called with a block's index once it was used; the loader sets it to give back the pages
        #: of weights that stay in the mapped file
        self.after_block: Callable[[int], None] | None = None

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, P, D)."""
        x = self.patch_embedding(pictures)
        for index, block in enumerate(self.blocks):
            x = block(x)
            if self.after_block is not None:
                self.after_block(index)
        return self.layer_norm(x)
