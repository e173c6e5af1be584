# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Learning rates, groups, freezing."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_giant import MICRO
from tiny_smolrgpt import TINY

from smolrgpt_ros.models.smolrgpt import taught
from smolrgpt_ros.models.tinygiant import taught as tinygiant
from smolrgpt_ros.training.errors import SettingsError
from smolrgpt_ros.training.schedule import freeze_but, parameter_groups, share_of_peak
from smolrgpt_ros.training.settings import Optimisation, Portions, Settings
from smolrgpt_ros.training.stages import (
    SMOLRGPT_PARTS,
    TINYGIANT_PARTS,
    part_of,
    stage_named,
    trained_parts,
)
from smolrgpt_ros.training.start import Start


@given(st.integers(1, 2000), st.data())
def test_rates_rise_then_fall_to_a_tenth(steps, data):
    warmup = data.draw(st.integers(0, steps - 1))
    shares = [share_of_peak(step, steps, warmup) for step in range(steps)]
    assert all(0 < share <= 1 for share in shares)
    assert shares[:warmup] == sorted(shares[:warmup])
    assert shares[warmup:] == sorted(shares[warmup:], reverse=True)
    assert shares[warmup] == 1.0
    if steps - warmup > 1:
        assert shares[-1] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ('warmup', 'steps', 'expected'),
    [(0.0, 100, 0), (0.03, 1000, 30), (0.5, 3, 2), (1.0, 100, 1), (500, 100, 100), (20, 100, 20)],
)
def test_warmup_is_a_share_or_steps(warmup, steps, expected):
    assert Optimisation(warmup=warmup).warmup_steps(steps) == expected


def test_vectors_do_not_decay_and_groups_have_their_rates():
    network = taught.create(TINY, 0)
    rates = {**Optimisation(rate=1.0).peaks(), 'vision': 0.1, 'embeddings': 0.3}
    groups = parameter_groups(network, SMOLRGPT_PARTS, rates, 0.01)
    named = {id(p): name for name, p in network.named_parameters()}
    seen = {named[id(p)]: group for group in groups for p in group['params']}
    assert set(seen) == set(named.values())
    for name, group in seen.items():
        parameter = network.get_parameter(name)
        vector = parameter.ndim == 1 or 'position_embedding' in name
        assert group['weight_decay'] == (0.0 if vector else 0.01), name
        assert group['peak'] == rates[part_of(name, SMOLRGPT_PARTS).group], name
    assert seen['decoder.head.weight']['peak'] == 0.3
    assert seen['vision_encoder.blocks.0.attn.qkv_proj.weight']['peak'] == 0.1


def test_vectors_of_any_form_are_known_as_such():
    """A response norm's (1, 1, 1, C) is no matrix; nor shall Muon turn places into each other."""
    network = tinygiant.create(MICRO, 0)
    groups = parameter_groups(network, TINYGIANT_PARTS, Optimisation().peaks(), 0.01)
    named = {id(p): name for name, p in network.named_parameters()}
    seen = {named[id(p)]: group for group in groups for p in group['params']}
    vectors = [name for name, group in seen.items() if not group['weight_decay']]
    odd = [name for name in vectors if network.get_parameter(name).ndim > 1]
    assert {name.rpartition('.')[2] for name in odd if '.grn.' not in name} == {'position'}
    assert len(odd) == 1 + sum('.grn.' in name for name in seen)
    assert not any(group['matrices'] for name, group in seen.items() if name in vectors)
    assert seen['fusion.layers.0.mlp.experts.0.down_proj.weight']['matrices']


def test_every_parameter_belongs_to_a_part():
    network = taught.create(TINY, 0)
    parts = {part_of(name, SMOLRGPT_PARTS).name for name, _ in network.named_parameters()}
    assert parts == {part.name for part in SMOLRGPT_PARTS}
    with pytest.raises(KeyError, match='audio_encoder'):
        part_of('audio_encoder.weight', SMOLRGPT_PARTS)


def test_frozen_parameters_get_no_group():
    network = taught.create(TINY, 0)
    count = freeze_but(network, SMOLRGPT_PARTS, frozenset({'rgb_connector'}))
    [group] = parameter_groups(network, SMOLRGPT_PARTS, Optimisation().peaks(), 0.01)
    assert [p.shape for p in group['params']] == [network.rgb_connector.proj.weight.shape]
    assert count == network.rgb_connector.proj.weight.numel()


@pytest.mark.parametrize(
    ('stage', 'options', 'expected'),
    [
        ('connector', {}, {'rgb_connector'}),
        (
            'connector',
            {'from_scratch': True},
            {'rgb_connector', 'vision', 'language', 'embeddings'},
        ),
        (
            'refiner',
            {},
            {'rgb_connector', 'depth_connector', 'rgb_refiner', 'depth_refiner'},
        ),
        ('sft', {'from_scratch': True}, {part.name for part in SMOLRGPT_PARTS}),
        ('sft', {}, {part.name for part in SMOLRGPT_PARTS} - {'vision'}),
        ('sft', {'unfreeze': ['vision']}, {part.name for part in SMOLRGPT_PARTS}),
        ('connector', {'freeze': ['rgb_connector'], 'unfreeze': ['language']}, {'language'}),
    ],
)
def test_parts_of_a_stage(stage, options, expected):
    given_options = {'from_scratch': False, **options}
    assert trained_parts(stage_named(stage), SMOLRGPT_PARTS, **given_options) == expected


@pytest.mark.parametrize(
    ('options', 'words'),
    [
        ({'freeze': ['wheels']}, "no part 'wheels'"),
        ({'freeze': ['rgb_connector']}, 'every part is frozen'),
        ({'freeze': ['vision'], 'unfreeze': ['vision']}, 'frozen and to be trained'),
    ],
)
def test_impossible_parts_are_named(options, words):
    with pytest.raises(SettingsError, match=words):
        trained_parts(stage_named('connector'), SMOLRGPT_PARTS, from_scratch=False, **options)


@pytest.mark.parametrize(
    ('kind', 'values', 'words'),
    [
        (Optimisation, {'rate': 0.0}, 'learning rate is 0'),
        (Optimisation, {'rate': float('nan')}, 'learning rate is nan'),
        (Optimisation, {'rates': {'wheels': 1.0}}, "no group 'wheels'"),
        (Optimisation, {'rates': {'vision': -1.0}}, 'of vision is -1'),
        (Optimisation, {'betas': (0.9, 1.0)}, 'betas'),
        (Optimisation, {'clip': 0.0}, 'clipped at 0'),
        (Optimisation, {'weight_decay': -0.1}, 'decay is -0.1'),
        (Optimisation, {'warmup': -1}, 'warm-up is -1'),
        (Portions, {'batch': 0}, 'batch is 0'),
        (Portions, {'batch': 32, 'questions': 5}, '30 could'),
        (Portions, {'batch': 8, 'questions': 8, 'accumulate': 2}, '16 could'),
        (Start, {'model': 'smolrgpt', 'size': 'small', 'layers': 3}, 'deepens the SmolRGPT of'),
        (Start, {'model': 'tinygiant', 'folder': Path('a'), 'layers': 3}, 'deepens the SmolRGPT'),
        (Start, {'model': 'smolrgpt', 'folder': Path('a'), 'layers': -1}, 'layers is -1'),
        (
            Start,
            {'model': 'smolrgpt', 'size': 'small', 'vision_layers': 3},
            'vision-layers deepens the SmolRGPT of',
        ),
        (Settings, {'out': None, 'steps': 0}, 'steps is 0'),
        (Settings, {'out': None, 'steps': 1, 'precision': 'fp16'}, 'fp16'),
        (Settings, {'out': None, 'steps': 1, 'workers': -1}, 'workers is -1'),
        (Settings, {'out': None, 'steps': 1, 'save_every': 0}, 'save_every is 0'),
    ],
)
def test_impossible_settings_are_named(kind, values, words):
    with pytest.raises(SettingsError, match=words):
        kind(**values)


def test_groups_hold_the_network_itself():
    """The group's tensors are the network's own: a step moves the network."""
    network = taught.create(TINY, 0)
    before = network.rgb_connector.proj.weight.detach().clone()
    freeze_but(network, SMOLRGPT_PARTS, frozenset({'rgb_connector'}))
    groups = parameter_groups(network, SMOLRGPT_PARTS, Optimisation().peaks(), 0.01)
    optimiser = torch.optim.AdamW(groups)
    network.rgb_connector.proj.weight.grad = torch.ones_like(before)
    optimiser.step()
    assert not torch.equal(network.rgb_connector.proj.weight, before)
