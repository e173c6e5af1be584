# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What region tokens and the network's last thought hold, read off by linear maps.

Only while it is taught: an answer's few words say little about why it is wrong, and a small network
takes long to find out that regions have places at all. A probe says it at once, for every region of
every picture. Probes are no part of a checkpoint.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from smolrgpt_ros.models.batch import TaughtBatch

from .config import LanguageConfig

#: below this difference a mistake costs its square, above it itself
_SMALL = 0.05
#: of the value probe's loss, which is one number a question against many a region
_VALUE_WEIGHT = 1.0


class Probes(nn.Module):
    """Linear maps from both tokens of a region to its facts, and from a thought to a quantity."""

    def __init__(self, config: LanguageConfig, facts: int) -> None:
        """Read `facts` numbers off a region."""
        super().__init__()
        self.region = nn.Linear(2 * config.lm_hidden_dim, facts)
        self.value = nn.Linear(config.lm_hidden_dim, 1)
        for head in (self.region, self.value):
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)

    def forward(self, regions: Tensor, thoughts: Tensor, batch: TaughtBatch) -> Tensor:
        """Mean mistake about facts plus that about quantities.

        `regions` (R, 2 C) tokens of each region; `thoughts` (Q, C) hidden states, after the last
        norm, from which the first token of the answer follows. Quantities are compared as
        log(1 + value), since ten percent are as bad far away as they are close.
        """
        mistake = _mistake(self.region(regions), batch.facts)
        if batch.values.isfinite().any():
            told = self.value(thoughts)[:, 0]
            mistake = mistake + _VALUE_WEIGHT * _mistake(told, batch.values.log1p())
        return mistake


def _mistake(told: Tensor, true: Tensor) -> Tensor:
    """Mean over the numbers that are known (not NaN); of none: 0."""
    known = true.isfinite()
    if not known.any():
        return told.new_zeros(())
    return F.smooth_l1_loss(told.float()[known], true[known], beta=_SMALL)
