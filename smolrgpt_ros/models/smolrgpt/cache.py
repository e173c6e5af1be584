# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Keys and values of what was read so far, in memory that is allocated once."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from .config import LanguageConfig


class Stored(Protocol):
    """Keys and values (layers, rows, tokens, kv heads, head size)."""

    @property
    def keys(self) -> Tensor:
        """Keys."""
        ...

    @property
    def values(self) -> Tensor:
        """Values."""
        ...


class KeyValueCache:
    """Static cache of `rows` sequences, `capacity` tokens each.

    Every token has a slot. Rows need not be equally long: what a token may see is said by a mask,
    so slots that hold nothing yet, or padding, are never read.
    """

    def __init__(
        self,
        config: LanguageConfig,
        rows: int,
        capacity: int,
        *,
        dtype: torch.dtype,
        device: torch.device,
    ) -> None:
        """Allocate keys and values (layers, rows, capacity, kv heads, head size)."""
        shape = (config.lm_n_blocks, rows, capacity, config.lm_n_kv_heads, config.head_dim)
        # Zeros, not empty: a masked slot still multiplies, and 0 x NaN would be NaN.
        self.keys = torch.zeros(shape, dtype=dtype, device=device)
        self.values = torch.zeros(shape, dtype=dtype, device=device)
        self.first = torch.arange(rows, device=device)[:, None] * capacity  # (rows, 1)

    @property
    def capacity(self) -> int:
        """Tokens a row can hold."""
        return self.keys.shape[2]

    def start_with(self, prefix: Stored, length: int) -> None:
        """Copy the first `length` tokens of a one-row cache into every row."""
        self.keys[:, :, :length] = prefix.keys[:, :, :length]
        self.values[:, :, :length] = prefix.values[:, :, :length]

    def write(self, layer: int, slots: Tensor, k: Tensor, v: Tensor) -> None:
        """Store k and v (B, L, kv, d) of one layer at `slots` (B, L)."""
        index = (self.first + slots).flatten()
        for store, new in ((self.keys, k), (self.values, v)):
            store[layer].flatten(0, 1).index_copy_(0, index, new.flatten(0, 1))

    def read(self, layer: int, used: int) -> tuple[Tensor, Tensor]:
        """Keys and values of one layer (B, kv, used, d)."""
        return (
            self.keys[layer, :, :used].transpose(1, 2),
            self.values[layer, :, :used].transpose(1, 2),
        )
