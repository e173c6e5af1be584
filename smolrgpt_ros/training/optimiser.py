# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What moves the weights, by name."""

from __future__ import annotations

from typing import Any

import torch

from .muon import Muon
from .settings import Optimisation


def optimiser_of(groups: list[dict[str, Any]], optimisation: Optimisation) -> torch.optim.Optimizer:
    """The optimiser that `optimisation` names, for the groups of `parameter_groups`."""
    if optimisation.optimiser == 'muon':
        return Muon(groups, betas=optimisation.betas)
    return torch.optim.AdamW(groups, betas=optimisation.betas, fused=True)
