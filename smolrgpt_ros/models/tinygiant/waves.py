# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Numbers as waves: what a network reads exactly where it would only guess from one channel."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class Waves(nn.Module):
    """Sines and cosines of numbers around [-1, 1] at octaves, then a linear layer.

    Fourier features (Tancik et al. 2020): a linear layer of a plain coordinate cannot tell 0.50
    from 0.51; the shortest wave here is 1/64 of the range long.
    """

    def __init__(self, numbers: int, width: int, octaves: int = 8) -> None:
        super().__init__()
        self.octaves = octaves
        self.proj = nn.Linear(numbers * (2 * octaves + 1), width)

    def forward(self, x: Tensor) -> Tensor:
        """(..., N) -> (..., C)."""
        # In float32 whatever the weights are: half precision has no digits for the short waves.
        x = x.float()
        octaves = math.pi * 2.0 ** torch.arange(self.octaves, device=x.device)
        angles = (x[..., None] * octaves).flatten(-2)
        waves = torch.cat((x, angles.sin(), angles.cos()), -1)
        return self.proj(waves.to(self.proj.weight.dtype))


def order_waves(places: Tensor, width: int) -> Tensor:
    """Numbers 0, 1, 2, ... (N,) as sinusoids (N, C) (Vaswani et al. 2017): no largest number."""
    rates = 10000.0 ** -(torch.arange(0, width, 2, device=places.device).float() / width)
    angles = places.float()[:, None] * rates  # (N, C / 2)
    return torch.cat((angles.sin(), angles.cos()), -1)[:, :width]
