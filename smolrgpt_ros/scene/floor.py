# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The plane that everything stands on, from depth alone or with the direction of gravity.

A plane seen by a camera is linear in inverse depth: ``1/z = a x + b y + c`` over the rays (x, y,
1), with ``(a, b, c) = -normal / offset``. The noise of stereo depth, which grows with z squared, is
constant in 1/z (Gallup et al., "Variable baseline/resolution stereo", CVPR 2008), so that plain
least squares in 1/z are the weighted ones in z. Consensus search after Fischler and Bolles, "Random
sample consensus", 1981.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.floor_grid import Grid, grid_of
from smolrgpt_ros.scene.measured import Floor
from smolrgpt_ros.scene.robust import quantile

_LEAST_SUPPORT = 0.012  # share of the samples
_LEAST_POINTS = 20
_SCORED = 220  # samples that hypotheses are compared by
_BY_GRAVITY = 72  # hypotheses where the direction of the normal is known
# Without gravity: the normal's share against the image's y axis. A camera that looks 75 degrees
# down has 0.26.
_LEAST_UPWARD = 0.2
_MOST_TILT_FROM_UP = 0.985  # cosine of 10 degrees, with gravity from TF
_HEIGHTS_M = (0.05, 100.0)
# A floor is followed from picture to picture while it keeps this share of its samples, and for so
# many pictures: a better one may have come into view.
_KEPT_SHARE = 0.8
_MOST_FOLLOWED = 30
# A point below the plane speaks against it as much as this many on it speak for it.
_BELOW_COSTS = 2.0


def fit_floor(
    depth: DepthImage,
    camera: Camera,
    up_camera: np.ndarray | None,
    noise_per_m: float,
    hint: Floor | None = None,
) -> Floor | None:
    """The lowest plane with support, its normal upwards, or None where the picture shows none.

    Args:
        up_camera: (3,) unit vector against gravity, where known.
        noise_per_m: one sigma of inverse depth, 1/m (see `noise.inverse_depth_noise`).
        hint: the floor of an earlier picture. It is fitted anew, and taken unless much less of the
            picture lies on it than when it was searched for, or that was long ago.
    """
    height, width = depth.shape
    grid = grid_of(camera, width, height)
    measured = (1.0 / depth.crop_m(grid.window_px, grid.stride)).ravel().astype(np.float64)
    known = np.flatnonzero(np.isfinite(measured) & grid.mapped)
    if len(known) < _LEAST_POINTS:
        return None
    rays, inverse_z = grid.rays.take(known, axis=1), measured.take(known)
    support = max(_LEAST_POINTS, _LEAST_SUPPORT * len(inverse_z))
    if hint is not None and hint.followed < _MOST_FOLLOWED:
        plane = -hint.normal / hint.offset_m
        floor = _settled(plane, rays, inverse_z, noise_per_m, support, up_camera)
        if floor is not None and floor.share > _KEPT_SHARE * hint.share:
            return replace(floor, share=hint.share, followed=hint.followed + 1)
    planes = (
        _hypotheses(grid, measured)
        if up_camera is None
        else _level_hypotheses(rays, inverse_z, up_camera)
    )
    planes = planes[:, _plausible(planes, up_camera)]
    if planes.shape[1] == 0:
        return None
    for plane in _best_first(planes, rays, inverse_z, noise_per_m):
        floor = _settled(plane, rays, inverse_z, noise_per_m, support, up_camera)
        if floor is not None:
            return floor
    return None


def _settled(
    plane: np.ndarray,
    rays: np.ndarray,
    inverse_z: np.ndarray,
    noise_per_m: float,
    support: float,
    up_camera: np.ndarray | None,
) -> Floor | None:
    """The floor that a plane near it leads to; None where it leads to none."""
    plane = _refined(plane, rays, inverse_z, noise_per_m)
    plane = _lowered(plane, rays, inverse_z, noise_per_m, support)
    on_it = np.flatnonzero(_on_plane(plane, rays, inverse_z, noise_per_m))
    if len(on_it) < support or not _plausible(plane[:, None], up_camera)[0]:
        return None
    share = len(on_it) / len(inverse_z)
    return _floor(plane, rays.take(on_it, axis=1), inverse_z.take(on_it), share)


def _hypotheses(grid: Grid, inverse_z: np.ndarray) -> np.ndarray:
    """Planes (3, H) as a, b, c of inverse depth, NaN where one of their points is not known.

    Args:
        inverse_z: (R * C,) of all of the grid.
    """
    at = inverse_z.take(grid.triples)
    first, second, third = grid.solutions
    return first * at[0] + second * at[1] + third * at[2]


def _level_hypotheses(rays: np.ndarray, inverse_z: np.ndarray, up_camera: np.ndarray) -> np.ndarray:
    """Planes (3, H) square on gravity through some of the samples."""
    # (a, b, c) = -up / offset through every chosen sample: 1/z = (a, b, c) @ ray
    chosen = np.linspace(0, len(inverse_z) - 1, _BY_GRAVITY).astype(int)
    towards = up_camera @ rays.take(chosen, axis=1)
    downwards = towards < -1e-3
    return up_camera[:, None] * (inverse_z.take(chosen)[downwards] / towards[downwards])


def _plausible(planes: np.ndarray, up_camera: np.ndarray | None) -> np.ndarray:
    """Which planes (3, H) can be a floor below the camera by the direction of their normals."""
    lengths = np.sqrt((planes * planes).sum(axis=0))
    if up_camera is None:
        upwards = planes[1] > _LEAST_UPWARD * lengths
    else:
        upwards = -up_camera @ planes > _MOST_TILT_FROM_UP * lengths
    low, high = _HEIGHTS_M
    return upwards & (lengths < 1.0 / low) & (lengths > 1.0 / high)


def _on_plane(
    plane: np.ndarray, rays: np.ndarray, inverse_z: np.ndarray, noise_per_m: float
) -> np.ndarray:
    """Which samples (N,) can be the plane's: those within its noise and 2 cm of height.

    A sample at height r above the floor lies ``r / (offset z)`` off in inverse depth.
    """
    tolerance = 0.02 * _length(plane) * inverse_z
    tolerance += 2.5 * noise_per_m
    return np.abs(inverse_z - plane @ rays) < tolerance


def _length(plane: np.ndarray) -> float:
    return math.hypot(*plane.tolist())


def _best_first(
    planes: np.ndarray, rays: np.ndarray, inverse_z: np.ndarray, noise_per_m: float
) -> np.ndarray:
    """The three best planes (3, 3), as rows, by points on them less points below them."""
    step = max(1, len(inverse_z) // _SCORED)
    # Single precision: these are the largest arrays of the whole fit.
    some, inverse = rays[:, ::step].astype(np.float32), inverse_z[::step].astype(np.float32)
    candidates = planes.T.astype(np.float32)
    lengths = np.sqrt((candidates * candidates).sum(axis=1))
    # Hypotheses through three noisy points are looser than the plane they stand for.
    tolerance = (0.03 * lengths)[:, None] * inverse
    tolerance += 4.0 * noise_per_m
    off = inverse - candidates @ some
    off /= tolerance
    one = np.ones(len(inverse), dtype=np.float32)
    below = (off < -2.0).astype(np.float32) @ one
    on = (np.abs(off, out=off) < 1.0).astype(np.float32) @ one
    best = np.argsort(_BELOW_COSTS * below - on, kind='stable')[:3]
    return planes.T[best]


def _refined(
    plane: np.ndarray, rays: np.ndarray, inverse_z: np.ndarray, noise_per_m: float
) -> np.ndarray:
    """Least squares over the points on the plane, three rounds or until they stay the same.

    The plane itself where they are too few.
    """
    before: np.ndarray = np.zeros(0, dtype=np.intp)
    for _ in range(3):
        on_it = np.flatnonzero(_on_plane(plane, rays, inverse_z, noise_per_m))
        if len(on_it) < _LEAST_POINTS or np.array_equal(on_it, before):
            return plane
        before = on_it
        chosen = rays.take(on_it, axis=1)
        plane = _solved(chosen @ chosen.T, chosen @ inverse_z.take(on_it), plane)
    return plane


def _solved(moments: np.ndarray, values: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Least squares from a symmetric matrix (3, 3) and (3,), drawn slightly to what was before.

    Cramer's rule on plain numbers: numpy's solver takes ten times as long to get started.
    """
    (a, b, c), (_, d, e), (_, _, f) = moments.tolist()
    a, d, f = a + _DAMPING, d + _DAMPING, f + _DAMPING
    u, v, w = (values + _DAMPING * before).tolist()
    aa, ab, ac = d * f - e * e, c * e - b * f, b * e - c * d
    bb, bc, cc = a * f - c * c, b * c - a * e, a * d - b * b
    determinant = a * aa + b * ab + c * ac
    return np.array(
        [
            (aa * u + ab * v + ac * w) / determinant,
            (ab * u + bb * v + bc * w) / determinant,
            (ac * u + bc * v + cc * w) / determinant,
        ]
    )


_DAMPING = 1e-9


def _lowered(
    plane: np.ndarray, rays: np.ndarray, inverse_z: np.ndarray, noise_per_m: float, support: float
) -> np.ndarray:
    """A parallel plane below with support of its own.

    Where there is one: a table top is no floor.
    """
    for _ in range(4):
        length = _length(plane)
        heights = (1.0 - (plane @ rays) / inverse_z) / length
        spread = (4.0 * noise_per_m / length) / inverse_z
        below = heights < -(0.08 + spread)
        if np.count_nonzero(below) < support:
            return plane
        levels = np.sort(heights[below])
        # The lowest level that holds enough samples within a slice as thick as the tolerance.
        thickness = 0.06 + quantile(spread[below], 0.5)
        held = np.searchsorted(levels, levels + thickness) - np.arange(len(levels))
        enough = np.flatnonzero(held >= support)
        if enough.size == 0:
            return plane
        densest = enough[np.argmax(held[enough])]
        level = float(np.median(levels[densest : densest + held[densest]]))
        lower = _refined(plane / (1.0 - level * length), rays, inverse_z, noise_per_m)
        on_it = np.count_nonzero(_on_plane(lower, rays, inverse_z, noise_per_m))
        parallel = plane @ lower / (length * _length(lower)) > 0.98
        if on_it < support or not parallel:
            return plane
        plane = lower
    return plane


def _floor(plane: np.ndarray, rays: np.ndarray, inverse_z: np.ndarray, share: float) -> Floor:
    """The floor of a plane, with how closely samples (3, N), (N,) lie to it."""
    length = _length(plane)
    heights = (1.0 - (plane @ rays) / inverse_z) / length
    x, y, z = (-plane / length).tolist()
    # Floor coordinates: to the right and away from the camera, whatever the camera's pitch.
    level = math.sqrt(y * y + z * z)
    right = level, -x * y / level, -x * z / level
    away = 0.0, z / level, -y / level
    return Floor(
        np.array([x, y, z]), 1.0 / length, np.array([right, away]),
        1.4826 * quantile(np.abs(heights), 0.5), share,
    )  # fmt: skip
