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
from smolrgpt_ros.warehouse.held_out import SCENES, variant_name
from smolrgpt_ros.warehouse.held_out import held_out as held_out_recipe
from smolrgpt_ros.warehouse.synthesis import Recipe, recipe_noise, write_dataset


def synthesise(
    out: Path,
    *,
    scenes: int,
    seed: int,
    noise: bool,
    boxes: bool,
    held_out: bool,
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
            boxes=boxes,
        )
        if held_out:
            recipe = _held_out(recipe)
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
    name = f' ({variant_name(noise=noise, boxes=boxes)})' if held_out else ''
    Console().print(
        f'{out}{name}: {scenes} pictures with {records} questions in {seconds:.1f} s',
        highlight=False,
    )


def _held_out(asked: Recipe) -> Recipe:
    """Return the held-out variant that was asked for. Raises Problem for any other change of it."""
    recipe = held_out_recipe(
        noise=asked.noise is not None, boxes=asked.boxes, scenes=min(asked.scenes, SCENES)
    )
    usual = Recipe(asked.scenes, seed=0, noise=asked.noise, boxes=asked.boxes)
    if asked != usual or asked.scenes > SCENES:
        raise Problem(
            f'--held-out is a fixed split of {SCENES} pictures: beside it only --noise, --boxes, '
            f'--processes and a smaller --scenes are allowed'
        )
    return recipe


def size_px_of(text: str) -> tuple[int, int]:
    """'640x480' as (width, height). Raises Problem."""
    found = re.fullmatch(r'(\d{1,5})[xX](\d{1,5})', text.strip())
    if found is None:
        raise Problem(f'--size is {text!r}, expected width and height in pixels as in 640x480')
    return int(found[1]), int(found[2])
