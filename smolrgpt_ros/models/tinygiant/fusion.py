# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""RGB and depth, whole picture and regions, made into tokens by a mixture of experts."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .config import TinyGiantConfig
from .experts import ExpertLayer, Routing
from .regions import GEOMETRY, Regions
from .waves import Waves


class Fusion(nn.Module):
    """Features of both streams -> picture tokens and two tokens a region.

    A picture token starts as the sum of what RGB and depth say of its place. A region has one token
    for RGB and one for depth, each told what the other stream says of the region, what both say of
    the whole picture, and where the region is. All then pass the same layers of experts, whose gate
    decides token by token how the streams are combined.
    """

    def __init__(self, config: TinyGiantConfig) -> None:
        super().__init__()
        width, seen, fine = config.lm_hidden_dim, config.vision_dims[-1], config.fine_dim
        self.picture = nn.Linear(2 * seen, width)
        self.position = nn.Parameter(torch.zeros(config.mp_image_token_length, width))
        self.whole = nn.Linear(2 * seen, 2 * width)
        self.region = nn.Linear(2 * fine, 2 * width)
        self.geometry = Waves(GEOMETRY, 2 * width)
        self.layers = nn.ModuleList(ExpertLayer(config) for _ in range(config.fusion_layers))
        self.norm = nn.RMSNorm(width, config.lm_rms_eps)

    def pictures(self, rgb: Tensor, depth: Tensor) -> Tensor:
        """Tokens of both streams (P, T, V) -> picture tokens before the experts (P, T, C)."""
        return self.picture(torch.cat((rgb, depth), -1)) + self.position

    def regions(self, regions: Regions, whole: Tensor) -> Tensor:
        """Regions, mean tokens (R, 2 V) of their pictures -> before the experts (R, 2, C)."""
        both = self.region(torch.cat((regions.rgb, regions.depth), -1)) + self.whole(whole)
        return (both + self.geometry(regions.geometry)).unflatten(-1, (2, -1))

    def forward(self, tokens: Tensor) -> Tensor:
        """Any tokens (..., C) through the experts -> (..., C)."""
        x = tokens.flatten(0, -2)  # (N, C)
        for layer in self.layers:
            x = layer(x)
        return self.norm(x).view_as(tokens)

    @property
    def routings(self) -> list[Routing]:
        """What each layer's gate did in the last pass; empty without experts."""
        found = (layer.routing for layer in self.layers if isinstance(layer, ExpertLayer))
        return [routing for routing in found if routing is not None]
