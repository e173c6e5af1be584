# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoint folders: configuration, preprocessing, table of tensors, tokenizer, packed or not."""

from __future__ import annotations

import functools
import json
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fuzz.damage import damaged, written
from fuzz.draw import Draw
from fuzz.folders import scratch
from smolrgpt_ros.models.smolrgpt.checkpoint import (
    CONFIG,
    TOKENIZER,
    WEIGHTS,
    Checkpoint,
)
from smolrgpt_ros.models.smolrgpt.config import FULL_SIZE, read_config
from smolrgpt_ros.models.smolrgpt.errors import CheckpointError
from smolrgpt_ros.models.smolrgpt.folder import byte_tokenizer
from smolrgpt_ros.models.smolrgpt.layout import layout
from smolrgpt_ros.models.smolrgpt.pack import pack, pack_random
from smolrgpt_ros.models.smolrgpt.preprocessing import PREPROCESSING, read_preprocessing
from smolrgpt_ros.models.smolrgpt.tokens import PromptTokenizer
from smolrgpt_ros.models.tinygiant.checkpoint import Checkpoint as TinyGiantCheckpoint
from smolrgpt_ros.models.tinygiant.config import TinyGiantConfig
from smolrgpt_ros.models.tinygiant.config import read_config as read_tinygiant_config

_TINY = replace(
    FULL_SIZE, vit_hidden_dim=8, vit_inter_dim=8, vit_img_size=32, vit_n_heads=2, vit_n_blocks=1,
    lm_hidden_dim=16, lm_inter_dim=16, lm_base_vocab_size=259, lm_n_heads=2, lm_n_kv_heads=1,
    lm_n_blocks=1, mp_image_token_length=1,
)  # fmt: skip
_TINY_GIANT = TinyGiantConfig(
    picture_side=32, vision_dims=(4, 4, 8, 8), vision_depths=(1, 1, 1, 1), fine_dim=8,
    lm_hidden_dim=16, lm_inter_dim=16, lm_base_vocab_size=259, lm_n_heads=2, lm_n_kv_heads=1,
    lm_n_blocks=2, fusion_layers=1, expert_inter_dim=8, reinspections=1,
)  # fmt: skip
_PREPROCESSING = {'depth_convention': 'points', 'points_scale_m': 5.0}


def seeds() -> Iterator[bytes]:
    """Each file undamaged, and with damage."""
    for part in range(len(_CHECKS)):
        yield bytes((part, 0, 0))
        for edits in range(1, 5):
            yield bytes((part, edits, *range(11 * edits, 11 * edits + 60)))


def check(data: bytes) -> None:
    """Read one file of a folder; it is refused by name, or what was read is in order."""
    draw = Draw(data)
    try:
        draw.choose(_CHECKS)(draw)
    except CheckpointError as error:
        assert str(scratch('checkpoint')) in str(error), error


def _check_config(draw: Draw) -> None:
    path = scratch('checkpoint') / CONFIG
    path.write_bytes(written(damaged(json.loads(_TINY.to_json()), draw), draw))
    config = read_config(path)
    shapes = layout(config)
    assert all(side > 0 for shape in shapes.values() for side in shape), config
    path.write_text(config.to_json(), encoding='utf-8')
    assert read_config(path) == config


def _check_tinygiant_config(draw: Draw) -> None:
    path = scratch('checkpoint') / CONFIG
    path.write_bytes(written(damaged(json.loads(_TINY_GIANT.to_json()), draw), draw))
    config = read_tinygiant_config(path)
    path.write_text(config.to_json(), encoding='utf-8')
    assert read_tinygiant_config(path) == config
    assert len(config.looking_blocks) == config.reinspections, config
    assert all(0 <= block < config.lm_n_blocks for block in config.looking_blocks), config
    (path.parent / WEIGHTS).write_bytes(_weights('float'))
    TinyGiantCheckpoint(path.parent)


def _check_preprocessing(draw: Draw) -> None:
    folder = scratch('checkpoint')
    (folder / PREPROCESSING).write_bytes(written(damaged(_PREPROCESSING, draw), draw))
    read = read_preprocessing(folder)
    assert 0.0 < read.points_scale_m < 1e6, read
    (folder / PREPROCESSING).write_text(read.to_json(), encoding='utf-8')
    assert read_preprocessing(folder) == read


def _check_weights(draw: Draw) -> None:
    folder = scratch('checkpoint')
    (folder / CONFIG).write_text(_TINY.to_json(), encoding='utf-8')
    good = _weights(draw.choose(('float', 'int8', 'float16')))
    length = struct.unpack('<Q', good[:8])[0]
    numbers = good[8 + length :]
    table = written(damaged(json.loads(good[8 : 8 + length]), draw), draw)
    claimed = draw.integer() % 2**64 if draw.number(0, 7) == 1 else len(table)
    kept = draw.number(0, len(numbers)) if draw.number(0, 7) == 1 else len(numbers)
    (folder / WEIGHTS).write_bytes(struct.pack('<Q', claimed) + table + numbers[:kept])
    checkpoint = Checkpoint(folder)
    for name in checkpoint.stored.entries:
        if checkpoint.stored.entries[name].dtype is not None:
            values = checkpoint.stored.tensor(name).contiguous()
            assert tuple(values.shape) == checkpoint.stored.shape(name)


def _check_tokenizer(draw: Draw) -> None:
    path = scratch('checkpoint') / TOKENIZER
    path.write_bytes(written(damaged(json.loads(_tokenizer()), draw), draw))
    tokenizer = PromptTokenizer(path, _TINY)
    asked = tokenizer.question('How far is <mask> from <mask>?')
    assert asked.masks == 2
    assert all(0 <= number < _TINY.vocabulary for number in asked.ids), asked
    assert asked.ids.count(tokenizer.mask_rgb) == 2
    tokenizer.decode(asked.ids)


_CHECKS = (
    _check_config, _check_tinygiant_config, _check_preprocessing, _check_weights, _check_tokenizer,
)  # fmt: skip


@functools.cache
def _weights(kind: str) -> bytes:
    source = _random_folder()
    if kind == 'float':
        return (source / WEIGHTS).read_bytes()
    out = source.parent / f'random_{kind}'
    pack(source, None, out, int8=kind == 'int8', float16=kind == 'float16')
    return (out / WEIGHTS).read_bytes()


@functools.cache
def _random_folder() -> Path:
    return pack_random(scratch('packed') / 'random', config=_TINY)


@functools.cache
def _tokenizer() -> str:
    return byte_tokenizer(_TINY.lm_base_vocab_size)
