# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_giant import MICRO

from smolrgpt_ros.models.tinygiant.experts import ExpertLayer, Experts, Routing, _routing


def experts(top_k=2, seed=0):
    torch.manual_seed(seed)
    return Experts(replace(MICRO, top_k=top_k))


@pytest.mark.parametrize('top_k', [1, 2, 3, 4])
@torch.no_grad()
def test_a_token_is_what_its_best_experts_make_of_it(top_k):
    mixture, x = experts(top_k), torch.randn(20, MICRO.lm_hidden_dim)
    mixed = mixture(x)
    for token, result in zip(x, mixed):
        probabilities = mixture.router(token).softmax(-1)
        best = probabilities.argsort(descending=True)[:top_k].tolist()
        total = sum(probabilities[number] for number in best)
        expected = sum(
            probabilities[number] / total * mixture.experts[number](token) for number in best
        )
        torch.testing.assert_close(result, expected, atol=1e-6, rtol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 30), st.integers(0, 5))
@torch.no_grad()
def test_no_token_depends_on_the_others(count, seed):
    mixture = experts(seed=seed)
    x = torch.randn(count, MICRO.lm_hidden_dim, generator=torch.Generator().manual_seed(seed))
    together = mixture(x)
    for number in range(count):
        torch.testing.assert_close(mixture(x[number : number + 1])[0], together[number])


@pytest.mark.parametrize(
    ('chosen', 'probabilities', 'balance'),
    [
        # Switch Transformer, equation 4: N * sum f_i P_i
        ([[0], [1], [2], [3]], [[0.25] * 4] * 4, 1.0),
        ([[0], [0], [0], [0]], [[1.0, 0, 0, 0]] * 4, 4.0),
        ([[0], [0], [1], [1]], [[0.5, 0.5, 0, 0]] * 4, 2.0),
        ([[0, 1], [0, 2]], [[0.5, 0.3, 0.2, 0.0], [0.4, 0.2, 0.4, 0.0]], 1.45),
    ],
    ids=['even', 'one expert', 'two experts', 'two a token'],
)
def test_the_balance_is_the_published_one(chosen, probabilities, balance):
    chosen, probabilities = torch.tensor(chosen), torch.tensor(probabilities)
    routing = _routing(probabilities.log(), probabilities, chosen)
    assert float(routing.balance) == pytest.approx(balance)
    assert float(routing.shares.sum()) == pytest.approx(1)
    # a softmax's logits: their partition function is one, its log zero
    assert float(routing.logit_square) == pytest.approx(0, abs=1e-10)


def test_balancing_evens_the_load():
    """Tokens that all want one expert are spread by the balance alone."""
    mixture = experts(top_k=1)
    x = torch.randn(200, MICRO.lm_hidden_dim) + mixture.router.weight[0].detach() * 20
    mixture(x)
    before = mixture.routing.shares.max()
    optimiser = torch.optim.Adam(mixture.router.parameters(), 0.01)
    for _ in range(200):
        optimiser.zero_grad()
        mixture(x)
        mixture.routing.balance.backward()
        optimiser.step()
    mixture(x)
    assert float(before) > 0.9
    assert float(mixture.routing.shares.max()) < 0.5


def test_gates_learn_from_the_answer():
    mixture, x = experts(), torch.randn(30, MICRO.lm_hidden_dim)
    mixture(x).square().sum().backward()
    assert mixture.router.weight.grad.abs().max() > 0


def test_nothing_to_route_is_no_error():
    mixture = experts()
    assert mixture(torch.zeros(0, MICRO.lm_hidden_dim)).shape == (0, MICRO.lm_hidden_dim)
    assert isinstance(mixture.routing, Routing)
    assert mixture.routing.balance.item() == 0


def test_a_dense_layer_has_no_gate():
    layer = ExpertLayer(replace(MICRO, moe=False))
    layer(torch.zeros(3, MICRO.lm_hidden_dim))
    assert layer.routing is None
