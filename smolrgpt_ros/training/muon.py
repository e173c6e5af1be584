# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Muon (Jordan et al. 2024) for matrices, AdamW for everything else, as one optimiser.

A matrix moves by its momentum with all singular values brought to about one, so that rare
directions are learnt as fast as common ones. A network that has to find out what regions are for
gets there in a third of AdamW's steps. torch's own Muon multiplies in bfloat16, which processors
without instructions for it do a hundred times more slowly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

#: quintic Newton-Schulz iteration that brings singular values to about one (Jordan et al. 2024)
_COEFFICIENTS, _ITERATIONS = (3.4445, -4.7750, 2.0315), 5
#: root mean square of an update: AdamW's, so that both can have one learning rate (Liu et al. 2025)
_UPDATE_RMS = 0.2
_EPSILON = 1e-8


class Muon(torch.optim.Optimizer):
    """Moves the groups that say `matrices` by Muon, the others by AdamW."""

    def __init__(
        self,
        groups: Iterable[dict[str, Any]],
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        momentum: float = 0.95,
    ) -> None:
        """Groups have `lr`, `weight_decay` and `matrices`; `betas` are AdamW's."""
        super().__init__(
            groups,
            {'lr': 1e-3, 'weight_decay': 0.01, 'matrices': False}
            | {'betas': betas, 'momentum': momentum},
        )
        for group in self.param_groups:
            for weight in group['params']:
                if group['matrices'] and weight.ndim != 2:
                    raise ValueError(f'Muon moves matrices, not a weight of {tuple(weight.shape)}')

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Move every weight that has a gradient."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            move = self._by_muon if group['matrices'] else self._by_adamw
            for weight in group['params']:
                if weight.grad is not None:
                    weight.mul_(1.0 - group['lr'] * group['weight_decay'])
                    move(weight, weight.grad, group)
        return loss

    def _by_muon(self, weight: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if not state:
            state['momentum'] = torch.zeros_like(weight)
        average = state['momentum']
        average.lerp_(gradient, 1.0 - group['momentum'])
        ahead = gradient.lerp(average, group['momentum'])  # Nesterov's
        scale = _UPDATE_RMS * max(weight.shape) ** 0.5
        weight.add_(orthogonal(ahead), alpha=-group['lr'] * scale)

    def _by_adamw(self, weight: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if not state:
            state['step'] = torch.zeros(())
            state['exp_avg'] = torch.zeros_like(weight)
            state['exp_avg_sq'] = torch.zeros_like(weight)
        state['step'] += 1
        step, (first, second) = int(state['step']), group['betas']
        state['exp_avg'].lerp_(gradient, 1.0 - first)
        state['exp_avg_sq'].mul_(second).addcmul_(gradient, gradient, value=1.0 - second)
        spread = (state['exp_avg_sq'] / (1.0 - second**step)).sqrt_().add_(_EPSILON)
        weight.addcdiv_(state['exp_avg'], spread, value=-group['lr'] / (1.0 - first**step))


def orthogonal(matrix: Tensor) -> Tensor:
    """(m, n) -> (m, n) with the same singular vectors and singular values between 0.7 and 1.2.

    Values that are smaller than the largest by a factor of hundreds stay below that.
    """
    first, third, fifth = _COEFFICIENTS
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    x = wide.float() / (wide.norm() + _EPSILON)
    for _ in range(_ITERATIONS):
        square = x @ x.T
        x = torch.addmm(
            x, torch.addmm(square, square, square, beta=third, alpha=fifth), x, beta=first
        )
    return (x if wide is matrix else x.T).to(matrix.dtype)
