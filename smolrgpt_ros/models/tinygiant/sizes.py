# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The published sizes, 64M and 80M, and a small one that a CPU can train."""

from __future__ import annotations

from dataclasses import replace

from .config import TinyGiantConfig

#: 64 million parameters: two ConvNeXt V2 'pico' backbones
TINY_64M = TinyGiantConfig(
    picture_side=256,
    vision_dims=(64, 128, 256, 512),
    vision_depths=(2, 2, 6, 2),
    fine_dim=128,
    lm_hidden_dim=512,
    lm_inter_dim=1408,
    lm_base_vocab_size=8192,
    lm_n_heads=8,
    lm_n_kv_heads=4,
    lm_n_blocks=8,
    fusion_layers=2,
    expert_inter_dim=1088,
    stage='random',
)

#: 80 million parameters: the backbones grow to ConvNeXt V2 'nano', the experts by a fifth
TINY_80M = replace(
    TINY_64M,
    vision_dims=(80, 160, 320, 640),
    vision_depths=(2, 2, 8, 2),
    expert_inter_dim=1280,
)

#: 2.2 million parameters, the same code: taught on a single processor core
SMALL = TinyGiantConfig(
    picture_side=192,
    vision_dims=(16, 32, 64, 128),
    vision_depths=(1, 1, 2, 1),
    fine_dim=32,
    lm_hidden_dim=128,
    lm_inter_dim=352,
    lm_base_vocab_size=800,
    lm_n_heads=4,
    lm_n_kv_heads=2,
    lm_n_blocks=4,
    fusion_layers=1,
    expert_inter_dim=256,
    crop_side=3,
    stage='random',
)

SIZES = {'64m': TINY_64M, '80m': TINY_80M, 'small': SMALL}
