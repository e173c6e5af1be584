# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What every network of this folder is taught with: few pictures, many questions about each."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

#: label of a token that is read, not learnt (what `torch.nn.functional.cross_entropy` ignores)
NOT_LEARNT = -100


@dataclass(frozen=True, eq=False)
class TaughtBatch:
    """P pictures, encoded once, with R regions and Q questions.

    Attributes:
        rgb: (P, 3, S, S) float32, as `colour_input` gives it.
        depth: (P, 3, S, S) float32, as `depth_input` gives it.
        weights: (R, side * side) float32, masks resized to the network's region map (`resized_mask`),
            row by row of the picture.
        region_picture: (R,) long, picture of each region.
        ids: (Q, L) long, whole rows: opening, image tokens, question, answer, its end token, then
            padding (any token). Every row begins with the tokenizer's `prefix`.
        labels: (Q, L) long, `ids` where a token is to be learnt, else -100; not shifted: logits at
            place t are compared with the label at t + 1.
        question_picture: (Q,) long, picture of each question.
        region_slots: (Q, L) long, at a mask token (RGB or depth) the region it stands for, else -1.
    """

    rgb: Tensor
    depth: Tensor
    weights: Tensor
    region_picture: Tensor
    ids: Tensor
    labels: Tensor
    question_picture: Tensor
    region_slots: Tensor

    def to(self, device: torch.device, *, non_blocking: bool = False) -> TaughtBatch:
        """Return the same batch on `device`."""
        return TaughtBatch(
            **{
                field.name: getattr(self, field.name).to(device, non_blocking=non_blocking)
                for field in fields(self)
            }
        )
