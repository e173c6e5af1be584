# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Networks by name: the published size, and one that a robot's processor can carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from smolrgpt_ros.models.smolrgpt.config import FULL_SIZE, SmolRgptConfig, read_config
from smolrgpt_ros.models.tinygiant.config import read_config as read_tinygiant_config
from smolrgpt_ros.models.tinygiant.sizes import SIZES as TINYGIANT_SIZES

from .errors import SettingsError
from .stages import Model

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

#: what the package itself carries: small enough to be taught on a single processor core
PACKAGED = SmolRgptConfig(
    vit_hidden_dim=96,
    vit_inter_dim=288,
    vit_patch_size=16,
    vit_img_size=256,
    vit_n_heads=4,
    vit_n_blocks=2,
    lm_hidden_dim=160,
    lm_inter_dim=448,
    lm_re_base=10000.0,
    lm_max_position_embeddings=1024,
    lm_base_vocab_size=800,
    lm_n_heads=4,
    lm_n_kv_heads=2,
    lm_n_blocks=4,
    mp_pixel_shuffle_factor=2,
    mp_image_token_length=64,
)

SIZES: Mapping[Model, Mapping[str, Any]] = {
    'smolrgpt': {'packaged': PACKAGED, 'small': SMALL, 'full': FULL_SIZE},
    'tinygiant': TINYGIANT_SIZES,
}
_READERS: Mapping[Model, Callable[[Path], Any]] = {
    'smolrgpt': read_config,
    'tinygiant': read_tinygiant_config,
}


def config_named(model: Model, name: str, *, moe: bool = True) -> Any:
    """The size `name` of `model`, or what the file of that name holds, as the model's own config.

    Without `moe`, TinyGiantVLM's fusion is dense. Raises `SettingsError`, or `CheckpointError` for
    a file that describes no network.
    """
    if not moe and model != 'tinygiant':
        raise SettingsError(f'{model} has no experts to leave out')
    if name in SIZES[model]:
        config = SIZES[model][name]
    elif name.endswith('.json'):
        config = _READERS[model](Path(name))
    else:
        known = ', '.join(SIZES[model])
        raise SettingsError(f'{model} has no size {name!r}; {known}, or a file that ends in .json')
    return config if moe else replace(config, moe=False)
