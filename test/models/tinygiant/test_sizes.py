# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from tiny_giant import MICRO

from smolrgpt_ros.models.smolrgpt import CheckpointError
from smolrgpt_ros.models.tinygiant import SIZES, SMALL, TINY_64M, TINY_80M
from smolrgpt_ros.models.tinygiant.config import checked
from smolrgpt_ros.models.tinygiant.network import TinyGiant


def parameters(config, part=''):
    with torch.device('meta'):
        network = TinyGiant(config)
    return sum(value.numel() for name, value in network.named_parameters() if part in name)


@pytest.mark.parametrize(
    ('config', 'millions'), [(TINY_64M, 64), (TINY_80M, 80)], ids=['64M', '80M']
)
def test_published_sizes_are_met(config, millions):
    assert parameters(config) / 1e6 == pytest.approx(millions, rel=0.03)


def test_the_small_one_is_small():
    assert parameters(SMALL) < 3e6


@pytest.mark.parametrize('config', [*SIZES.values(), MICRO], ids=[*SIZES, 'micro'])
def test_every_size_is_sound(config):
    assert checked(config) is config
    assert len(set(config.looking_blocks)) == config.reinspections
    assert all(
        config.lm_n_blocks // 2 <= block < config.lm_n_blocks for block in config.looking_blocks
    )


@pytest.mark.parametrize('config', [TINY_64M, MICRO], ids=['64M', 'micro'])
def test_without_experts_as_many_parameters_are_active(config):
    dense = parameters(replace(config, moe=False), '.mlp.gate') + parameters(
        replace(config, moe=False), '.mlp.down'
    )
    decoder = 3 * config.lm_n_blocks * config.lm_hidden_dim * config.lm_inter_dim
    experts = parameters(config, '.mlp.experts.')
    assert (dense - decoder) * config.experts == experts * config.top_k


@pytest.mark.parametrize(
    ('change', 'said'),
    [
        ({'picture_side': 100}, 'picture_side is no multiple of 32'),
        ({'vision_dims': (8, 8, 8)}, 'four numbers'),
        ({'vision_dims': (8, 8, 0, 8)}, r'vision_dims is \(8, 8, 0, 8\)'),
        ({'lm_n_heads': 5}, 'no multiple of lm_n_heads'),
        ({'top_k': 5}, 'top_k is larger than experts'),
        ({'reinspections': 3}, 'reinspections is not between'),
        ({'crop_context': 0.5}, 'crop_context is below 1'),
        ({'experts': 0}, 'experts is 0'),
    ],
    ids=str,
)
def test_numbers_that_form_no_network_are_named(change, said):
    with pytest.raises(CheckpointError, match=said):
        checked(replace(MICRO, **change))
