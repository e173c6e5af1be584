# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A checkpoint of a few thousand numbers, and questions about noise."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import numpy as np

from smolrgpt_ros.models.smolrgpt import Prompt, SmolRgptConfig, box_mask

TINY = SmolRgptConfig(
    vit_hidden_dim=32,
    vit_inter_dim=64,
    vit_patch_size=16,
    vit_img_size=64,
    vit_n_heads=2,
    vit_n_blocks=2,
    lm_hidden_dim=48,
    lm_inter_dim=96,
    lm_re_base=10000.0,
    lm_max_position_embeddings=512,
    lm_base_vocab_size=300,
    lm_n_heads=3,
    lm_n_kv_heads=1,
    lm_n_blocks=2,
    mp_pixel_shuffle_factor=2,
    mp_image_token_length=4,
)


def pictures(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return (
        rng.integers(0, 256, (90, 160, 3), dtype=np.uint8),
        rng.integers(0, 256, (90, 160), dtype=np.uint8),
    )


def prompts() -> list[Prompt]:
    boxes = [
        box_mask(box, 90, 160) for box in ((10, 20, 60, 40), (90, 30, 40, 50), (0, 0, 160, 90))
    ]
    return [
        Prompt('How far is <mask> from <mask>?', boxes[:2]),
        Prompt('What is this?'),
        Prompt('Which of <mask> <mask> <mask> is the leftmost pallet?', boxes),
    ]


def edited(source: Path, out: Path, **keys: object) -> Path:
    """Copy of a checkpoint folder; `keys` change its config, None removes one."""
    shutil.copytree(source, out)
    config = json.loads((out / 'config.json').read_text()) | keys
    config = {name: value for name, value in config.items() if value is not None}
    (out / 'config.json').write_text(json.dumps(config))
    return out


def retabled(source: Path, out: Path, change) -> Path:
    """Copy of a checkpoint folder whose table of tensors went through `change`."""
    shutil.copytree(source, out)
    path = out / 'model.safetensors'
    data = path.read_bytes()
    length = struct.unpack('<Q', data[:8])[0]
    table = json.loads(data[8 : 8 + length])
    change(table)
    text = json.dumps(table).encode()
    path.write_bytes(struct.pack('<Q', len(text)) + text + data[8 + length :])
    return out
