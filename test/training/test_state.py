# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The state of a run comes back bit for bit, and its file is safetensors, which runs nothing."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors import safe_open

from smolrgpt_ros.models.smolrgpt.stored import StoredTensors, write_tensors
from smolrgpt_ros.training.errors import ResumeError
from smolrgpt_ros.training.state import (
    STATE,
    State,
    load_state,
    random_states,
    restore_random,
    save_state,
)

CPU = torch.device('cpu')
FINGERPRINT = {'seed': '0'}


@pytest.fixture
def state():
    """Of a network that has taken two steps, with values that text would round or lose."""
    torch.manual_seed(3)
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.LayerNorm(4))
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3 / 3.0, betas=(0.9, 0.95))
    for _ in range(2):
        network(torch.randn(5, 3)).pow(2).sum().backward()
        optimiser.step()
    with torch.no_grad():
        network[0].bias[:3] = torch.tensor([float('nan'), float('inf'), 1e-45])
    problems = {'count': 2, 'first': ['record a: a\u2028b', 'tensor']}
    return State(
        7, FINGERPRINT, network.state_dict(), optimiser.state_dict(), [random_states(CPU)],
        [problems], 0.1 + 0.2,
    )  # fmt: skip


def same(first, second):
    """Equal in type and value, tensors bit for bit."""
    if isinstance(first, torch.Tensor):
        bits = [value.contiguous().reshape(-1).view(torch.uint8) for value in (first, second)]
        return (first.dtype, first.shape) == (second.dtype, second.shape) and torch.equal(*bits)
    if isinstance(first, dict):
        return list(first) == list(second) and all(same(first[key], second[key]) for key in first)
    if isinstance(first, (list, tuple)):
        return (
            type(first) is type(second)
            and len(first) == len(second)
            and all(map(same, first, second))
        )
    return type(first) is type(second) and first == second


def test_comes_back_bit_for_bit(state, tmp_path):
    save_state(state, tmp_path)
    loaded = load_state(tmp_path, FINGERPRINT)
    for name, value in vars(state).items():
        plain = dict(value) if name in ('network', 'optimiser') else value
        assert same(plain, getattr(loaded, name)), name


def test_random_numbers_go_on_where_they_were(tmp_path, state):
    random.seed(1), np.random.seed(2), torch.manual_seed(3)
    random.gauss(0, 1), np.random.standard_normal(), torch.randn(3)
    save_state(replace(state, random=[random_states(CPU)]), tmp_path)

    def drawn():
        return [random.random(), random.gauss(0, 1), np.random.standard_normal(), *torch.rand(2)]

    expected = drawn()
    drawn()
    restore_random(load_state(tmp_path, FINGERPRINT).random[0], CPU)
    assert drawn() == expected


def test_the_file_is_plain_safetensors(state, tmp_path):
    path = save_state(state, tmp_path)
    with safe_open(path, 'pt') as file:
        assert json.loads(file.metadata()['state'])['step'] == 7
        assert torch.equal(file.get_tensor('network.0.weight'), state.network['0.weight'])


@pytest.mark.parametrize(
    'written',
    [
        pytest.param('no json', id='no JSON'),
        pytest.param('[' * 5000, id='nested too deep'),
        pytest.param('[]', id='no fields'),
        pytest.param('{"step": 1}', id='fields missing'),
        pytest.param('{"step": ["tensor", "missing"]}', id='a tensor that is not there'),
        pytest.param('{"step": ["eval", "1"]}', id='an unknown kind of value'),
    ],
)
def test_what_is_no_state_is_named(tmp_path, written):
    write_tensors(tmp_path / STATE, [], lambda name: torch.empty(0), {'state': written})
    with pytest.raises(ResumeError, match=f'{STATE} is no state of a training'):
        load_state(tmp_path, FINGERPRINT)


def test_no_state_of_another_version(state, tmp_path):
    save_state(replace(state, version=1), tmp_path)
    assert 'state' in StoredTensors(tmp_path / STATE).metadata
    with pytest.raises(ResumeError, match='is of version 1, this program reads 2'):
        load_state(tmp_path, FINGERPRINT)
