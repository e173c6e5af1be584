# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A TinyGiantVLM of some ten thousand numbers."""

from __future__ import annotations

from smolrgpt_ros.models.tinygiant import TinyGiantConfig

MICRO = TinyGiantConfig(
    picture_side=64,
    vision_dims=(8, 12, 16, 24),
    vision_depths=(1, 1, 1, 1),
    fine_dim=12,
    lm_hidden_dim=48,
    lm_inter_dim=96,
    lm_base_vocab_size=300,
    lm_n_heads=3,
    lm_n_kv_heads=1,
    lm_n_blocks=4,
    fusion_layers=2,
    expert_inter_dim=32,
    crop_side=2,
    lm_max_position_embeddings=512,
)
