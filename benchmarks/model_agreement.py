# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How often a type chooses the token that float32 chooses, on the golden cases."""

from __future__ import annotations

import importlib.util
import json
import shutil
import tempfile
from pathlib import Path
from types import ModuleType

import numpy as np
import torch

from smolrgpt_ros.models.smolrgpt import Prompt, SmolRGPT, box_mask, load
from smolrgpt_ros.models.smolrgpt.cache import KeyValueCache
from smolrgpt_ros.models.smolrgpt.prompts import batch
from smolrgpt_ros.models.smolrgpt.stored import write_tensors

GOLDEN = Path(__file__).resolve().parents[1] / 'test' / 'golden' / 'smolrgpt'


def agreement(device: str, dtype: str) -> tuple[float, int]:
    """Share of equal ids under teacher forcing with the golden ids, and how many were compared."""
    with tempfile.TemporaryDirectory() as scratch:
        model = load(golden_checkpoint(Path(scratch) / 'golden'), device=device, dtype=dtype)  # type: ignore[arg-type]
        cases = json.loads((GOLDEN / 'cases.json').read_text())
        equal = np.concatenate([_case(model, index, case) for index, case in enumerate(cases)])
    return float(equal.mean()), equal.size


def golden_checkpoint(out: Path) -> Path:
    """Write the golden cases' checkpoint folder."""
    out.mkdir()
    shapes = json.loads((GOLDEN / 'tensors.json').read_text())
    base = json.loads((GOLDEN / 'config.json').read_text())['lm_re_base']
    weights = golden_weights()

    def value(name: str) -> torch.Tensor:
        if name.endswith('inv_freq'):
            half = shapes[name][0]
            return base ** -(torch.arange(half).float() / half)
        return torch.from_numpy(weights.tensor(name, tuple(shapes[name])))

    write_tensors(
        out / 'model.safetensors',
        [(name, tuple(shape), torch.float32) for name, shape in shapes.items()],
        value,
    )
    for name in ('config.json', 'tokenizer/tokenizer.json'):
        shutil.copy(GOLDEN / name, out)
    return out


def golden_weights() -> ModuleType:
    """The module that rebuilds the golden weights and pictures."""
    spec = importlib.util.spec_from_file_location('golden_weights', GOLDEN / 'weights.py')
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@torch.inference_mode()
def _case(model: SmolRGPT, index: int, case: dict) -> np.ndarray:
    """For each golden id of one case whether the model would have chosen it."""
    stored, weights, network = np.load(GOLDEN / 'cases.npz'), golden_weights(), model.network
    frame = model.encode_inputs(
        *(torch.from_numpy(weights.image(case[key])[0]) for key in ('image_seed', 'depth_seed'))
    )
    masks = [
        box_mask(box, case['mask_height'], case['mask_width']) for box in stored[f'{index}.boxes']
    ]
    golden = torch.from_numpy(stored[f'{index}.greedy_ids']).long().to(model.placement.device)
    rows = batch(network, model.tokenizer, frame, [Prompt(case['question'], masks)], len(golden))
    x = torch.cat((rows.x, network.decoder.embed(golden[None, :-1])), dim=1)
    start, total = frame.prefix.capacity, frame.prefix.capacity + x.shape[1]
    cache = KeyValueCache(model.config, 1, total, dtype=x.dtype, device=x.device)
    cache.start_with(frame.prefix, start)
    places = torch.arange(start, total, device=x.device)[None]
    mask = torch.arange(total, device=x.device) <= places[..., None]
    hidden = network.decoder(x, places, places, mask, cache)[0, rows.longest - 1 :]
    return (network.decoder.logits(hidden).argmax(-1) == golden).cpu().numpy()
