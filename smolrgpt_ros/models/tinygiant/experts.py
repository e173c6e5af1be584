# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Mixture of experts: a learned gate sends every token to the few experts that suit it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smolrgpt_ros.models.smolrgpt.language import GatedMLP

from .config import TinyGiantConfig


@dataclass(frozen=True)
class Routing:
    """What one layer's gate decided for the tokens of one pass.

    Attributes:
        shares: (E,) share of all assignments that went to each expert; sums to one.
        probabilities: (E,) mean probability that the gate gave each expert.
        logit_square: mean square of the log of the gate's partition function.
    """

    shares: Tensor
    probabilities: Tensor
    logit_square: Tensor

    @property
    def balance(self) -> Tensor:
        """Load-balancing loss: E times the sum of share x probability, 1 for an even load.

        Equation 4 of Switch Transformer (Fedus et al. 2021) without its weight; with more than one
        expert a token, shares are those of the assignments. Its gradient passes through the
        probabilities alone.
        """
        return len(self.shares) * (self.shares * self.probabilities).sum()


class Experts(nn.Module):
    """Top-k of E gated MLPs for every token, none dropped.

    There is no capacity limit: what a token becomes never depends on the tokens beside it, so a
    batch answers as its questions alone do.
    """

    def __init__(self, config: TinyGiantConfig) -> None:
        super().__init__()
        self.top_k = config.top_k
        self.router = nn.Linear(config.lm_hidden_dim, config.experts, bias=False)
        self.experts = nn.ModuleList(
            GatedMLP(config.lm_hidden_dim, config.expert_inter_dim) for _ in range(config.experts)
        )
        #: of the last pass
        self.routing: Routing | None = None

    def forward(self, x: Tensor) -> Tensor:
        """(N, C) -> (N, C)."""
        logits = self._logits(x)
        probabilities = logits.softmax(-1)  # (N, E) float32
        gates, chosen = probabilities.topk(self.top_k)  # (N, k)
        gates = (gates / gates.sum(-1, keepdim=True)).to(x.dtype)
        self.routing = _routing(logits, probabilities, chosen)
        result = torch.zeros_like(x)
        for number, expert in enumerate(self.experts):
            tokens, places = torch.nonzero(chosen == number, as_tuple=True)
            said = expert(x[tokens]) * gates[tokens, places, None]
            result = result.index_add(0, tokens, said.to(x.dtype))
        return result

    def _logits(self, x: Tensor) -> Tensor:
        """Gate's logits (N, E), in float32: rounding must not choose (Fedus et al., 2.4)."""
        with torch.autocast(x.device.type, enabled=False):
            return F.linear(x.float(), self.router.weight.float())


def _routing(logits: Tensor, probabilities: Tensor, chosen: Tensor) -> Routing:
    experts = probabilities.shape[-1]
    counts = torch.bincount(chosen.flatten(), minlength=experts).to(probabilities.dtype)
    return Routing(
        counts / max(chosen.numel(), 1),
        probabilities.mean(0) if len(probabilities) else probabilities.sum(0),
        logits.logsumexp(-1).square().sum() / max(len(logits), 1),
    )


class ExpertLayer(nn.Module):
    """Norm and experts, added to the input; without `moe` one dense MLP of the active width."""

    def __init__(self, config: TinyGiantConfig) -> None:
        super().__init__()
        self.norm = nn.RMSNorm(config.lm_hidden_dim, config.lm_rms_eps)
        self.mlp: nn.Module = (
            Experts(config)
            if config.moe
            else GatedMLP(config.lm_hidden_dim, config.top_k * config.expert_inter_dim)
        )

    @property
    def routing(self) -> Routing | None:
        """What the gate did in the last pass; None for a dense layer."""
        return self.mlp.routing if isinstance(self.mlp, Experts) else None

    def forward(self, x: Tensor) -> Tensor:
        """(N, C) -> (N, C)."""
        return x + self.mlp(self.norm(x))
