# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What region tokens and the network's thoughts hold, read off by linear maps.

Only while it is taught: an answer's few words say little about why it is wrong, and a small network
takes long to find out that regions have places at all. A probe says it at once, for every region of
every picture. Probes are no part of a checkpoint.
"""

from __future__ import annotations

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

    def __init__(self, width: int, facts: int, relations: int) -> None:
        """Read `facts` numbers off a region and `relations` off a region among others.

        `width`: channels of a token and of a thought.
        """
        super().__init__()
        self.region = nn.Linear(2 * width, facts)
        self.relation = nn.ModuleList(nn.Linear(width, relations) for _ in range(DEPTHS))
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
        mistake = _mistake(self.region(_LOUDER * regions), batch.facts)
        if len(relating):
            true = batch.relations[batch.related]
            for depth, head in enumerate(self.relation):
                state = relating[:, depth]
                mistake = mistake + _mistake(head(F.rms_norm(state, state.shape[-1:])), true)
        return mistake + _mistake(self.value(thoughts)[:, 0], batch.values.log1p())


def _mistake(told: Tensor, true: Tensor) -> Tensor:
    """Mean over the numbers that are known (not NaN); of none: 0."""
    known = true.isfinite()
    if not known.any():
        return told.new_zeros(())
    return F.smooth_l1_loss(told.float()[known], true[known], beta=_SMALL)
