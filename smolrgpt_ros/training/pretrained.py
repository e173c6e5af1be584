# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A network of SigLIP2 and SmolLM2 from local folders; connectors and refiners begin at random."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from torch import Tensor

from smolrgpt_ros.models.smolrgpt import taught
from smolrgpt_ros.models.smolrgpt.assemble import stored_names
from smolrgpt_ros.models.smolrgpt.config import SmolRgptConfig
from smolrgpt_ros.models.smolrgpt.layout import HEAD, INV_FREQ, layout
from smolrgpt_ros.models.smolrgpt.network import Network

from .pretrained_config import joined_config
from .pretrained_tensors import PretrainedTensors, read_pretrained_config

_VISION = {
    'patch_embedding.conv': 'embeddings.patch_embedding',
    'layer_norm': 'post_layernorm',
}
_VISION_BLOCK = {
    'ln1': 'layer_norm1',
    'ln2': 'layer_norm2',
    'attn.out_proj': 'self_attn.out_proj',
    'mlp.fc1': 'mlp.fc1',
    'mlp.fc2': 'mlp.fc2',
}
_LANGUAGE_BLOCK = {
    'norm1': 'input_layernorm',
    'norm2': 'post_attention_layernorm',
    'attn.q_proj': 'self_attn.q_proj',
    'attn.k_proj': 'self_attn.k_proj',
    'attn.v_proj': 'self_attn.v_proj',
    'attn.out_proj': 'self_attn.o_proj',
    'mlp.gate_proj': 'mlp.gate_proj',
    'mlp.up_proj': 'mlp.up_proj',
    'mlp.down_proj': 'mlp.down_proj',
}
_POSITIONS = 'vision_encoder.patch_embedding.position_embedding'
_BLOCK = re.compile(r'(?:vision_encoder|decoder)\.blocks\.(\d+)\.(.+)\.(weight|bias)')
#: noise of the new rows, as a share of the deviation of the rows that are there
_NOISE = 0.01


def assembled(vision: Path, language: Path, seed: int) -> Network:
    """A network whose encoder is `vision`'s and whose language model is `language`'s, float32.

    Raises `PretrainedError` or `CheckpointError` that name the file and the key or tensor.
    """
    config = joined_config(
        read_pretrained_config(vision), vision, read_pretrained_config(language), language
    )
    parts = _Parts(config, PretrainedTensors(vision), PretrainedTensors(language), seed)
    network = taught.create(config, seed)
    with torch.no_grad():
        for name, value in (*network.named_parameters(), *network.named_buffers()):
            if name.startswith(('vision_encoder.', 'decoder.')) and name != INV_FREQ:
                value.copy_(torch.cat([parts.tensor(stored) for stored in stored_names(name)]))
    return network


class _Parts:
    """Tensors in the published form, taken from the two folders."""

    def __init__(
        self,
        config: SmolRgptConfig,
        vision: PretrainedTensors,
        language: PretrainedTensors,
        seed: int,
    ) -> None:
        self._config, self._shapes, self._seed = config, layout(config), seed
        self._vision, self._language = vision, language
        # A tower saved alone or within a whole SigLIP, a Llama with or without its head.
        tower = 'vision_model.embeddings.patch_embedding.weight'
        self._tower = 'vision_model.' if tower in vision else ''
        self._llama = 'model.' if 'model.embed_tokens.weight' in language else ''

    def tensor(self, stored: str) -> Tensor:
        """The tensor of the published name `stored`."""
        shape = self._shapes[stored]
        if stored == HEAD:
            return self._head(shape)
        if stored.startswith('decoder.'):
            return self._language.tensor(self._llama + language_name(stored), shape)
        if stored == _POSITIONS:
            name = f'{self._tower}embeddings.position_embedding.weight'
            return self._vision.tensor(name, shape[1:])[None]
        if '.attn.qkv_proj.' in stored:
            return self._qkv(stored, shape)
        return self._vision.tensor(self._tower + vision_name(stored), shape)

    def _qkv(self, stored: str, shape: tuple[int, ...]) -> Tensor:
        """Three layers of SigLIP as the one that is published."""
        one = (shape[0] // 3, *shape[1:])
        names = [vision_name(stored.replace('qkv_proj', f'{part}_proj')) for part in 'qkv']
        return torch.cat([self._vision.tensor(self._tower + name, one) for name in names])

    def _head(self, shape: tuple[int, ...]) -> Tensor:
        """Embedding with rows for the three tokens that SmolRGPT adds.

        They begin at the mean of all rows: the head, which is the same matrix, then gives them an
        average logit, so that the words' probabilities stay what they were. Rows at zero or of a
        large norm could win against every word. A little noise tells the three apart.
        """
        known = (self._config.lm_base_vocab_size, shape[1])
        rows = self._language.tensor(f'{self._llama}embed_tokens.weight', known)
        generator = torch.Generator().manual_seed(self._seed)
        noise = torch.randn(shape[0] - known[0], shape[1], generator=generator)
        return torch.cat((rows, rows.mean(0) + _NOISE * rows.std(0) * noise))


def vision_name(stored: str) -> str:
    """SigLIP's name, within the tower, of a tensor of ours."""
    found = _BLOCK.fullmatch(stored)
    if found is None:
        path, _, leaf = stored.removeprefix('vision_encoder.').rpartition('.')
        return f'{_VISION[path]}.{leaf}'
    inner = found[2]
    layer = _VISION_BLOCK.get(inner) or inner.replace('attn.', 'self_attn.')
    return f'encoder.layers.{found[1]}.{layer}.{found[3]}'


def language_name(stored: str) -> str:
    """Llama's name, within the model, of a tensor of ours."""
    found = _BLOCK.fullmatch(stored)
    if found is None:
        return stored.removeprefix('decoder.')
    return f'layers.{found[1]}.{_LANGUAGE_BLOCK[found[2]]}.{found[3]}'
