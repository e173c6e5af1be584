# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How often a type chooses the token that float32 chooses, with the golden network."""

from __future__ import annotations

import importlib.util
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from smolrgpt_ros.models.smolrgpt import Prompt, SmolRGPT, box_mask, load
from smolrgpt_ros.models.smolrgpt.cache import KeyValueCache
from smolrgpt_ros.models.smolrgpt.prompts import batch
from smolrgpt_ros.models.smolrgpt.stored import write_tensors

GOLDEN = Path(__file__).resolve().parents[1] / 'test' / 'golden' / 'smolrgpt'


PICTURES = 16
"""Of each case, the golden one among them: 120 tokens are too few to tell 95 % from 97."""
MOST_TOKENS = 24
_SEED_STEP = 70

Key = tuple[int, int]


def agreement(device: str, dtype: str) -> tuple[float, int]:
    """Share of equal ids under teacher forcing with what float32 answers, and how many there were.

    The golden network is asked the golden questions about `PICTURES` pictures each.
    """
    with tempfile.TemporaryDirectory() as scratch:
        model = load(golden_checkpoint(Path(scratch) / 'golden'), device=device, dtype=dtype)  # type: ignore[arg-type]
        equal = np.concatenate([_equal(model, key, ids) for key, ids in float32_ids().items()])
    return float(equal.mean()), equal.size


@cache
def float32_ids() -> dict[Key, list[int]]:
    """What float32 answers, by case and picture; of picture 0 these are the golden ids."""
    with tempfile.TemporaryDirectory() as scratch:
        model = load(golden_checkpoint(Path(scratch) / 'golden'), device='cpu', dtype='float32')
        answers = {
            (index, picture): model.answer(
                _frame(model, (index, picture)), [_prompt(index)], max_new_tokens=MOST_TOKENS
            )[0]
            for index in range(len(_cases()))
            for picture in range(PICTURES)
        }
    return {key: list(answer.token_ids) for key, answer in answers.items() if answer.token_ids}


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


@cache
def _cases() -> list[dict[str, Any]]:
    return list(json.loads((GOLDEN / 'cases.json').read_text()))


def _frame(model: SmolRGPT, key: Key) -> Any:
    index, picture = key
    case, weights = _cases()[index], golden_weights()
    return model.encode_inputs(
        *(
            torch.from_numpy(weights.image(case[name] + _SEED_STEP * picture)[0])
            for name in ('image_seed', 'depth_seed')
        )
    )


def _prompt(index: int) -> Prompt:
    case = _cases()[index]
    with np.load(GOLDEN / 'cases.npz') as stored:
        boxes = stored[f'{index}.boxes']
    masks = [box_mask(box, case['mask_height'], case['mask_width']) for box in boxes]
    return Prompt(case['question'], masks)


@torch.inference_mode()
def _equal(model: SmolRGPT, key: Key, ids: list[int]) -> np.ndarray:
    """For each id whether the model would have chosen it after those before."""
    network, frame = model.network, _frame(model, key)
    wanted = torch.tensor(ids, device=model.placement.device)
    rows = batch(network, model.tokenizer, frame, [_prompt(key[0])], len(wanted))
    x = torch.cat((rows.x, network.decoder.embed(wanted[None, :-1])), dim=1)
    start, total = frame.prefix.capacity, frame.prefix.capacity + x.shape[1]
    kept = KeyValueCache(model.config, 1, total, dtype=x.dtype, device=x.device)
    kept.start_with(frame.prefix, start)
    places = torch.arange(start, total, device=x.device)[None]
    mask = torch.arange(total, device=x.device) <= places[..., None]
    hidden = network.decoder(x, places, places, mask, kept)[0, rows.longest - 1 :]
    return (network.decoder.logits(hidden).argmax(-1) == wanted).cpu().numpy()
