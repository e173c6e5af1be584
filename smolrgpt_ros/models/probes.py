# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What region tokens and the network's thoughts hold, read off by linear maps.

Only while it is taught: an answer's few words say little about why it is wrong, and a small network
takes long to find out that regions have places at all. A probe says it at once, for every region of
every picture. Probes are no part of a checkpoint.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .batch import TaughtBatch
from .smolrgpt.reading import DEPTHS

#: below this difference a mistake costs its square, above it itself
_SMALL = 0.05
#: region tokens differ by a tenth of what thoughts, which a norm has brought to one, differ by
_LOUDER = 10.0


class Probes(nn.Module):
    """Linear maps from tokens of regions and from thoughts to what they should hold."""

    facts: Tensor
    relations: Tensor

    def __init__(self, width: int, facts: Sequence[bool], relations: Sequence[bool]) -> None:
        """Read `facts` off a region and `relations` off a region among others.

        `width`: channels of a token and of a thought. True stands for a yes (1) or no (0), false
        for a quantity.
        """
        super().__init__()
        self.register_buffer('facts', torch.tensor(facts), persistent=False)
        self.register_buffer('relations', torch.tensor(relations), persistent=False)
        self.region = nn.Linear(2 * width, len(facts))
        self.relation = nn.ModuleList(nn.Linear(width, len(relations)) for _ in range(DEPTHS))
        self.value = nn.Linear(width, 1)
        for head in (self.region, *self.relation, self.value):
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)

    def forward(
        self, regions: Tensor, relating: Tensor, thoughts: Tensor, batch: TaughtBatch
    ) -> Tensor:
        """Sum of the mean mistakes about facts, about relations and about quantities.

        `regions` (R, 2 C) tokens of each region; `relating` (m, DEPTHS, C) states at the m regions
        in questions whose relations are known, in order; `thoughts` (Q, C) states,
        after the last norm, from which the first token of the answer follows. Quantities are
        compared as log(1 + value), since ten percent are as bad far away as they are close.
        """
        mistake = _mistake(self.region(_LOUDER * regions), batch.facts, self.facts)
        if len(relating):
            true = batch.relations[batch.related]
            for depth, head in enumerate(self.relation):
                state = relating[:, depth]
                told = head(F.rms_norm(state, state.shape[-1:]))
                mistake = mistake + _mistake(told, true, self.relations)
        quantity = torch.zeros(1, dtype=torch.bool, device=thoughts.device)
        return mistake + _mistake(self.value(thoughts), batch.values.log1p()[:, None], quantity)


def _mistake(told: Tensor, true: Tensor, is_flag: Tensor) -> Tensor:
    """Mean over the numbers (n, k) that are known (not NaN); of none: 0.

    What is yes or no costs its cross entropy: of a difference, which is least for the more frequent
    of the two, a network learns to always tell that one.
    """
    known = true.isfinite()
    if not known.any():
        return told.new_zeros(())
    told, true, is_flag = told.float()[known], true[known], is_flag.expand_as(known)[known]
    flags = F.binary_cross_entropy_with_logits(told, true, reduction='none')
    quantities = F.smooth_l1_loss(told, true, beta=_SMALL, reduction='none')
    return torch.where(is_flag, flags, quantities).mean()
