# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which benchmark lies at a path."""

from __future__ import annotations

from pathlib import Path

from smolrgpt_ros.evaluation.spatialrgpt.records import looks_like_bench
from smolrgpt_ros.evaluation.spatialrgpt.task import BenchTask, bench_task
from smolrgpt_ros.evaluation.warehouse_task import WarehouseTask, warehouse_task


def task_at(
    path: Path, *, split: str = 'val', regions: str = 'masks', images: Path | None = None
) -> WarehouseTask | BenchTask:
    """The task of a warehouse folder (or a JSON file in one), or of SpatialRGPT-Bench's file.

    Args:
        images: folder of SpatialRGPT-Bench's pictures; the file's own by default.

    Raises:
        FileNotFoundError: no such file, or no such folder of pictures. ValueError: unknown
            `regions`, or `images` for a warehouse folder, which has its own.
    """
    if looks_like_bench(path):
        return bench_task(path, images)
    if images is not None:
        raise ValueError(f'--images belongs to SpatialRGPT-Bench; {path} has its own pictures')
    return warehouse_task(path, split, regions)
