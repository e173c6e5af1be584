# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt synth`: writes a synthetic dataset with a progress bar."""

from __future__ import annotations

import os
import re
import time
from concurrent.futures import BrokenExecutor
from pathlib import Path

from rich.console import Console

from smolrgpt_ros.cli.problem import LOST_WORKER, Problem
from smolrgpt_ros.cli.progress import progress_bar
from smolrgpt_ros.warehouse.synthesis import Recipe, recipe_noise, write_dataset


def synthesise(
    out: Path,
    *,
    scenes: int,
    seed: int,
    noise: bool,
    size: str,
    viewpoint: str,
    split: str,
    questions: int,
    processes: int | None,
) -> None:
    """Write the dataset and say what is in it."""
    started = time.perf_counter()
    try:
        recipe = Recipe(
            scenes,
            seed,
            size_px=size_px_of(size),
            viewpoint=viewpoint,
            noise=recipe_noise(noise),
            per_category=questions,
            split=split,
        )
        with progress_bar('pictures', scenes) as advance_to:
            records = write_dataset(
                out,
                recipe,
                processes=processes or min(scenes, len(os.sched_getaffinity(0))),
                on_progress=lambda done, _: advance_to(done),
            )
    except (OSError, ValueError) as error:
        raise Problem(str(error)) from error
    except BrokenExecutor as error:
        raise Problem(f'{LOST_WORKER} ({error})') from error
    seconds = time.perf_counter() - started
    Console().print(
        f'{out}: {scenes} pictures with {records} questions in {seconds:.1f} s', highlight=False
    )


def size_px_of(text: str) -> tuple[int, int]:
    """'640x480' as (width, height). Raises Problem."""
    found = re.fullmatch(r'(\d{1,5})[xX](\d{1,5})', text.strip())
    if found is None:
        raise Problem(f'--size is {text!r}, expected width and height in pixels as in 640x480')
    return int(found[1]), int(found[2])
