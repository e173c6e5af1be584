# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which depth samples of a region are the object's: not the floor's, not the background's.

Not between both.
"""

from __future__ import annotations

import math

import numpy as np

from smolrgpt_ros.scene.measured import Floor
from smolrgpt_ros.scene.overhead import Overhead
from smolrgpt_ros.scene.parts import Parts, connected_parts
from smolrgpt_ros.scene.robust import at_share, sorted_rows
from smolrgpt_ros.scene.samples import Samples
from smolrgpt_ros.scene.surface import Surface

_LEAST_SAMPLES = 8
_FLOOR_BAND_M = 0.04
# How far parts of one object lie outside of its largest part's footprint, where a mask says that
# they are its own.
_MASK_REACH_M = 0.6
_BOX_REACH_M = 0.12


def above_floor(surface: Surface, seen: Overhead, floor: Floor) -> np.ndarray:
    """Samples (R, C) that rise from the floor by more than their noise and 4 cm."""
    # Inverse depth that is off by e moves a sample of the floor up by (floor's offset) z e.
    band = (3.0 * surface.noise_per_m * floor.offset_m) / seen.inverse_z
    band += _FLOOR_BAND_M
    return (seen.heights > band).reshape(surface.inverse_z.shape)


def lost_foot_m(noise_per_m: float, floor_offset_m: float, z_m: float) -> float:
    """How much of an object's foot `above_floor` takes for the floor at a depth."""
    return 3.0 * noise_per_m * floor_offset_m * z_m + _FLOOR_BAND_M


def object_samples(
    samples: Samples,
    surface: Surface,
    seen: Overhead,
    chosen: np.ndarray,
    *,
    trusted: bool,
    around: np.ndarray | None = None,
) -> np.ndarray:
    """Places (K,) in the flat window of the object's samples among the chosen ones (R, C).

    The largest connected part (for a box: the one that fills the box best) with the parts around
    it.

    Args:
        trusted: True where a mask says that all samples are the object's but for errors at its
            border.
        around: (R, C) samples in and around the box that could be an object's, None where none are
            known.
    """
    parts = connected_parts(surface, chosen if around is None else around)
    places, numbers = parts.samples, parts.numbers
    own_share: np.ndarray | float = 1.0
    if around is not None:
        within = chosen.ravel().take(places)
        totals = np.bincount(numbers, minlength=parts.count)
        places, numbers = places[within], numbers[within]
    if parts.count <= 1:
        return places
    sizes = np.bincount(numbers, minlength=parts.count)
    if around is not None:
        # What goes on outside of the box is no object that the box was drawn around.
        own_share = sizes / totals
    large = sizes >= (3 if trusted else 5)
    several = np.count_nonzero(large) != 1
    weights = sizes
    if several and not trusted:
        weights = sizes * _fit_of_parts(parts, samples.box) * own_share**2
    seed = int(weights.argmax())
    own = places[numbers == seed]
    if several:
        keep = large & _near_parts(seen, places, numbers, sizes, own, trusted, surface.noise_per_m)
        keep[seed] = True
        own = places[keep.take(numbers)]
    return own if len(own) >= _LEAST_SAMPLES else places


def _near_parts(
    seen: Overhead,
    places: np.ndarray,
    numbers: np.ndarray,
    sizes: np.ndarray,
    seed: np.ndarray,
    trusted: bool,
    noise_per_m: float,
) -> np.ndarray:
    """Which parts have their middle within reach of the bounds of the part at places `seed`.

    Bounds along the ray and across it, since noise moves samples along their rays.
    """
    middle = seen.at(seed)
    axes, _ = ray_axes(middle.plan)
    (low, high), (left, right) = (
        (at_share(row, 0.03), at_share(row, 0.97)) for row in sorted_rows(axes @ middle.plan)
    )
    reach = _MASK_REACH_M if trusted else _BOX_REACH_M
    deep = reach + 2.0 * middle.sigma_m(noise_per_m)
    many = np.maximum(sizes, 1)
    along, across = (
        np.bincount(numbers, weights=turned, minlength=len(sizes)) / many
        for turned in axes @ seen.plan.take(places, axis=1)
    )
    return (
        (along > low - deep) & (along < high + deep)
        & (across > left - reach) & (across < right + reach)
    )  # fmt: skip


def ray_axes(plan: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """Unit vectors (2, 2), rows along and across the ray to the middle of a plan (2, N).

    And that middle.
    """
    x, y = (at_share(row, 0.5) for row in sorted_rows(plan))
    length = max(math.hypot(x, y), 1e-6)
    x_ray, y_ray = x / length, y / length
    return np.array([[x_ray, y_ray], [-y_ray, x_ray]], dtype=np.float32), (x, y)


def _fit_of_parts(parts: Parts, box: tuple[int, int, int, int]) -> np.ndarray:
    """How well each part's bounds fill the box and how central it lies, 0 to 1, (count,)."""
    top, left, bottom, right = box
    starts = np.maximum(parts.run_starts, left)
    ends = np.minimum(parts.run_ends, right)
    rows = parts.run_rows
    inside = (starts < ends) & (rows >= top) & (rows < bottom)
    numbers = parts.run_parts[inside]
    starts, ends, rows = starts[inside], ends[inside], rows[inside]
    fit = np.ones(parts.count)
    for lows, highs, first, end in ((rows, rows + 1, top, bottom), (starts, ends, left, right)):
        low = np.full(parts.count, end)
        high = np.full(parts.count, first)
        np.minimum.at(low, numbers, lows)
        np.maximum.at(high, numbers, highs)
        span = end - first
        aside = (low + high - (first + end)) / (2.0 * span)
        fit *= np.maximum(high - low, 0) / span * np.exp(-4.0 * aside**2)
    return fit
