# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Packed folders: what goes along, and what sixteen bits change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_smolrgpt import edited, pictures, prompts

from smolrgpt_ros.models.smolrgpt import CheckpointError
from smolrgpt_ros.models.smolrgpt.layout import INV_FREQ
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing
from smolrgpt_ros.models.tinygiant import load, pack, save
from smolrgpt_ros.models.tinygiant.taught import create, trainable
from smolrgpt_ros.reasoning.calibration import (
    Calibration,
    Curve,
    read_calibration,
    write_calibration,
)


@pytest.mark.parametrize('float16', [False, True], ids=['as it is', 'float16'])
def test_all_that_a_folder_knows_goes_along(micro_folder, tmp_path, float16):
    own = Preprocessing('points', 8.0)
    told = save(trainable(micro_folder), micro_folder, tmp_path / 'told', preprocessing=own)
    known = Calibration({'count': Curve((0.2, 0.8), (0.4, 0.9))})
    write_calibration(told, known)
    packed = pack(told, None, tmp_path / 'packed', float16=float16)
    assert read_calibration(packed) == known
    assert load(packed).preprocessing == own
    assert read_calibration(pack(micro_folder, None, tmp_path / 'untold', float16=float16)) is None


def test_sixteen_bits_answer_alike(micro, micro_folder, tmp_path):
    half = pack(micro_folder, None, tmp_path / 'half', float16=True)
    sizes = [(folder / 'model.safetensors').stat().st_size for folder in (half, micro_folder)]
    assert sizes[0] < 0.7 * sizes[1]  # names and shapes take their share of so small a file
    [a], [b] = (
        model.score(model.encode(*pictures()), prompts()[:1], [['left', 'right']])
        for model in (micro, load(half))
    )
    assert a.logprobs == pytest.approx(b.logprobs, abs=0.02)


@pytest.mark.parametrize('way', ['packed', 'saved'])
def test_frequencies_keep_their_digits(micro, micro_folder, tmp_path, way):
    network = create(replace(micro.config, lm_re_base=12345.0), seed=0)
    out = tmp_path / 'half'
    if way == 'saved':
        save(network, micro_folder, out, dtype=torch.float16)
    else:
        pack(save(network, micro_folder, tmp_path / 'whole'), None, out, float16=True)
    kept = trainable(out).state_dict()[INV_FREQ]
    np.testing.assert_array_equal(kept, network.state_dict()[INV_FREQ])


def test_a_tokenizer_is_put_in_where_none_is(micro_folder, tmp_path):
    bare = edited(micro_folder, tmp_path / 'bare')
    (bare / 'tokenizer.json').unlink()
    with pytest.raises(CheckpointError, match='has no tokenizer'):
        pack(bare, None, tmp_path / 'out')
    assert not (tmp_path / 'out').exists()
    assert load(pack(bare, micro_folder, tmp_path / 'out')).name == 'TinyGiantVLM'


def test_there_is_no_form_in_eight_bits(micro_folder, tmp_path):
    with pytest.raises(CheckpointError, match='no form in int8'):
        pack(micro_folder, None, tmp_path / 'int8', int8=True)
