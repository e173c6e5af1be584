# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What SigLIP2's and SmolLM2's own configs say, as one config of ours, or why that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from smolrgpt_ros.models.smolrgpt.config import SmolRgptConfig

from .errors import PretrainedError

_SHUFFLE = 2
#: kinds of config.json that hold a SigLIP of fixed size; SigLIP2's fixed-size folders are of these
_VISION_TYPES = ('siglip', 'siglip_vision_model')

# What transformers takes for a key that a config.json leaves out.
_VISION_DEFAULTS: Mapping[str, Any] = {
    'hidden_size': 768,
    'intermediate_size': 3072,
    'num_hidden_layers': 12,
    'num_attention_heads': 12,
    'num_channels': 3,
    'image_size': 224,
    'patch_size': 16,
    'hidden_act': 'gelu_pytorch_tanh',
    'layer_norm_eps': 1e-6,
}
_LANGUAGE_DEFAULTS: Mapping[str, Any] = {
    'hidden_size': 4096,
    'intermediate_size': 11008,
    'num_hidden_layers': 32,
    'num_attention_heads': 32,
    'vocab_size': 32000,
    'max_position_embeddings': 2048,
    'hidden_act': 'silu',
    'rms_norm_eps': 1e-6,
    'rope_theta': 10000.0,
    'rope_scaling': None,
    'attention_bias': False,
    'mlp_bias': False,
    'tie_word_embeddings': False,
}


def joined_config(
    vision: Mapping[str, Any], vision_folder: Path, language: Mapping[str, Any], folder: Path
) -> SmolRgptConfig:
    """Config of a network with these two parts. Raises `PretrainedError` naming key and value."""
    see = vision_config(vision, vision_folder)
    read = language_config(language, folder)
    heads = read['num_attention_heads']
    tokens = see['image_size'] // see['patch_size'] // _SHUFFLE
    return SmolRgptConfig(
        vit_hidden_dim=see['hidden_size'],
        vit_inter_dim=see['intermediate_size'],
        vit_patch_size=see['patch_size'],
        vit_img_size=see['image_size'],
        vit_n_heads=see['num_attention_heads'],
        vit_n_blocks=see['num_hidden_layers'],
        vit_ln_eps=float(see['layer_norm_eps']),
        lm_hidden_dim=read['hidden_size'],
        lm_inter_dim=read['intermediate_size'],
        lm_re_base=float(read['rope_theta']),
        lm_max_position_embeddings=read['max_position_embeddings'],
        lm_base_vocab_size=read['vocab_size'],
        lm_n_heads=heads,
        lm_n_kv_heads=read.get('num_key_value_heads') or heads,
        lm_n_blocks=read['num_hidden_layers'],
        lm_rms_eps=float(read['rms_norm_eps']),
        mp_pixel_shuffle_factor=_SHUFFLE,
        mp_image_token_length=tokens**2,
    )


def vision_config(raw: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The part of a SigLIP's config that speaks of its vision tower. Raises `PretrainedError`."""
    kind = raw.get('model_type')
    if kind not in _VISION_TYPES:
        raise PretrainedError(
            f'{folder}/config.json: model_type is {kind!r}, expected one of '
            f'{", ".join(_VISION_TYPES)} (a SigLIP or SigLIP2 of fixed picture size)'
        )
    found = {**_VISION_DEFAULTS, **(raw.get('vision_config') or raw)}
    step = found['patch_size'] * _SHUFFLE
    _check(
        folder,
        found,
        {
            'hidden_act': (found['hidden_act'] == 'gelu_pytorch_tanh', 'gelu_pytorch_tanh'),
            'num_channels': (found['num_channels'] == 3, '3'),
            'image_size': (found['image_size'] % step == 0, f'a multiple of {step}'),
        },
    )
    return found


def language_config(raw: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """A Llama's config. Raises `PretrainedError`."""
    kind = raw.get('model_type')
    if kind != 'llama':
        raise PretrainedError(
            f'{folder}/config.json: model_type is {kind!r}, expected llama (SmolLM2 is one)'
        )
    found = {**_LANGUAGE_DEFAULTS, **raw}
    # transformers 5 keeps the rotary base in a table of its own
    table = found.get('rope_parameters') or {}
    if 'rope_theta' in table and table.get('rope_type', 'default') == 'default':
        found['rope_theta'] = table['rope_theta']
    scaling = found['rope_scaling'] or {}
    width = found['hidden_size'] // found['num_attention_heads']
    tied = found['tie_word_embeddings']
    _check(
        folder,
        found,
        {
            'hidden_act': (found['hidden_act'] == 'silu', 'silu'),
            'rope_scaling': (scaling.get('rope_type', 'default') == 'default', 'none'),
            'attention_bias': (not found['attention_bias'], 'false'),
            'mlp_bias': (not found['mlp_bias'], 'false'),
            'tie_word_embeddings': (tied, 'true: the published form stores head and rows once'),
            'head_dim': ((found.get('head_dim') or width) == width, str(width)),
        },
    )
    return found


def _check(folder: Path, found: Mapping[str, Any], rules: Mapping[str, tuple[bool, str]]) -> None:
    broken = [
        f'{key} is {found.get(key)!r}, expected {expected}'
        for key, (holds, expected) in rules.items()
        if not holds
    ]
    if broken:
        raise PretrainedError(f'{folder}/config.json: {"; ".join(broken)}')
