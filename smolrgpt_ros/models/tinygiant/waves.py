# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Numbers as waves: what a network reads exactly where it would only guess from one channel."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

#: each half as long as the one before
_OCTAVES = 8


class Waves(nn.Module):
    """Sines and cosines of numbers around [-1, 1] at octaves, then a linear layer.

    Fourier features (Tancik et al. 2020): a linear layer of a plain coordinate cannot tell 0.50
    from 0.51; the shortest wave here is 1/64 of the range long.
    """

    def __init__(self, numbers: int, width: int) -> None:
        super().__init__()
        self.proj = nn.Linear(numbers * (2 * _OCTAVES + 1), width)

    def forward(self, x: Tensor) -> Tensor:
        """(..., N) -> (..., C)."""
        # In float32 whatever the weights are: half precision has no digits for the short waves.
        x = x.float()
        octaves = math.pi * 2.0 ** torch.arange(_OCTAVES, device=x.device)
        angles = (x[..., None] * octaves).flatten(-2)
        waves = torch.cat((x, angles.sin(), angles.cos()), -1)
        return self.proj(waves.to(self.proj.weight.dtype))


def first_scales(inputs: int) -> Tensor:
    """How loud each of the `inputs` of `Waves.proj` is in a new network; squares sum to one.

    Every octave half as loud as the one before: all equally loud, a pallet moved by ten centimetres
    would look like another pallet, and nothing learnt of one place would hold beside it.
    """
    octaves = 2.0 ** -torch.arange(1, _OCTAVES + 1)
    numbers = inputs // (2 * _OCTAVES + 1)
    scales = torch.cat((torch.ones(numbers), octaves.repeat(2 * numbers)))
    return scales / scales.norm()


def order_waves(places: Tensor, width: int) -> Tensor:
    """Numbers 0, 1, 2, ... (N,) as sinusoids (N, C) (Vaswani et al. 2017): no largest number."""
    rates = 10000.0 ** -(torch.arange(0, width, 2, device=places.device).float() / width)
    angles = places.float()[:, None] * rates  # (N, C / 2)
    return torch.cat((angles.sin(), angles.cos()), -1)[:, :width]
