# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A window's samples seen from above the floor: where they are on it, and how high over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.measured import Floor
from smolrgpt_ros.scene.robust import quantile
from smolrgpt_ros.scene.samples import Samples
from smolrgpt_ros.scene.surface import Surface


@dataclass(frozen=True, eq=False)
class Overhead:
    """Samples over a plane; NaN where nothing was measured.

    Attributes:
        values: (5, K) float32, rows as the properties below. One array, so that choosing samples is
            one operation.
    """

    values: np.ndarray

    @property
    def plan(self) -> np.ndarray:
        """(2, K) floor coordinates, metres; camera x and z where no floor is known."""
        return self.values[:2]

    @property
    def heights(self) -> np.ndarray:
        """(K,) above the floor, metres."""
        return self.values[2]

    @property
    def falls(self) -> np.ndarray:
        """(K,) height a ray gains for each metre of z; negative for rays that go down."""
        return self.values[3]

    @property
    def inverse_z(self) -> np.ndarray:
        """(K,) smoothed, 1/m."""
        return self.values[4]

    def at(self, places: np.ndarray) -> Overhead:
        """Those of the samples at flat places (K,)."""
        return Overhead(self.values.take(places, axis=1))

    def sigma_m(self, noise_per_m: float) -> float:
        """One sigma along their rays, metres, in the middle of the samples."""
        return noise_per_m / quantile(self.values[4, ::4], 0.5) ** 2


def overhead(samples: Samples, surface: Surface, floor: Floor) -> Overhead:
    """All samples of a window, row by row.

    Rays are sums of a part by column and one by row unless the lens bends them, which makes this
    three times as quick as products with matrices.
    """
    values = np.empty((5, *surface.inverse_z.shape), dtype=np.float32)
    # Rows: the two floor coordinates and the height that a ray gains with each metre of z.
    gains = np.array([*floor.axes, floor.normal], dtype=np.float32)[:, :, None, None]
    rays = gains[:, 0] * samples.x + (gains[:, 1] * samples.y + gains[:, 2])
    np.multiply(rays, 1.0 / surface.inverse_z, out=values[:3])
    values[2] += floor.offset_m
    values[3] = rays[2]
    values[4] = surface.inverse_z
    return Overhead(values.reshape(5, -1))


def ahead(samples: Samples, surface: Surface) -> Overhead:
    """Like `overhead` where no floor is known: the camera's own x and z, and no heights."""
    values = np.full((5, *surface.inverse_z.shape), np.nan, dtype=np.float32)
    values[1] = 1.0 / surface.inverse_z
    values[0] = samples.x * values[1]
    values[4] = surface.inverse_z
    return Overhead(values.reshape(5, -1))
