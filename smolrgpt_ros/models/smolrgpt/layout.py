# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Names and shapes of the stored tensors, and how this implementation groups them.

`layout` is the one table that loading, packing, random checkpoints and error messages share.
"""

from __future__ import annotations

from math import prod

from .config import SmolRgptConfig

INV_FREQ = 'decoder.rotary_embd.inv_freq'
HEAD = 'decoder.head.weight'

#: Linear layers that read the same input are one layer here: fewer, larger products.
#: own name -> stored names whose rows follow each other in it
FUSED = {'qkv_proj': ('q_proj', 'k_proj', 'v_proj'), 'gate_up_proj': ('gate_proj', 'up_proj')}

Shape = tuple[int, ...]


def layout(config: SmolRgptConfig) -> dict[str, Shape]:
    """Stored tensor name -> shape, of a checkpoint with `config`."""
    return {**_vision(config), **_connectors(config), **_refiners(config), **_decoder(config)}


def parameters(config: SmolRgptConfig) -> int:
    """How many numbers such a checkpoint stores."""
    return sum(prod(shape) for shape in layout(config).values())


def _vision(config: SmolRgptConfig) -> dict[str, Shape]:
    width, inner, patch = config.vit_hidden_dim, config.vit_inter_dim, config.vit_patch_size
    table: dict[str, Shape] = {
        'vision_encoder.patch_embedding.conv.weight': (width, 3, patch, patch),
        'vision_encoder.patch_embedding.conv.bias': (width,),
        'vision_encoder.patch_embedding.position_embedding': (1, config.patches_per_side**2, width),
        'vision_encoder.layer_norm.weight': (width,),
        'vision_encoder.layer_norm.bias': (width,),
    }
    for index in range(config.vit_n_blocks):
        block = f'vision_encoder.blocks.{index}.'
        for norm in ('ln1', 'ln2'):
            table |= {f'{block}{norm}.weight': (width,), f'{block}{norm}.bias': (width,)}
        for name, rows, columns in (
            ('attn.qkv_proj', 3 * width, width),
            ('attn.out_proj', width, width),
            ('mlp.fc1', inner, width),
            ('mlp.fc2', width, inner),
        ):
            table |= {f'{block}{name}.weight': (rows, columns), f'{block}{name}.bias': (rows,)}
    return table


def _connectors(config: SmolRgptConfig) -> dict[str, Shape]:
    shape = (config.lm_hidden_dim, config.vit_hidden_dim * config.mp_pixel_shuffle_factor**2)
    return {'MP.proj.weight': shape, 'MP_depth.proj.weight': shape}


def _refiners(config: SmolRgptConfig) -> dict[str, Shape]:
    width = config.lm_hidden_dim
    table: dict[str, Shape] = {}
    for stem in ('rgb_refiner.refiner', 'depth_refiner.refiner'):
        for index in (0, 3, 6):
            table |= {
                f'{stem}.{index}.weight': (width, width, 2, 2),
                f'{stem}.{index}.bias': (width,),
            }
        for index in (1, 4):
            table |= {f'{stem}.{index}.weight': (width,), f'{stem}.{index}.bias': (width,)}
    return table


def _decoder(config: SmolRgptConfig) -> dict[str, Shape]:
    width, inner = config.lm_hidden_dim, config.lm_inter_dim
    keys = config.lm_n_kv_heads * config.head_dim
    table: dict[str, Shape] = {
        HEAD: (config.vocabulary, width),
        'decoder.norm.weight': (width,),
        INV_FREQ: (config.head_dim // 2,),
    }
    for index in range(config.lm_n_blocks):
        block = f'decoder.blocks.{index}.'
        for name, rows, columns in (
            ('attn.q_proj', width, width),
            ('attn.k_proj', keys, width),
            ('attn.v_proj', keys, width),
            ('attn.out_proj', width, width),
            ('mlp.gate_proj', inner, width),
            ('mlp.up_proj', inner, width),
            ('mlp.down_proj', width, inner),
        ):
            table[f'{block}{name}.weight'] = (rows, columns)
        table |= {f'{block}norm1.weight': (width,), f'{block}norm2.weight': (width,)}
    return table
