# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The ``config.json`` of a TinyGiantVLM checkpoint, as one typed value."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from smolrgpt_ros.models.smolrgpt.config import read_object, refuse_odd_numbers, typed_fields
from smolrgpt_ros.models.smolrgpt.errors import CheckpointError

#: pixels of a cell of the fine map, and of a picture token, along one side
FINE_STRIDE, TOKEN_STRIDE = 4, 32
ARCHITECTURE = 'tinygiant'


@dataclass(frozen=True)
class TinyGiantConfig:
    """All that shapes the network. `docs/explanation/tinygiant.md` says why each part is there.

    Attributes:
        picture_side: pixels along one side of the square pictures that the backbones read.
        vision_dims: channels of a backbone's four stages (4, 8, 16 and 32 pixels a cell).
        vision_depths: blocks of these stages.
        fine_dim: channels of the fine map that regions are read from.
        lm_hidden_dim: width of picture tokens, region tokens and decoder; the other `lm_` keys
            are the decoder's and mean what they mean in SmolRGPT's config.
        fusion_layers: layers of experts that fuse RGB and depth.
        expert_inter_dim: inner width of one expert.
        moe: False puts one dense MLP of the width `top_k * expert_inter_dim` in the experts'
            place: as many active parameters, nothing to choose.
        experts: experts of a layer.
        top_k: experts that a token passes.
        balance_weight: weight of the load-balancing loss.
        router_z_weight: weight of the loss that keeps the router's logits small.
        reinspections: decoder blocks that look at the regions again; 0 switches it off.
        crop_side: points along one side of what is looked at again of one region.
        crop_context: side of that crop in sides of the region's box; beyond 1 it shows what is
            around the region.
    """

    picture_side: int
    vision_dims: tuple[int, ...]
    vision_depths: tuple[int, ...]
    fine_dim: int
    lm_hidden_dim: int
    lm_inter_dim: int
    lm_base_vocab_size: int
    lm_n_heads: int
    lm_n_kv_heads: int
    lm_n_blocks: int
    fusion_layers: int
    expert_inter_dim: int
    moe: bool = True
    experts: int = 4
    top_k: int = 2
    balance_weight: float = 0.01
    router_z_weight: float = 0.001
    reinspections: int = 2
    crop_side: int = 4
    crop_context: float = 1.5
    lm_re_base: float = 10000.0
    lm_max_position_embeddings: int = 2048
    lm_rms_eps: float = 1e-5
    lm_attn_scaling: float = 1.0
    extra_token_amount: int = 3
    stage: str = ''
    architecture: str = ARCHITECTURE

    @property
    def vocabulary(self) -> int:
        """Rows of the embedding: the base vocabulary and the image and mask tokens after it."""
        return self.lm_base_vocab_size + self.extra_token_amount

    @property
    def head_dim(self) -> int:
        """Channels of one attention head of the decoder."""
        return self.lm_hidden_dim // self.lm_n_heads

    @property
    def mp_image_token_length(self) -> int:
        """Picture tokens in a prompt, under the name that the prompt's tokenizer asks for."""
        return (self.picture_side // TOKEN_STRIDE) ** 2

    @property
    def vit_img_size(self) -> int:
        """`picture_side`, under the name of SmolRGPT's config."""
        return self.picture_side

    @property
    def refined_side(self) -> int:
        """Cells along one side of the fine map."""
        return self.picture_side // FINE_STRIDE

    @property
    def looking_blocks(self) -> tuple[int, ...]:
        """Decoder blocks before which regions are looked at again: spread over the second half.

        What is asked has to be understood first, and what was seen has to reach the answer.
        """
        half = self.lm_n_blocks // 2
        room = self.lm_n_blocks - half
        return tuple(half + look * room // self.reinspections for look in range(self.reinspections))

    def to_json(self) -> str:
        """Text of a ``config.json`` that `read_config` reads back."""
        return json.dumps(asdict(self), indent=2) + '\n'


def read_config(path: Path) -> TinyGiantConfig:
    """Read `path`; unknown keys are ignored, missing and mistyped ones are named.

    Raises `CheckpointError`.
    """
    raw = read_object(path)
    if raw.get('architecture', ARCHITECTURE) != ARCHITECTURE or 'vit_hidden_dim' in raw:
        raise CheckpointError(
            f'{path} belongs to {raw.get("architecture", "SmolRGPT")}, not to TinyGiantVLM; ask '
            'the engine of that name'
        )
    return checked(TinyGiantConfig(**typed_fields(TinyGiantConfig, raw, path)), path)


def checked(config: TinyGiantConfig, where: Path | str = 'the config') -> TinyGiantConfig:
    """Return `config`, or reject numbers that cannot form a network, each with the reason.

    Raises `CheckpointError`.
    """
    refuse_odd_numbers(config, where, may_be_zero={'reinspections', 'extra_token_amount'})
    stages = {len(config.vision_dims), len(config.vision_depths)}
    rules = {
        'vision_dims and vision_depths are not four numbers each': stages != {4},
        f'picture_side is no multiple of {TOKEN_STRIDE}': config.picture_side % TOKEN_STRIDE,
        'lm_hidden_dim is no multiple of lm_n_heads': config.lm_hidden_dim % config.lm_n_heads,
        'lm_hidden_dim / lm_n_heads is odd': config.head_dim % 2,
        'lm_n_heads is no multiple of lm_n_kv_heads': config.lm_n_heads % config.lm_n_kv_heads,
        'fusion_layers times experts is larger than 1024': config.fusion_layers * config.experts
        > 1024,
        'top_k is larger than experts': config.moe and config.top_k > config.experts,
        'reinspections is not between 0 and half of lm_n_blocks': not (
            0 <= config.reinspections <= max(config.lm_n_blocks // 2, 1)
        ),
        'crop_context is below 1': config.crop_context < 1,
        'extra_token_amount is not 3 (image, mask_rgb, mask_depth)': config.extra_token_amount != 3,
    }
    broken = [rule for rule, is_broken in rules.items() if is_broken]
    if broken:
        raise CheckpointError(f'{where}: {"; ".join(broken)}')
    return config
