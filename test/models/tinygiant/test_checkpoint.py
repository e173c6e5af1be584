# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoint folders, sound and broken."""

from __future__ import annotations

import shutil
from dataclasses import asdict

import pytest
from tiny_giant import MICRO
from tiny_smolrgpt import TINY, edited, pictures, prompts, retabled

from smolrgpt_ros.models import smolrgpt
from smolrgpt_ros.models.smolrgpt import CheckpointError, ModelClosedError
from smolrgpt_ros.models.tinygiant import load, pack_random
from smolrgpt_ros.models.tinygiant.config import read_config

NAME = 'fusion.layers.1.mlp.experts.3.down_proj.weight'


def drop(table):
    del table[NAME]


def flip(table):
    table[NAME]['shape'].reverse()


def leave(table):
    table[NAME]['data_offsets'] = [n + 10**9 for n in table[NAME]['data_offsets']]


@pytest.mark.parametrize(
    ('change', 'said'),
    [
        (drop, f'misses tensor {NAME}'),
        (flip, rf'tensor {NAME} has shape \[32, 48\], expected \[48, 32\]'),
        (leave, f'cut off: tensor {NAME} ends at byte'),
    ],
    ids=lambda value: getattr(value, '__name__', None),
)
def test_a_broken_table_is_named_by_tensor(micro_folder, tmp_path, change, said):
    with pytest.raises(CheckpointError, match=said):
        load(retabled(micro_folder, tmp_path / 'broken', change))


@pytest.mark.parametrize(
    ('keys', 'said'),
    [
        ({'lm_n_heads': None}, 'misses lm_n_heads'),
        ({'fine_dim': None, 'vision_dims': None}, 'misses vision_dims, fine_dim'),
        ({'lm_n_heads': 'three'}, "lm_n_heads is 'three', expected int"),
        ({'moe': 1}, 'moe is 1, expected bool'),
        ({'vision_dims': 8}, 'vision_dims is 8, expected tuple'),
        ({'vision_dims': [8, 12, 16, True]}, 'expected tuple'),
        ({'vision_dims': [8, 12, 16]}, 'four numbers'),
        ({'experts': 5}, r'router\.weight has shape \[4, 48\], expected \[5, 48\]'),
        ({'moe': False}, 'misses tensor fusion.layers.0.mlp.gate_up_proj'),
        ({'lm_n_blocks': 6}, 'misses tensor decoder'),
        ({'architecture': 'other'}, 'belongs to other'),
    ],
    ids=str,
)
def test_a_wrong_config_is_named_by_key(micro_folder, tmp_path, keys, said):
    with pytest.raises(CheckpointError, match=said):
        load(edited(micro_folder, tmp_path / 'edited', **keys))


def test_a_config_reads_back(tmp_path):
    (tmp_path / 'config.json').write_text(MICRO.to_json())
    read = read_config(tmp_path / 'config.json')
    assert asdict(read) == asdict(MICRO)


def test_the_checkpoint_of_the_other_network_is_recognised(tmp_path, micro_folder):
    other = smolrgpt.pack_random(tmp_path / 'smolrgpt', config=TINY)
    with pytest.raises(CheckpointError, match='belongs to SmolRGPT'):
        load(other)
    with pytest.raises(CheckpointError, match='misses vit_hidden_dim'):
        smolrgpt.load(micro_folder)


def test_what_is_missing_is_named(micro_folder, tmp_path):
    with pytest.raises(CheckpointError, match='is no folder'):
        load(tmp_path / 'nowhere')
    shutil.copytree(micro_folder, tmp_path / 'bare')
    (tmp_path / 'bare' / 'tokenizer.json').unlink()
    with pytest.raises(CheckpointError, match=r'has no tokenizer\.json'):
        load(tmp_path / 'bare')
    (tmp_path / 'bare' / 'model.safetensors').unlink()
    with pytest.raises(CheckpointError, match=r'model\.safetensors does not exist'):
        load(tmp_path / 'bare')


@pytest.mark.parametrize('dtype', ['int8', 'float8'])
def test_a_type_it_cannot_have_is_refused(micro_folder, dtype):
    with pytest.raises(CheckpointError, match=f"type is '{dtype}', expected one of float32"):
        load(micro_folder, dtype=dtype)


def test_random_weights_follow_the_seed(tmp_path):
    folders = [
        pack_random(tmp_path / str(i), seed=seed, config=MICRO) for i, seed in enumerate((3, 3, 4))
    ]
    one, same, other = ((folder / 'model.safetensors').read_bytes() for folder in folders)
    assert one == same != other
    with pytest.raises(CheckpointError, match='exists already'):
        pack_random(tmp_path / '0', config=MICRO)


def test_a_closed_model_says_so(micro_folder):
    model = load(micro_folder)
    frame = model.encode(*pictures())
    model.close()
    model.close()
    with pytest.raises(ModelClosedError):
        model.answer(frame, prompts())
    with pytest.raises(ModelClosedError):
        model.encode(*pictures())


def test_a_picture_of_another_shape_is_refused(micro):
    colour, depth = pictures()
    with pytest.raises(ValueError, match='expected uint8'):
        micro.encode(colour[..., 0], depth)
    with pytest.raises(ValueError, match='expected uint8'):
        micro.encode(colour, depth.astype(float))
