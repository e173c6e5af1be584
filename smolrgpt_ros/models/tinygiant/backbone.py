# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One stream's backbone: ConvNeXt V2 (Woo et al. 2023), small, and its finest map enriched.

Parameters are named as in Hugging Face's ``ConvNextV2Model``, whose weights therefore fit.
Feature maps are (B, H, W, C): every layer but the depthwise convolution works on one place.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_EPS = 1e-6


class ResponseNorm(nn.Module):
    """Global response normalisation: a channel counts by its share of all channels' strength."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, 1, 1, width))
        self.bias = nn.Parameter(torch.zeros(1, 1, 1, width))

    def forward(self, x: Tensor) -> Tensor:
        """(B, H, W, C) -> (B, H, W, C)."""
        strength = torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True)  # (B, 1, 1, C)
        share = strength / (strength.mean(-1, keepdim=True) + _EPS)
        return self.weight * (x * share) + self.bias + x


class ConvBlock(nn.Module):
    """Depthwise 7x7, then an MLP on every place, added to the input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.layernorm = nn.LayerNorm(width, _EPS)
        self.pwconv1 = nn.Linear(width, 4 * width)
        self.grn = ResponseNorm(4 * width)
        self.pwconv2 = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, H, W, C) -> (B, H, W, C)."""
        y = self.layernorm(convolved(self.dwconv, x))
        return x + self.pwconv2(self.grn(F.gelu(self.pwconv1(y))))


class Downsampling(nn.Sequential):
    """Norm, then a convolution that makes one place of four."""

    def __init__(self, width: int, wider: int) -> None:
        super().__init__(nn.LayerNorm(width, _EPS), nn.Conv2d(width, wider, 2, 2))

    def forward(self, x: Tensor) -> Tensor:
        """(B, H, W, C) -> (B, H / 2, W / 2, D)."""
        norm, conv = self
        return convolved(conv, norm(x))


class Stage(nn.Module):
    """Blocks of one resolution, behind a downsampling where it is not the first."""

    def __init__(self, before: int | None, width: int, depth: int) -> None:
        super().__init__()
        self.downsampling_layer = nn.Identity() if before is None else Downsampling(before, width)
        self.layers = nn.Sequential(*(ConvBlock(width) for _ in range(depth)))

    def forward(self, x: Tensor) -> Tensor:
        """(B, H, W, C) -> (B, H or H / 2, W or W / 2, D)."""
        return self.layers(self.downsampling_layer(x))


class Stem(nn.Module):
    """4x4 pixels to one place, normed."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.patch_embeddings = nn.Conv2d(3, width, 4, 4)
        self.layernorm = nn.LayerNorm(width, _EPS)

    def forward(self, picture: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, S / 4, S / 4, C)."""
        return self.layernorm(self.patch_embeddings(picture).permute(0, 2, 3, 1))


class Encoder(nn.Module):
    """The four stages."""

    def __init__(self, dims: Sequence[int], depths: Sequence[int]) -> None:
        super().__init__()
        before = (None, *dims[:-1])
        self.stages = nn.ModuleList(map(Stage, before, dims, depths))

    def forward(self, x: Tensor) -> list[Tensor]:
        """(B, S / 4, S / 4, C) -> maps of 4, 8, 16 and 32 pixels a place."""
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


class Backbone(nn.Module):
    """Picture to the maps of its four stages."""

    def __init__(self, dims: Sequence[int], depths: Sequence[int]) -> None:
        super().__init__()
        self.embeddings = Stem(dims[0])
        self.encoder = Encoder(dims, depths)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """(B, 3, S, S) -> (B, S / 4, S / 4, C0) to (B, S / 32, S / 32, C3)."""
        return self.encoder(self.embeddings(pictures))


class FinePyramid(nn.Module):
    """All stages in one map of the finest resolution, coarse ones doubled and added on the way.

    A feature pyramid (Lin et al. 2017): what a place is, known only to the coarse stages, meets
    where exactly it ends, known only to the fine ones.
    """

    def __init__(self, dims: Sequence[int], width: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(dim, _EPS) for dim in dims)
        self.laterals = nn.ModuleList(nn.Linear(dim, width) for dim in dims)
        self.smooth = ConvBlock(width)
        self.norm = nn.LayerNorm(width, _EPS)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Maps of the stages -> (B, S / 4, S / 4, F)."""
        levels = [
            lateral(norm(level)) for level, norm, lateral in zip(maps, self.norms, self.laterals)
        ]
        x = levels[-1]
        for level in reversed(levels[:-1]):
            x = level + doubled(x)
        return self.norm(self.smooth(x))


class Stream(nn.Module):
    """RGB or depth: the whole picture as tokens, and a fine map that regions are read from."""

    def __init__(self, dims: Sequence[int], depths: Sequence[int], fine_dim: int) -> None:
        super().__init__()
        self.backbone = Backbone(dims, depths)
        self.pyramid = FinePyramid(dims, fine_dim)
        self.norm = nn.LayerNorm(dims[-1], _EPS)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 3, S, S) -> tokens (B, T, C3), fine map (B, S / 4, S / 4, F)."""
        maps = self.backbone(pictures)
        return self.norm(maps[-1]).flatten(1, 2), self.pyramid(maps)


def convolved(conv: nn.Module, x: Tensor) -> Tensor:
    """Convolution of a map that has its channels last."""
    return conv(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


def doubled(x: Tensor) -> Tensor:
    """(B, H, W, C) -> (B, 2 H, 2 W, C), bilinear."""
    planes = x.permute(0, 3, 1, 2)
    return F.interpolate(planes, scale_factor=2.0, mode='bilinear').permute(0, 2, 3, 1)
