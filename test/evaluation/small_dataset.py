# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A small synthetic dataset that tests of the evaluation share, made once a run."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from smolrgpt_ros.evaluation.outcome import Outcome
from smolrgpt_ros.warehouse.synthesis import Recipe, write_dataset

PICTURES = 4
# Kept until the process ends.
_FOLDER = TemporaryDirectory(prefix='smolrgpt_evaluation_')


@lru_cache(maxsize=1)
def small_dataset() -> Path:
    """A folder of four small pictures; not to be changed."""
    folder = Path(_FOLDER.name) / 'data'
    write_dataset(folder, Recipe(PICTURES, seed=5, size_px=(320, 240), per_category=3))
    return folder


def rows_of(folder: Path) -> list[dict[str, Any]]:
    """The records as the file has them."""
    return json.loads((folder / 'val.json').read_text())


def write_rows(folder: Path, rows: list[Any]) -> None:
    """Replace the records."""
    (folder / 'val.json').write_text(json.dumps(rows))


def without_times(outcomes: tuple[Outcome, ...]) -> list[tuple]:
    """All that must be the same whenever the same is asked; repr, so that NaN equals NaN."""
    return [
        tuple(repr(value) for name, value in vars(o).items() if name != 'seconds') for o in outcomes
    ]
