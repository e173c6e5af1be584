# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Tiny random folders of a SigLIP vision tower and of a Llama, as transformers writes them."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    SiglipConfig,
    SiglipModel,
    SiglipVisionConfig,
    SiglipVisionModel,
)

from smolrgpt_ros.models.smolrgpt.folder import byte_tokenizer

VISION = {
    'hidden_size': 32,
    'intermediate_size': 64,
    'num_hidden_layers': 2,
    'num_attention_heads': 2,
    'image_size': 64,
    'patch_size': 16,
}
LANGUAGE = {
    'hidden_size': 48,
    'intermediate_size': 96,
    'num_hidden_layers': 2,
    'num_attention_heads': 3,
    'num_key_value_heads': 1,
    'vocab_size': 300,
    'max_position_embeddings': 512,
    'rms_norm_eps': 1e-5,
    'rope_theta': 100000.0,
    'tie_word_embeddings': True,
}


def shaken(model: torch.nn.Module) -> torch.nn.Module:
    """Norms and biases away from ones and zeros, so that a swapped pair is seen."""
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=generator))
    return model.eval()


def vision_tower(folder: Path, **changed: object) -> SiglipVisionModel:
    torch.manual_seed(1)
    model = shaken(SiglipVisionModel(SiglipVisionConfig(**{**VISION, **changed})))
    model.save_pretrained(folder)
    return model


def whole_siglip(folder: Path) -> SiglipVisionModel:
    """A folder as SigLIP2's: the tower is a part of the whole model; returns the tower alone."""
    torch.manual_seed(2)
    text = {'hidden_size': 32, 'intermediate_size': 32, 'num_hidden_layers': 1, 'vocab_size': 20}
    config = SiglipConfig(
        text_config={**text, 'num_attention_heads': 2, 'projection_size': 32}, vision_config=VISION
    )
    whole = shaken(SiglipModel(config))
    whole.save_pretrained(folder)
    tower = SiglipVisionModel(SiglipVisionConfig(**VISION)).eval()
    tower.vision_model.load_state_dict(whole.vision_model.state_dict())
    return tower


def llama(folder: Path, *, max_shard_size: str = '5GB', **changed: object) -> LlamaForCausalLM:
    torch.manual_seed(4)
    model = shaken(LlamaForCausalLM(LlamaConfig(**{**LANGUAGE, **changed})))
    model.save_pretrained(folder, max_shard_size=max_shard_size)
    (folder / 'tokenizer.json').write_text(byte_tokenizer(300))
    return model
