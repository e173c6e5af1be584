# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where a camera's picture is looked at to find the floor: the same places in every picture.

All that does not depend on depth is worked out once for a camera.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from smolrgpt_ros.scene.camera import Camera

_SAMPLES = 1200
_HYPOTHESES = 144


@dataclass(frozen=True, eq=False)
class Grid:
    """A coarse grid of samples over a picture, and triples of them to fit planes through.

    Attributes:
        window_px: (x0, y0, x1, y1).
        stride: pixels from sample to sample.
        rays: (3, N) with z = 1, row by row.
        mapped: (N,) whether the lens maps a ray there; rays are 0 where not.
        triples: (3, H) places of the samples of each triple.
        solutions: three (3, H): a triple's plane ``1/z = (a, b, c) @ ray`` is the sum of each times
            the inverse depth of one of its samples; NaN where its rays lie in one plane.
    """

    window_px: tuple[int, int, int, int]
    stride: int
    rays: np.ndarray
    mapped: np.ndarray
    triples: np.ndarray
    solutions: tuple[np.ndarray, np.ndarray, np.ndarray]


@lru_cache(maxsize=8)
def grid_of(camera: Camera, width: int, height: int) -> Grid:
    """The grid over pictures (width, height) of a camera, of about 1200 samples."""
    stride = max(1, int(math.sqrt(width * height / _SAMPLES)))
    window = (stride // 2, stride // 2, width, height)
    x, y = np.broadcast_arrays(*camera.rays(window, stride))
    mapped = np.isfinite(x + y).ravel()
    rays = np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
    rays[:, ~mapped] = 0.0
    triples = _triples(*x.shape)
    first, second, third = rays[:, triples[0]], rays[:, triples[1]], rays[:, triples[2]]
    # Cramer's rule, on all triples at once
    opposite = (
        np.cross(second, third, axis=0), np.cross(third, first, axis=0),
        np.cross(first, second, axis=0),
    )  # fmt: skip
    determinants = (first * opposite[0]).sum(axis=0)
    determinants[np.abs(determinants) < 1e-6] = np.nan
    one, two, three = (cross / determinants for cross in opposite)
    return Grid(window, stride, rays, mapped, triples, (one, two, three))


def _triples(rows: int, columns: int) -> np.ndarray:
    """Places (3, H) in a flat grid: half near each other, half anywhere; the same every time."""
    random = np.random.default_rng(20240917)
    cells = np.stack(
        [
            random.integers(0, rows, (_HYPOTHESES, 3)),
            random.integers(0, columns, (_HYPOTHESES, 3)),
        ],
        axis=2,
    )
    # Neighbours share a surface far more often than strangers: small floors are found through them.
    half = _HYPOTHESES // 2
    reach = max(3, rows // 4)
    near = random.integers(-reach, reach + 1, (half, 2, 2))
    cells[:half, 1:] = cells[:half, :1] + near
    cells = np.clip(cells, 0, [rows - 1, columns - 1])
    return (cells[..., 0] * columns + cells[..., 1]).T.copy()
