# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Peak memory of one process that loads a checkpoint and answers one question, in gigabytes.

Run by `benchmarks/model.py` as a process of its own: a peak cannot be taken back.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import torch


def main(mode: str, folder: str, device: str, dtype: str, threads: int) -> None:
    """Load, encode, write 24 tokens, print the peak."""
    from smolrgpt_ros.models.smolrgpt import box_mask, load
    from smolrgpt_ros.models.smolrgpt.prompts import Prompt

    torch.set_num_threads(threads)
    colour, depth = _pictures()
    masks = [box_mask(box, 1080, 1920) for box in ((300, 400, 200, 150), (900, 500, 250, 200))]
    prompt = Prompt('How far is <mask> from <mask>?', masks)
    if mode == 'ours':
        model = load(folder, device=device, dtype=dtype)  # type: ignore[arg-type]
        for _ in range(2):  # a second frame meets what the first left in memory
            model.answer(model.encode(colour, depth), [prompt], max_new_tokens=24)
    else:
        _plain(Path(folder), device, dtype, colour, depth, prompt)
    if device == 'cpu':
        print(peak_resident_bytes() / 1e9)
    else:
        print(torch.cuda.max_memory_allocated() / 1e9)


def peak_resident_bytes() -> int:
    """Peak of this program alone: `ru_maxrss` would begin with what its parent held."""
    for line in Path('/proc/self/status').read_text().splitlines():
        if line.startswith('VmHWM:'):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _plain(folder: Path, device: str, dtype: str, colour, depth, prompt) -> None:  # type: ignore[no-untyped-def]
    from benchmarks.model_reference import load_reference
    from smolrgpt_ros.models.smolrgpt.config import read_config
    from smolrgpt_ros.models.smolrgpt.preprocess import colour_input, depth_input
    from smolrgpt_ros.models.smolrgpt.tokens import PromptTokenizer

    config = read_config(folder / 'config.json')
    kept = (
        torch.float32
        if device == 'cpu'
        else getattr(torch, dtype if dtype != 'int8' else 'bfloat16')
    )
    tokenizer = PromptTokenizer(folder / 'tokenizer.json', config)
    reference = load_reference(folder, device, kept)
    inputs = [
        picture.to(device, kept)
        for picture in (
            colour_input(colour, config.vit_img_size),
            depth_input(depth, config.vit_img_size),
        )
    ]
    reference.answer(tokenizer, prompt.question, prompt.masks, *inputs, 24)


def _pictures():  # type: ignore[no-untyped-def]
    import numpy as np

    rng = np.random.default_rng(0)
    return (
        rng.integers(0, 256, (1080, 1920, 3), dtype=np.uint8),
        rng.integers(0, 256, (1080, 1920), dtype=np.uint8),
    )


if __name__ == '__main__':
    main(*sys.argv[1:5], threads=int(sys.argv[5]))
