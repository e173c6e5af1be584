# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Weights in eight bits: symmetric, one scale a row."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Int8Weight(NamedTuple):
    """`values` (N, K) int8 and `scale` (N,) float32; the weight is their product row by row."""

    values: Tensor
    scale: Tensor

    def dequantised(self) -> Tensor:
        """(N, K) float32."""
        return self.values.float() * self.scale[:, None]


def quantise(weight: Tensor) -> Int8Weight:
    """Round the rows of `weight` (N, K) to -127..127 of their own largest magnitude."""
    weight = weight.float()
    scale = weight.abs().amax(1).div_(127).clamp_min_(1e-30)
    return Int8Weight((weight / scale[:, None]).round_().to(torch.int8), scale)
