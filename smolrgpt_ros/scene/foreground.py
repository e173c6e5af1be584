# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which depth samples of a region are the object's: not the floor's, not the background's.

Not between both.
"""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.scene.measured import Floor
from smolrgpt_ros.scene.robust import median_point, quantile, quantiles
from smolrgpt_ros.scene.samples import Samples
from smolrgpt_ros.scene.surface import Surface, components

_LEAST_SAMPLES = 8
_FLOOR_BAND_M = 0.04
# How far parts of one object lie outside of its largest part's footprint, where a mask says that
# they are its own.
_MASK_REACH_M = 0.6
_BOX_REACH_M = 0.12


def above_floor(samples: Samples, surface: Surface, floor: Floor) -> np.ndarray:
    """Samples (R, C) that rise from the floor by more than their noise and 4 cm."""
    inverse_floor = samples.directions @ (-floor.normal / floor.offset_m)
    # Height h above the floor shifts inverse depth by h / (offset z).
    band = 3.0 * surface.noise_per_m + _FLOOR_BAND_M / floor.offset_m * surface.inverse_z
    with np.errstate(invalid='ignore'):
        return surface.inverse_z - inverse_floor > band


def object_samples(
    samples: Samples,
    surface: Surface,
    plan: np.ndarray,
    chosen: np.ndarray,
    *,
    trusted: bool,
    spread_m: np.ndarray,
    around: np.ndarray | None = None,
) -> np.ndarray:
    """The object's samples (R, C) among the chosen ones.

    The largest connected part (for a box: the one that fills the box best) with the parts around
    it.

    Args:
        plan: (R, C, 2) floor coordinates, or camera x and z without a floor, metres.
        trusted: True where a mask says that all samples are the object's but for errors at its
            border.
        around: (R, C) samples in and around the box that could be an object's, None where none are
            known.
        spread_m: (R, C) one sigma of a sample along its ray, metres.
    """
    numbers, count = components(surface, chosen if around is None else around)
    if count <= 1:
        return chosen
    sizes = np.bincount(numbers[chosen], minlength=count + 1).astype(float)
    own_share = 1.0
    if around is not None:
        # What goes on outside of the box is no object that the box was drawn around.
        own_share = sizes / np.maximum(np.bincount(numbers[around], minlength=count + 1), 1.0)
        numbers = np.where(chosen, numbers, 0)
    weights = sizes if trusted else sizes * _fit_of_parts(numbers, count, samples) * own_share**2
    weights[0] = 0.0
    seed = int(np.argmax(weights))
    large = np.flatnonzero(sizes >= (3 if trusted else 5))
    keep = np.zeros(count + 1, dtype=bool)
    keep[seed] = True
    flat, coordinates = numbers[chosen], plan[chosen]
    centres = np.stack(
        [
            np.bincount(flat, coordinates[:, axis], count + 1) / np.maximum(sizes, 1.0)
            for axis in (0, 1)
        ],
        axis=1,
    )
    own = coordinates[flat == seed]
    middle = median_point(own)
    ray = middle / max(float(np.linalg.norm(middle)), 1e-6)
    axes = np.array([ray, [-ray[1], ray[0]]])
    turned = own @ axes.T
    bounds = [quantiles(turned[:, axis], (0.03, 0.97)) for axis in (0, 1)]
    low, high = np.array(bounds).T
    sigma = quantile(spread_m[chosen][flat == seed], 0.5)
    reach = (_MASK_REACH_M if trusted else _BOX_REACH_M) + np.array([2.0 * sigma, 0.0])
    places = centres[large] @ axes.T
    near = ((places > low - reach) & (places < high + reach)).all(axis=1)
    keep[large[near]] = True
    keep[0] = False
    result = keep[numbers] & chosen
    return result if np.count_nonzero(result) >= _LEAST_SAMPLES else chosen


def _fit_of_parts(numbers: np.ndarray, count: int, samples: Samples) -> np.ndarray:
    """How well each part's bounds fill the box and how central it lies, 0 to 1, (count + 1,)."""
    rows, columns = np.nonzero(numbers)
    part = numbers[rows, columns]
    inside_rows, inside_columns = (
        np.flatnonzero(samples.inside.any(axis=1)),
        np.flatnonzero(samples.inside.any(axis=0)),
    )
    extents = []
    for places, known in ((rows, inside_rows), (columns, inside_columns)):
        low = np.full(count + 1, np.inf)
        high = np.full(count + 1, -np.inf)
        np.minimum.at(low, part, places)
        np.maximum.at(high, part, places)
        span = known[-1] - known[0] + 1.0
        with np.errstate(invalid='ignore'):
            covered = np.clip((high - low + 1.0) / span, 0.0, 1.0)
            aside = np.abs((low + high) / 2.0 - (known[0] + known[-1]) / 2.0) / span
        extents.append(
            np.nan_to_num(covered * np.exp(-4.0 * aside**2), nan=0.0, posinf=0.0, neginf=0.0)
        )
    return extents[0] * extents[1]
