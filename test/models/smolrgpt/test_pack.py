# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import socket

import numpy as np
import pytest
import torch
from tiny_smolrgpt import TINY, edited, pictures, prompts

from smolrgpt_ros.models.smolrgpt import CheckpointError, load, pack, pack_random
from smolrgpt_ros.models.smolrgpt.quantise import quantise
from smolrgpt_ros.reasoning.calibration import (
    Calibration,
    Curve,
    read_calibration,
    write_calibration,
)


def answers(model):
    return [
        a.token_ids for a in model.answer(model.encode(*pictures()), prompts(), max_new_tokens=6)
    ]


def test_a_packed_folder_answers_as_the_checkpoint(
    tiny_folder, tmp_path, golden_folder, monkeypatch
):
    bare = edited(tiny_folder, tmp_path / 'bare', lm_tokenizer='a/hub-name')
    (bare / 'tokenizer.json').unlink()
    packed = pack(bare, tiny_folder, tmp_path / 'packed')

    def unreachable(*_, **__):
        raise OSError('no network here')

    monkeypatch.setattr(socket, 'socket', unreachable)
    monkeypatch.setattr(socket, 'create_connection', unreachable)
    assert answers(load(packed)) == answers(load(tiny_folder))


@pytest.mark.parametrize('types', [{}, {'float16': True}, {'int8': True}], ids=str)
def test_what_is_known_of_a_networks_confidence_goes_with_it(tiny_folder, tmp_path, types):
    told = edited(tiny_folder, tmp_path / 'told')
    known = Calibration({'count': Curve((0.2, 0.8), (0.4, 0.9))})
    write_calibration(told, known)
    assert read_calibration(pack(told, None, tmp_path / 'packed', **types)) == known
    assert read_calibration(pack(tiny_folder, None, tmp_path / 'untold', **types)) is None


def test_int8_packed_beforehand_equals_int8_packed_while_loading(tiny_folder, tmp_path):
    packed = pack(tiny_folder, None, tmp_path / 'int8', int8=True)
    size = [(path / 'model.safetensors').stat().st_size for path in (packed, tiny_folder)]
    assert size[0] < 0.45 * size[1]
    early, late = load(packed), load(tiny_folder, dtype='int8')
    assert early.placement.dtype == 'int8'
    frames = [model.encode(*pictures()) for model in (early, late)]
    np.testing.assert_allclose(*(frame.image_tokens for frame in frames), atol=1e-5)
    assert pack(packed, None, tmp_path / 'again', int8=True).is_dir()


def test_int8_cannot_become_float_again(tiny_folder, tmp_path):
    packed = pack(tiny_folder, None, tmp_path / 'int8', int8=True)
    with pytest.raises(CheckpointError, match='cannot be loaded as float32'):
        load(packed, dtype='float32')
    with pytest.raises(CheckpointError, match='already in int8'):
        pack(packed, None, tmp_path / 'float')


def test_packing_needs_a_tokenizer_and_a_new_folder(tiny_folder, tmp_path):
    with pytest.raises(CheckpointError, match=r'holds no tokenizer.json'):
        pack(tiny_folder, tmp_path, tmp_path / 'out')
    (tmp_path / 'taken').mkdir()
    with pytest.raises(CheckpointError, match='exists already'):
        pack(tiny_folder, None, tmp_path / 'taken')
    assert not (tmp_path / 'out').exists()


def test_random_weights_follow_the_seed(tmp_path):
    one, same, other = (
        pack_random(tmp_path / str(i), seed=seed, config=TINY) for i, seed in enumerate((3, 3, 4))
    )
    weights = [(path / 'model.safetensors').read_bytes() for path in (one, same, other)]
    assert weights[0] == weights[1] != weights[2]
    assert pack_random(tmp_path / 'int8', seed=3, config=TINY, int8=True).is_dir()
    assert load(tmp_path / 'int8').placement.dtype == 'int8'


def test_quantised_rows_are_within_half_a_step():
    weight = torch.randn(5, 40, generator=torch.Generator().manual_seed(0))
    weight[2] = 0
    packed = quantise(weight)
    error = (packed.dequantised() - weight).abs()
    assert (error <= packed.scale[:, None] / 2 + 1e-7).all()
    assert packed.values.abs().max() == 127


def test_sixteen_bits_answer_alike(tiny_folder, tmp_path):
    half = pack(tiny_folder, None, tmp_path / 'half', float16=True)
    sizes = [(folder / 'model.safetensors').stat().st_size for folder in (half, tiny_folder)]
    assert sizes[0] < 0.6 * sizes[1]
    exact, rounded = load(tiny_folder), load(half)
    [a], [b] = (
        model.score(model.encode(*pictures()), prompts()[:1], [['left', 'right']])
        for model in (exact, rounded)
    )
    assert a.logprobs == pytest.approx(b.logprobs, abs=0.02)


def test_sixteen_and_eight_bits_exclude_each_other(tiny_folder, tmp_path):
    with pytest.raises(CheckpointError, match='not in both'):
        pack(tiny_folder, None, tmp_path / 'both', int8=True, float16=True)
