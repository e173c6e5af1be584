# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From patch features to image tokens of the language model."""

from __future__ import annotations

from torch import Tensor, nn

from .config import SmolRgptConfig


class Connector(nn.Module):
    """Pixel shuffle, then one linear layer without bias."""

    def __init__(self, config: SmolRgptConfig) -> None:
        super().__init__()
        self.factor = config.mp_pixel_shuffle_factor
        self.proj = nn.Linear(
            config.vit_hidden_dim * self.factor**2, config.lm_hidden_dim, bias=False
        )

    def forward(self, patches: Tensor) -> Tensor:
        """(B, P, D) -> (B, T, C)."""
        return self.proj(pixel_shuffle(patches, self.factor))


def pixel_shuffle(patches: Tensor, factor: int) -> Tensor:
    """Lay `factor` x `factor` neighbours side by side: (B, P, D) -> (B, T, f*f*D)."""
    side = round(patches.shape[1] ** 0.5)
    grid = patches.unflatten(1, (side // factor, factor, side // factor, factor))
    return grid.transpose(2, 3).flatten(3).flatten(1, 2)  # (B, T, f*f*D), row then column
