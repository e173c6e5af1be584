# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A window's samples seen from above the floor: where they are on it, and how high over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.measured import Floor
from smolrgpt_ros.scene.samples import Samples
from smolrgpt_ros.scene.surface import Surface


@dataclass(frozen=True, eq=False)
class Overhead:
    """Samples of a window over a plane, flat (K,); NaN where nothing was measured.

    Attributes:
        plan: (2, K) floor coordinates, metres; camera x and z where no floor is known.
        heights: (K,) above the floor, metres.
        falls: (K,) how much height a ray gains for each metre of z; negative for rays that go down.
        inverse_z: (K,) smoothed, 1/m.
        z: (K,) metres, as measured.
    """

    plan: np.ndarray
    heights: np.ndarray
    falls: np.ndarray
    inverse_z: np.ndarray
    z: np.ndarray

    def at(self, chosen: np.ndarray) -> Overhead:
        """Some of the samples, by their places."""
        return Overhead(
            self.plan.take(chosen, axis=1), self.heights.take(chosen), self.falls.take(chosen),
            self.inverse_z.take(chosen), self.z.take(chosen),
        )  # fmt: skip


def overhead(samples: Samples, surface: Surface, floor: Floor) -> Overhead:
    """All samples of a window, row by row.

    Rays are sums of a part by column and one by row unless the lens bends them, which makes this
    three times as quick as products with matrices.
    """
    z = 1.0 / surface.inverse_z
    plan = np.empty((2, *z.shape), dtype=np.float32)
    for place, (ax, ay, az) in enumerate(floor.axes.tolist()):
        np.multiply(ax * samples.x + (ay * samples.y + az), z, out=plan[place])
    nx, ny, nz = floor.normal.tolist()
    falls = nx * samples.x + (ny * samples.y + nz)
    heights = falls * z
    heights += floor.offset_m
    return Overhead(
        plan.reshape(2, -1), heights.ravel(), falls.ravel(), surface.inverse_z.ravel(),
        samples.z.ravel(),
    )  # fmt: skip


def ahead(samples: Samples, surface: Surface) -> Overhead:
    """Like `overhead` where no floor is known: the camera's own x and z, and no heights."""
    z = 1.0 / surface.inverse_z
    plan = np.stack([(samples.x * z).ravel(), z.ravel()])
    unknown = np.full(z.size, np.nan, dtype=np.float32)
    return Overhead(plan, unknown, unknown, surface.inverse_z.ravel(), samples.z.ravel())
