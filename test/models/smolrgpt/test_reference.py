# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The benchmark's yardstick, built of other blocks, computes the same."""

from __future__ import annotations

import pytest
import torch
from tiny_smolrgpt import TINY, pictures, prompts

from smolrgpt_ros.models.smolrgpt.preprocess import colour_input, depth_input

pytest.importorskip('transformers')
from benchmarks.model_reference import load_reference


@pytest.mark.parametrize('index', [0, 2])
def test_the_plain_way_writes_the_same(tiny, tiny_folder, tiny_frame, index):
    reference = load_reference(tiny_folder, 'cpu', torch.float32)
    colour, depth = pictures()
    inputs = colour_input(colour, TINY.vit_img_size), depth_input(depth, TINY.vit_img_size)
    prompt = prompts()[index]
    ids, seconds = reference.answer(tiny.tokenizer, prompt.question, prompt.masks, *inputs, 8)
    [ours] = tiny.answer(tiny_frame, [prompt], max_new_tokens=8)
    assert list(ours.token_ids) == ids
    assert seconds > 0
