# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Learning rates over the steps of a run, and groups of parameters that have their own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import nn

from .stages import EMBEDDINGS, Part, part_of

#: where the cosine ends, as a share of the peak (as published)
FINAL_SHARE = 0.1


def share_of_peak(step: int, steps: int, warmup: int) -> float:
    """Learning rate of step `step` (from 0) of `steps`, as a share of the peak.

    Rises linearly over `warmup` steps, the first of which is not zero, then falls as half a cosine
    to a tenth, which the last step has.
    """
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / max(steps - 1 - warmup, 1)
    return FINAL_SHARE + (1 - FINAL_SHARE) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


def parameter_groups(
    network: nn.Module,
    parts: Sequence[Part],
    rates: Mapping[str, float],
    weight_decay: float,
) -> list[dict[str, object]]:
    """Groups of the parameters that are trained, each with its `peak` learning rate.

    Weights decay, norms, biases and other vectors do not: pulling them to zero changes the scale of
    a layer rather than its complexity. `matrices` says which groups Muon may move: those between
    features, not the rows of an embedding, each of which is a word of its own.
    """
    groups: dict[tuple[str, bool, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            group = part_of(name, parts).group
            # ConvNeXt's response norm keeps its vector as (1, 1, 1, C).
            decays = parameter.squeeze().ndim > 1 and 'position' not in name
            matrix = decays and parameter.ndim == 2 and group != EMBEDDINGS
            groups.setdefault((group, decays, matrix), []).append(parameter)
    return [
        {
            'params': parameters,
            'name': group,
            'lr': rates[group],
            'peak': rates[group],
            'weight_decay': weight_decay if decays else 0.0,
            'matrices': matrix,
        }
        for (group, decays, matrix), parameters in sorted(groups.items(), key=lambda item: item[0])
    ]


def probe_group(probes: nn.Module, rate: float) -> dict[str, object]:
    """Group of what is trained beside the network: all of it, without decay."""
    return {
        'params': list(probes.parameters()),
        'name': 'probes',
        'lr': rate,
        'peak': rate,
        'weight_decay': 0.0,
        'matrices': False,
    }


def freeze_but(network: nn.Module, parts: Sequence[Part], trained: frozenset[str]) -> int:
    """Let exactly the parameters of the parts named `trained` learn; returns how many numbers."""
    count = 0
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(part_of(name, parts).name in trained)
        count += parameter.numel() if parameter.requires_grad else 0
    return count


def set_rates(optimiser: torch.optim.Optimizer, share: float) -> None:
    """Set every group's learning rate to `share` of its peak."""
    for group in optimiser.param_groups:
        group['lr'] = group['peak'] * share
