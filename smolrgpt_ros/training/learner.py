# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the loop needs of a model: the one place where SmolRGPT and TinyGiantVLM look alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor, nn

from smolrgpt_ros.models.batch import TaughtBatch
from smolrgpt_ros.training.data.pictures import TaughtPicture

from .stages import Part


@dataclass(frozen=True)
class AnswerLoss:
    """Loss of one batch.

    Attributes:
        total: sum of the cross-entropy over the tokens of the answers, scalar.
        tokens: how many these are.
        further: scalar that is added to the mean token loss (a mixture's balance), or None.
    """

    total: Tensor
    tokens: int
    further: Tensor | None = None


class Preparation(Protocol):
    """Turns pictures into batches; runs in worker processes and touches no accelerator."""

    def prepare(self, picture: TaughtPicture) -> Any:
        """Return what is needed of `picture`, small. Raises `ValueError` for one of no use."""
        ...

    def collate(self, prepared: Sequence[Any]) -> TaughtBatch:
        """Join prepared pictures."""
        ...


class Learner(Protocol):
    """A network that is taught."""

    @property
    def network(self) -> nn.Module:
        """All weights, float32."""
        ...

    @property
    def parts(self) -> tuple[Part, ...]:
        """Parts that are frozen or trained as one."""
        ...

    @property
    def preparation(self) -> Preparation:
        """How its batches are made."""
        ...

    @property
    def probes(self) -> nn.Module | None:
        """What learns beside the network and is no part of its checkpoint, float32."""
        ...

    def loss(self, batch: TaughtBatch) -> AnswerLoss:
        """Loss of the answers of `batch`, on the network's device."""
        ...

    def save(self, folder: Path) -> None:
        """Write a checkpoint folder that the model's engine loads; `folder` is new."""
        ...


class Taught(nn.Module):
    """A learner as one module whose forward is the loss, as distributed training wants it."""

    def __init__(self, learner: Learner) -> None:
        super().__init__()
        self.network, self.probes = learner.network, learner.probes
        self._loss = learner.loss

    def forward(self, batch: TaughtBatch) -> tuple[Tensor, Tensor | None]:
        """Sum of the token losses and what is added to their mean."""
        loss = self._loss(batch)
        return loss.total, loss.further
