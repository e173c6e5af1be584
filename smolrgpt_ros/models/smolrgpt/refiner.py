# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Image tokens to a map eight times finer, computed only where a region looks.

A transposed convolution with kernel and stride two never overlaps, and the norms work on one place
at a time: every token becomes its own 8x8 cells, independent of all other tokens. So the
convolutions are linear layers from one place to four, and places that no mask covers are skipped.

Places are counted token first, then quadrant by quadrant: `cell * 4 + quadrant`. `by_quadrant`
brings a picture-shaped map into this order.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .config import SmolRgptConfig

#: quadrants of quadrants that make one cell of the refiner's last input
CELLS_PER_TOKEN = 16


class Doubling(nn.Module):
    """One 2x2 stride-2 transposed convolution as a linear layer from one place to its four."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, 4 * width)

    def forward(self, x: Tensor) -> Tensor:
        """(n, C) -> (n, 4, C), quadrants row by row."""
        return self.proj(x).unflatten(-1, (4, -1))


class Refiner(nn.Module):
    """Three doublings with channel norms and GELU."""

    def __init__(self, config: SmolRgptConfig) -> None:
        super().__init__()
        width = config.lm_hidden_dim
        self.doublings = nn.ModuleList(Doubling(width) for _ in range(3))
        self.norms = nn.ModuleList(nn.LayerNorm(width, 1e-6) for _ in range(2))

    def forward(self, tokens: Tensor, cells: Tensor) -> Tensor:
        """Tokens (T, C) and sorted cell numbers (n,) -> refined places of these cells (n, 4, C)."""
        halves = torch.unique(cells // 4)  # (h,)
        wholes = torch.unique(cells // 16)  # (w,)
        x = self._doubled(0, tokens[wholes])  # (w, 4, C)
        x = x[torch.searchsorted(wholes, halves // 4), halves % 4]  # (h, C)
        x = self._doubled(1, x)  # (h, 4, C)
        x = x[torch.searchsorted(halves, cells // 4), cells % 4]  # (n, C)
        return F.gelu(self.doublings[2](x))  # (n, 4, C)

    def _doubled(self, index: int, x: Tensor) -> Tensor:
        """(n, C) -> (n, 4, C) through one doubling, norm and GELU."""
        return F.gelu(self.norms[index](self.doublings[index](x)))


def by_quadrant(grid: Tensor) -> Tensor:
    """(R, 8t, 8t) -> (R, 64 t*t): picture order to the order of refined places."""
    side = grid.shape[-1] // 8
    split = grid.reshape(-1, side, 2, 2, 2, side, 2, 2, 2)
    count = grid.shape[-2] * grid.shape[-1]  # spelled out: there may be no regions at all
    return split.permute(0, 1, 5, 2, 6, 3, 7, 4, 8).reshape(grid.shape[0], count)


def as_linear(weight: Tensor) -> Tensor:
    """Transposed convolution's weight (C, N, 2, 2) -> linear layer's (4 N, C)."""
    return weight.permute(2, 3, 1, 0).reshape(-1, weight.shape[0])
