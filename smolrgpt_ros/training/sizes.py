# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Networks by name: the published size, and one that a robot's processor can carry."""

from __future__ import annotations

from pathlib import Path

from smolrgpt_ros.models.smolrgpt.config import FULL_SIZE, SmolRgptConfig, read_config

from .errors import SettingsError

#: 9.9 million numbers: 20 MB in float16
SMALL = SmolRgptConfig(
    vit_hidden_dim=192,
    vit_inter_dim=768,
    vit_patch_size=16,
    vit_img_size=256,
    vit_n_heads=3,
    vit_n_blocks=6,
    lm_hidden_dim=256,
    lm_inter_dim=704,
    lm_re_base=10000.0,
    lm_max_position_embeddings=2048,
    lm_base_vocab_size=1000,
    lm_n_heads=4,
    lm_n_kv_heads=2,
    lm_n_blocks=6,
    mp_pixel_shuffle_factor=2,
    mp_image_token_length=64,
)

SIZES = {'small': SMALL, 'full': FULL_SIZE}


def config_named(name: str) -> SmolRgptConfig:
    """The size `name`, or what the file of that name holds.

    Raises `SettingsError`, or `CheckpointError` for a file that describes no network.
    """
    if name in SIZES:
        return SIZES[name]
    if not name.endswith('.json'):
        raise SettingsError(
            f'there is no size {name!r}; {", ".join(SIZES)}, or a file that ends in .json'
        )
    return read_config(Path(name))
