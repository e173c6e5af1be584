# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a network learns from in one step: pictures, and many questions about each of them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

#: label of a token that is not to be learnt
IGNORED = -100


@dataclass(frozen=True)
class TaughtBatch:
    """P pictures with R regions and Q questions of up to L tokens, padded on the right.

    A picture is encoded once and a region pooled once, however many questions are about them.

    Attributes:
        rgb: (P, 3, S, S) float32, preprocessed.
        depth: (P, 3, S, S) float32, preprocessed.
        weights: (R, side * side) float32, each region's mask on the refined map in the order of
            refined places.
        region_picture: (R,) picture of each region.
        ids: (Q, L) tokens of the questions and their answers, without the prompt's prefix.
        labels: (Q, L) as `ids` where a token is to be learnt, else `IGNORED`.
        question_picture: (Q,) picture of each question.
        region_slots: (Q, L) region whose features stand in a mask token's place, else -1.
        facts: (R, F) what is true of each region, NaN where unknown; F is 0 where nothing is known.
        values: (Q,) the answer as a number where it is a quantity, else NaN.
        relations: (Q, L, N) at a region's last token how it stands to those before it, elsewhere
            NaN; N is 0 where nothing is known.
    """

    rgb: Tensor
    depth: Tensor
    weights: Tensor
    region_picture: Tensor
    ids: Tensor
    labels: Tensor
    question_picture: Tensor
    region_slots: Tensor
    facts: Tensor
    values: Tensor
    relations: Tensor

    @property
    def questions(self) -> int:
        """How many questions it holds."""
        return self.ids.shape[0]

    @property
    def related(self) -> Tensor:
        """(Q, L) where relations are known."""
        return self.relations.isfinite().any(-1)

    @property
    def taught_tokens(self) -> int:
        """How many tokens are to be learnt."""
        return int((self.labels != IGNORED).sum())

    def to(self, device: torch.device | str) -> TaughtBatch:
        """Return the batch on a device."""
        return TaughtBatch(
            **{f.name: getattr(self, f.name).to(device, non_blocking=True) for f in fields(self)}
        )
