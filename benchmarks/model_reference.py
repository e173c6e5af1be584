# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SmolRGPT the plain way, as the yardstick of `benchmarks/model.py`.

Both pictures are encoded for every question, one after the other; the refiners compute their whole
maps; the key/value cache grows by concatenation; every question writes all its tokens, alone. This
is how the published code goes about it, built here of transformers' SigLIP and Llama blocks.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import (
    DynamicCache,
    LlamaConfig,
    LlamaModel,
    SiglipVisionConfig,
    SiglipVisionModel,
)

from smolrgpt_ros.models.smolrgpt.config import SmolRgptConfig, read_config
from smolrgpt_ros.models.smolrgpt.stored import StoredTensors
from smolrgpt_ros.models.smolrgpt.tokens import PromptTokenizer


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of a map."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def refiner(width: int) -> nn.Sequential:
    """Three transposed convolutions, norms and GELU after the first two, GELU after the last."""

    def up() -> nn.Module:
        return nn.ConvTranspose2d(width, width, 2, 2)

    return nn.Sequential(
        up(),
        ChannelNorm(width, 1e-6),
        nn.GELU(),
        up(),
        ChannelNorm(width, 1e-6),
        nn.GELU(),
        up(),
        nn.GELU(),
    )


class Reference(nn.Module):
    """The network, asked one question at a time."""

    def __init__(self, config: SmolRgptConfig) -> None:
        """Build with empty weights."""
        super().__init__()
        self.config = config
        self.vision = SiglipVisionModel(
            SiglipVisionConfig(
                hidden_size=config.vit_hidden_dim,
                intermediate_size=config.vit_inter_dim,
                num_hidden_layers=config.vit_n_blocks,
                num_attention_heads=config.vit_n_heads,
                image_size=config.vit_img_size,
                patch_size=config.vit_patch_size,
                layer_norm_eps=config.vit_ln_eps,
                vision_use_head=False,
            )
        ).vision_model
        self.language = LlamaModel(
            LlamaConfig(
                hidden_size=config.lm_hidden_dim,
                intermediate_size=config.lm_inter_dim,
                num_hidden_layers=config.lm_n_blocks,
                num_attention_heads=config.lm_n_heads,
                num_key_value_heads=config.lm_n_kv_heads,
                rms_norm_eps=config.lm_rms_eps,
                rope_theta=config.lm_re_base,
                vocab_size=config.vocabulary,
                max_position_embeddings=config.lm_max_position_embeddings,
            )
        )
        patch = config.vit_hidden_dim * config.mp_pixel_shuffle_factor**2
        self.connectors = nn.ModuleList(
            nn.Linear(patch, config.lm_hidden_dim, bias=False) for _ in range(2)
        )
        self.refiners = nn.ModuleList(refiner(config.lm_hidden_dim) for _ in range(2))

    def image_tokens(self, picture: Tensor, which: int) -> Tensor:
        """(1, 3, S, S) -> (1, T, C)."""
        x = self.vision(picture).last_hidden_state  # (1, P, D)
        side, factor = self.config.patches_per_side, self.config.mp_pixel_shuffle_factor
        x = x.view(1, side // factor, factor, side // factor, factor, -1).transpose(2, 3)
        return self.connectors[which](x.flatten(3).flatten(1, 2))

    def region_tokens(self, tokens: Tensor, masks: Tensor, which: int) -> Tensor:
        """Tokens (1, T, C), masks (R, h, w) -> (R, C)."""
        side = self.config.tokens_per_side
        refined = self.refiners[which](tokens.transpose(1, 2).unflatten(2, (side, side)))
        small = F.interpolate(masks[None], refined.shape[-2:], mode='bilinear')[0].to(refined.dtype)
        sums = torch.einsum('rhw,chw->rc', small, refined[0])
        return sums / (small.sum((1, 2)) + 1e-8)[:, None]

    @torch.inference_mode()
    def answer(
        self,
        tokenizer: PromptTokenizer,
        question: str,
        masks: Sequence[np.ndarray],
        rgb: Tensor,
        depth: Tensor,
        new_tokens: int,
    ) -> tuple[list[int], float]:
        """Token numbers, and seconds to the first of them."""
        begin = time.perf_counter()
        device = rgb.device
        ids = torch.tensor([[*tokenizer.prefix, *tokenizer.question(question).ids]], device=device)
        pictures = [self.image_tokens(picture[None], i) for i, picture in enumerate((rgb, depth))]
        x = self.language.embed_tokens(ids)
        x[ids == tokenizer.image] = pictures[0][0]
        planes = torch.stack([torch.as_tensor(mask, dtype=torch.float32) for mask in masks])
        planes = planes.to(device)
        x[ids == tokenizer.mask_rgb] = self.region_tokens(pictures[0], planes, 0)
        x[ids == tokenizer.mask_depth] = self.region_tokens(pictures[1], planes, 1)
        cache, written, first = DynamicCache(config=self.language.config), [], 0.0
        for _ in range(new_tokens):
            hidden = self.language(inputs_embeds=x, past_key_values=cache, use_cache=True)
            logits = F.linear(hidden.last_hidden_state[:, -1], self.language.embed_tokens.weight)
            best = logits.argmax(-1, keepdim=True)
            written.append(int(best))
            first = first or time.perf_counter() - begin
            x = self.language.embed_tokens(best)
        return written, first


def load_reference(folder: Path, device: str, dtype: torch.dtype) -> Reference:
    """Reference with the weights of a float checkpoint folder."""
    config = read_config(folder / 'config.json')
    stored = StoredTensors(folder / 'model.safetensors')
    with torch.device('meta'):
        model = Reference(config).eval()
    inv_freq = stored.tensor('decoder.rotary_embd.inv_freq').clone().to(device)
    weights = {}
    for name, empty in model.named_parameters():
        weights[name] = _value(stored, name, empty.shape).to(device, dtype, copy=True)
        stored.release(*(n for n in stored.entries))
    model.load_state_dict(weights, strict=True, assign=True)
    model.vision.embeddings.position_ids = torch.arange(config.patches_per_side**2, device=device)[
        None
    ]
    rotary = model.language.rotary_emb
    rotary.inv_freq = rotary.original_inv_freq = inv_freq
    return model.requires_grad_(False)


_RENAMES = (
    ('vision.embeddings.patch_embedding.', 'vision_encoder.patch_embedding.conv.'),
    (
        'vision.embeddings.position_embedding.weight',
        'vision_encoder.patch_embedding.position_embedding',
    ),
    ('vision.encoder.layers.', 'vision_encoder.blocks.'),
    ('layer_norm1', 'ln1'),
    ('layer_norm2', 'ln2'),
    ('vision.post_layernorm', 'vision_encoder.layer_norm'),
    ('language.embed_tokens', 'decoder.head'),
    ('language.layers.', 'decoder.blocks.'),
    ('language.norm', 'decoder.norm'),
    ('input_layernorm', 'norm1'),
    ('post_attention_layernorm', 'norm2'),
    ('self_attn', 'attn'),
    ('attn.o_proj', 'attn.out_proj'),
    ('connectors.0', 'MP.proj'),
    ('connectors.1', 'MP_depth.proj'),
    ('refiners.0', 'rgb_refiner.refiner'),
    ('refiners.1', 'depth_refiner.refiner'),
)


def _value(stored: StoredTensors, name: str, shape: torch.Size) -> Tensor:
    """The stored tensor behind a parameter of the reference."""
    for own, other in _RENAMES:
        name = name.replace(own, other)
    if name.startswith('vision_encoder') and '.attn.' in name and 'out_proj' not in name:
        index = ('q_proj', 'k_proj', 'v_proj').index(name.split('.')[-2])
        joined = stored.tensor(name.replace(name.split('.')[-2], 'qkv_proj'))
        return joined.chunk(3)[index]
    return stored.tensor(name).view(shape)
