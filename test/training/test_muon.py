# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Muon moves matrices by what their gradients point to; AdamW's part equals torch's."""

from __future__ import annotations

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_training import losses, plan
from torch import nn

from smolrgpt_ros.training.curriculum import train
from smolrgpt_ros.training.errors import SettingsError
from smolrgpt_ros.training.loop import Watch
from smolrgpt_ros.training.muon import Muon, orthogonal
from smolrgpt_ros.training.settings import Optimisation


def group(weights: list[nn.Parameter], *, matrices: bool, lr: float = 0.01, decay: float = 0.0):
    return {'params': weights, 'lr': lr, 'weight_decay': decay, 'matrices': matrices}


@settings(max_examples=30, deadline=None)
@given(
    rows=st.integers(1, 40),
    columns=st.integers(1, 40),
    seed=st.integers(0, 2**31),
    scale=st.floats(1e-4, 1e4),
)
def test_singular_vectors_stay_and_values_become_one(rows, columns, seed, scale):
    random = torch.Generator().manual_seed(seed)
    rank = min(rows, columns)
    left = torch.linalg.qr(torch.randn(rows, rank, generator=random))[0]
    right = torch.linalg.qr(torch.randn(columns, rank, generator=random))[0]
    values = torch.linspace(1.0, 0.1, rank) * scale
    found = orthogonal(left * values @ right.T)
    middle = left.T @ found @ right
    assert middle.diagonal().min() > 0.6
    assert middle.diagonal().max() < 1.3
    assert (middle - torch.diag(middle.diagonal())).abs().max() < 0.02


def test_a_gradient_of_nothing_moves_nothing():
    assert orthogonal(torch.zeros(4, 6)).abs().max() == 0.0


def test_the_rest_moves_as_by_adamw():
    torch.manual_seed(0)
    ours = [nn.Parameter(torch.randn(3, 4)), nn.Parameter(torch.randn(5))]
    theirs = copy.deepcopy(ours)
    muon = Muon([group(ours, matrices=False, decay=0.1)], betas=(0.9, 0.98))
    adamw = torch.optim.AdamW(theirs, lr=0.01, betas=(0.9, 0.98), weight_decay=0.1)
    for step in range(20):
        for own, other in zip(ours, theirs):
            own.grad = torch.sin(own.detach() * (step + 1))
            other.grad = own.grad.clone()
        muon.step()
        adamw.step()
    for own, other in zip(ours, theirs):
        torch.testing.assert_close(own, other, rtol=1e-5, atol=1e-6)


def test_matrices_find_what_they_were_made_of():
    torch.manual_seed(0)
    wanted, weight = torch.randn(12, 8), nn.Parameter(torch.zeros(12, 8))
    muon = Muon([group([weight], matrices=True, lr=0.05)])
    for step in range(300):
        muon.param_groups[0]['lr'] = 0.05 * (1 - step / 300)
        muon.zero_grad()
        nn.functional.mse_loss(weight, wanted).backward()
        muon.step()
    assert (weight - wanted).norm() < 0.1 * wanted.norm()


def test_only_matrices_are_moved_by_muon():
    with pytest.raises(ValueError, match=r'not a weight of \(5,\)'):
        Muon([group([nn.Parameter(torch.zeros(5))], matrices=True)])


def test_a_run_by_muon_learns_and_continues_exactly(tmp_path):
    whole, parts = tmp_path / 'whole', tmp_path / 'parts'
    by_muon = Optimisation(rate=3e-3, optimiser='muon')
    train(plan(whole, steps=6, save_every=100, optimisation=by_muon))

    class Ended(Exception):
        pass

    def end(step):
        if step.step == 4:
            raise Ended

    with pytest.raises(Ended):
        train(plan(parts, steps=6, save_every=3, optimisation=by_muon), Watch(each=end))
    train(plan(parts, steps=6, save_every=3, optimisation=by_muon))
    curve = losses(whole)
    assert losses(parts)[-3:] == pytest.approx(curve[-3:], abs=1e-5)
    assert curve[-1] < curve[0]


def test_unknown_optimisers_are_named():
    with pytest.raises(SettingsError, match="'sgd', expected adamw or muon"):
        Optimisation(optimiser='sgd')
