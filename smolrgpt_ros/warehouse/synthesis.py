# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Synthetic scenes written in the benchmark's layout, with metric depth and intrinsics beside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from smolrgpt_ros.warehouse.asking import Asked
from smolrgpt_ros.warehouse.folder import encode_rle
from smolrgpt_ros.warehouse.halls import WRITTEN_HALLS
from smolrgpt_ros.warehouse.layout import generate_world
from smolrgpt_ros.warehouse.noise import REALSENSE, SensorNoise, box_mask, noisy_mask, with_noise
from smolrgpt_ros.warehouse.questions import make_questions
from smolrgpt_ros.warehouse.records import Record, record_row
from smolrgpt_ros.warehouse.render import Frame, depth_millimetres, relative_depth, render
from smolrgpt_ros.warehouse.viewpoint import Viewpoint, sample_camera, sample_viewpoint

MIXED = 'mixed'
VIEWPOINTS = (MIXED, Viewpoint.HIGH.value, Viewpoint.ROBOT.value)
SIZE_PX = (640, 480)
# Pictures tried until one allows questions of each category, and how many of them in one hall.
_ATTEMPTS = 9
_VIEWS = 3


@dataclass(frozen=True, eq=False)
class AskedFrame:
    """One picture and the questions about it with their truths, before any noise."""

    frame: Frame
    questions: tuple[Asked, ...]


@dataclass(frozen=True)
class Recipe:
    """All that a dataset depends on: the same recipe gives the same files.

    Attributes:
        scenes: number of pictures.
        size_px: width and height.
        viewpoint: 'high', 'robot' or 'mixed' (both in turn).
        noise: of the sensor and the masks; None for a perfect one.
        per_category: questions of each category a picture, where it allows as many.
        split: which list is written ('train', 'val' or 'test'; test carries no answers).
        boxes: masks are filled boxes, as a detector without masks gives them.
        halls: range of the halls' seeds.
    """

    scenes: int
    seed: int
    size_px: tuple[int, int] = SIZE_PX
    viewpoint: str = MIXED
    noise: SensorNoise | None = None
    per_category: int = 4
    split: str = 'val'
    boxes: bool = False
    halls: tuple[int, int] = WRITTEN_HALLS

    def __post_init__(self) -> None:
        if self.scenes < 1:
            raise ValueError(f'scenes must be at least 1, not {self.scenes}')
        if self.viewpoint not in VIEWPOINTS:
            raise ValueError(
                f'viewpoint must be one of {", ".join(VIEWPOINTS)}, not {self.viewpoint!r}'
            )
        if min(self.size_px) < 64:
            raise ValueError(
                f'pictures of {self.size_px[0]}x{self.size_px[1]} pixels are too small, at least 64'
            )
        if self.split not in ('train', 'val', 'test'):
            raise ValueError(f'split must be train, val or test, not {self.split!r}')


def asked_frame(
    seed: int,
    number: int,
    *,
    size_px: tuple[int, int] = SIZE_PX,
    viewpoint: str = MIXED,
    per_category: int = 4,
    halls: tuple[int, int] = WRITTEN_HALLS,
) -> AskedFrame:
    """Make picture `number` of a seed: a hall, a camera in it, questions.

    Args:
        halls: range of the hall's seed.
    """
    rng = np.random.default_rng([seed, number, 2])
    place = (
        Viewpoint(viewpoint)
        if viewpoint != MIXED
        else (Viewpoint.HIGH, Viewpoint.ROBOT)[number % 2]
    )
    best: AskedFrame | None = None
    for attempt in range(_ATTEMPTS):
        if attempt % _VIEWS == 0:
            world = generate_world(int(rng.integers(*halls)))
        camera = sample_camera(rng, *size_px)
        frame = render(world, camera, sample_viewpoint(world, rng, camera, place))
        questions = tuple(make_questions(frame, rng, per_category))
        if best is None or len(questions) > len(best.questions):
            best = AskedFrame(frame, questions)
        if len({q.category for q in questions}) == 4 and len(questions) >= 3 * per_category:
            break
    assert best is not None
    return best


def _record_id(*parts: object) -> str:
    return hashlib.md5('/'.join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def _write_scene(
    out: Path, recipe: Recipe, number: int
) -> tuple[str, dict[str, float], list[Record]]:
    """One picture's files; returns its stem, intrinsics and records."""
    asked = asked_frame(
        recipe.seed,
        number,
        size_px=recipe.size_px,
        viewpoint=recipe.viewpoint,
        per_category=recipe.per_category,
        halls=recipe.halls,
    )
    rng = np.random.default_rng([recipe.seed, number, 3])
    truth, frame = asked.frame, asked.frame
    if recipe.noise:
        frame = with_noise(truth, rng, recipe.noise)
    stem = f'{number:06d}'
    _save(out / 'images' / f'{stem}.png', frame.colour)
    _save(out / 'depths' / f'{stem}_depth.png', relative_depth(frame.depth_m))
    _save(out / 'metric_depths' / f'{stem}.png', depth_millimetres(frame.depth_m))
    masks: dict[int, dict] = {}
    for index in sorted({i for question in asked.questions for i in question.things}):
        masks[index] = encode_rle(_mask(truth, index, recipe, rng))
    records = [
        Record(
            _record_id(recipe.split, recipe.seed, number, place, question.text),
            f'{stem}.png',
            question.text,
            tuple(masks[i] for i in question.things),
            question.category,
            question.answer,
            question.freeform,
        )
        for place, question in enumerate(asked.questions)
    ]
    camera = truth.camera
    return stem, {'fx': camera.fx, 'fy': camera.fy, 'cx': camera.cx, 'cy': camera.cy}, records


def _mask(frame: Frame, index: int, recipe: Recipe, rng: np.random.Generator) -> np.ndarray:
    if recipe.boxes:
        return box_mask(frame, index, rng, recipe.noise)
    mask = frame.mask(index)
    if recipe.noise:
        return noisy_mask(mask, recipe.noise.border_px * frame.camera.width / 640.0, rng)
    return mask


def _save(path: Path, pixels: np.ndarray) -> None:
    Image.fromarray(pixels).save(path, compress_level=1)


def _written(
    out: Path, recipe: Recipe, processes: int
) -> Iterator[tuple[str, dict[str, float], list[Record]]]:
    if processes <= 1:
        for number in range(recipe.scenes):
            yield _write_scene(out, recipe, number)
        return
    # A fresh process: forking one that has threads (a progress bar's) may hang.
    with ProcessPoolExecutor(processes, mp_context=get_context('spawn')) as pool:
        yield from pool.map(
            _write_scene, [out] * recipe.scenes, [recipe] * recipe.scenes, range(recipe.scenes)
        )


def write_dataset(
    out: str | Path,
    recipe: Recipe,
    *,
    processes: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write a dataset folder; returns the number of records.

    Args:
        processes: pictures rendered at the same time; the files do not depend on it.
        on_progress: told the pictures written and their total.

    Raises:
        FileExistsError: the split is there already. OSError: it cannot be written.
    """
    out = Path(out)
    path = out / f'{recipe.split}.json'
    if path.exists():
        raise FileExistsError(f'{path} exists already; choose another folder or delete it')
    for folder in ('images', 'depths', 'metric_depths'):
        (out / folder).mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    cameras: dict[str, dict[str, float]] = {}
    for done, (stem, intrinsics, records) in enumerate(_written(out, recipe, processes), 1):
        cameras[stem] = intrinsics
        rows.extend(record_row(record, with_answers=recipe.split != 'test') for record in records)
        if on_progress:
            on_progress(done, recipe.scenes)
    (out / 'cameras.json').write_text(json.dumps(cameras, indent=1) + '\n', encoding='utf-8')
    partial = path.with_suffix('.json.partial')
    partial.write_text(json.dumps(rows) + '\n', encoding='utf-8')
    partial.replace(path)
    return len(rows)


def recipe_noise(noise: bool) -> SensorNoise | None:
    """Return the noise behind the command line's switch."""
    return REALSENSE if noise else None
