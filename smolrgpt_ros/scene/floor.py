# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The plane that everything stands on, from depth alone or with the direction of gravity.

A plane seen by a camera is linear in inverse depth: ``1/z = a x + b y + c`` over the rays (x, y,
1), with
``(a, b, c) = -normal / offset``. The noise of stereo depth, which grows with z squared, is
constant in 1/z
(Gallup et al., "Variable baseline/resolution stereo", CVPR 2008), so that plain least squares in
1/z are the
weighted ones in z. Consensus search after Fischler and Bolles, "Random sample consensus", 1981.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.measured import Floor

_SAMPLES = 1200
_HYPOTHESES = 72
_LEAST_SUPPORT = 0.012  # share of the samples
_LEAST_POINTS = 20
# Without gravity: the normal's share against the image's y axis. A camera that looks 75 degrees
# down has 0.26.
_LEAST_UPWARD = 0.2
_MOST_TILT_FROM_UP = 0.985  # cosine of 10 degrees, with gravity from TF
_BELOW_COSTS = (
    2.0  # a point below the plane speaks against it as much as this many on it speak for it
)


def fit_floor(
    depth: DepthImage, camera: Camera, up_camera: np.ndarray | None, noise_per_m: float
) -> Floor | None:
    """The lowest plane with support, its normal upwards, or None where the picture shows none.

    Args:
        up_camera: (3,) unit vector against gravity, where known.
        noise_per_m: one sigma of inverse depth, 1/m (see `noise.inverse_depth_noise`).
    """
    rays, inverse_z, grid = _samples(depth, camera)
    if len(inverse_z) < _LEAST_POINTS:
        return None
    planes = _hypotheses(rays, inverse_z, grid, up_camera)
    planes = planes[_plausible(planes, up_camera)]
    if len(planes) == 0:
        return None
    support = max(_LEAST_POINTS, _LEAST_SUPPORT * len(inverse_z))
    for plane in _best_first(planes, rays, inverse_z, noise_per_m):
        plane = _refined(plane, rays, inverse_z, noise_per_m)
        plane = _lowered(plane, rays, inverse_z, noise_per_m, support)
        on_it = _on_plane(plane, rays, inverse_z, noise_per_m)
        if np.count_nonzero(on_it) >= support and _plausible(plane[None], up_camera)[0]:
            return _floor(plane, rays[on_it], inverse_z[on_it])
    return None


def _samples(depth: DepthImage, camera: Camera) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rays (N, 3), inverse depths (N,).

    And for each cell of the sampled grid its sample's number or -1.
    """
    height, width = depth.shape
    stride = max(1, int(np.sqrt(width * height / _SAMPLES)))
    window = (stride // 2, stride // 2, width, height)
    z = depth.crop_m(window, stride).astype(np.float64)
    x, y = camera.rays(window, stride)
    valid = np.isfinite(z + x + y)
    x, y = np.broadcast_to(x, z.shape)[valid], np.broadcast_to(y, z.shape)[valid]
    numbers = np.full(z.shape, -1)
    numbers[valid] = np.arange(len(x))
    return np.stack([x, y, np.ones_like(x)], axis=1), 1.0 / z[valid], numbers


@lru_cache(maxsize=8)
def _triples(rows: int, columns: int) -> np.ndarray:
    """Grid cells (H, 3, 2) to fit planes through: half near each other, half anywhere.

    The same every time.
    """
    random = np.random.default_rng(20240917)
    cells = np.stack(
        [
            random.integers(0, rows, (_HYPOTHESES * 2, 3)),
            random.integers(0, columns, (_HYPOTHESES * 2, 3)),
        ],
        axis=2,
    )
    # Neighbours share a surface far more often than strangers: small floors are found through them.
    reach = max(3, rows // 4)
    near = random.integers(-reach, reach + 1, (_HYPOTHESES, 2, 2))
    cells[:_HYPOTHESES, 1:] = cells[:_HYPOTHESES, :1] + near
    return np.clip(cells, 0, [rows - 1, columns - 1])


def _hypotheses(
    rays: np.ndarray, inverse_z: np.ndarray, grid: np.ndarray, up_camera: np.ndarray | None
) -> np.ndarray:
    """Planes (H, 3) as a, b, c of inverse depth."""
    if up_camera is not None:
        # (a, b, c) = -up / offset through every chosen sample: 1/z = (a, b, c) @ ray
        chosen = np.linspace(0, len(rays) - 1, _HYPOTHESES).astype(int)
        towards = rays[chosen] @ up_camera
        with np.errstate(divide='ignore', invalid='ignore'):
            planes = (inverse_z[chosen] / towards)[:, None] * up_camera
        return planes[np.isfinite(planes).all(axis=1) & (towards < -1e-3)]
    cells = _triples(*grid.shape)
    numbers = grid[cells[..., 0], cells[..., 1]]
    numbers = numbers[(numbers >= 0).all(axis=1)]
    matrices, values = rays[numbers], inverse_z[numbers]
    # Cramer's rule, on all triples at once
    first, second, third = matrices[:, 0], matrices[:, 1], matrices[:, 2]
    cross_12, cross_23, cross_31 = (
        np.cross(first, second), np.cross(second, third), np.cross(third, first),
    )  # fmt: skip
    determinant = np.einsum('ij,ij->i', first, cross_23)
    regular = np.abs(determinant) > 1e-6
    planes = values[:, :1] * cross_23 + values[:, 1:2] * cross_31 + values[:, 2:] * cross_12
    return planes[regular] / determinant[regular, None]


def _plausible(planes: np.ndarray, up_camera: np.ndarray | None) -> np.ndarray:
    """Which planes (H, 3) can be a floor below the camera by the direction of their normals."""
    lengths = np.linalg.norm(planes, axis=1)
    with np.errstate(divide='ignore', invalid='ignore'):
        normals = -planes / lengths[:, None]
        heights = 1.0 / lengths
    direction = normals @ up_camera if up_camera is not None else -normals[:, 1]
    least = _MOST_TILT_FROM_UP if up_camera is not None else _LEAST_UPWARD
    return (direction > least) & (heights > 0.05) & (heights < 100.0)


def _tolerance(plane: np.ndarray, inverse_z: np.ndarray, noise_per_m: float) -> np.ndarray:
    """How far in inverse depth a floor sample may lie off the plane: its noise, and 2 cm of height.

    A sample at height r above the floor lies ``r / (offset z)`` off in inverse depth.
    """
    return 2.5 * noise_per_m + 0.02 * np.linalg.norm(plane) * inverse_z


def _on_plane(
    plane: np.ndarray, rays: np.ndarray, inverse_z: np.ndarray, noise_per_m: float
) -> np.ndarray:
    return np.abs(inverse_z - rays @ plane) < _tolerance(plane, inverse_z, noise_per_m)


def _best_first(
    planes: np.ndarray, rays: np.ndarray, inverse_z: np.ndarray, noise_per_m: float
) -> np.ndarray:
    """The three best planes by points on them less points below them."""
    step = max(1, len(rays) // 220)
    rays, inverse_z = rays[::step], inverse_z[::step]
    # Single precision and one pass: this is the largest array of the whole fit.
    lengths = np.sqrt(np.einsum('ij,ij->i', planes, planes))
    # Hypotheses through three noisy points are looser than the plane they stand for.
    tolerance = 4.0 * noise_per_m + 0.03 * lengths[:, None] * inverse_z
    off = ((inverse_z - planes @ rays.T) / tolerance).astype(np.float32)
    on = (np.abs(off) < 1.0).sum(axis=1)
    below = (off < -2.0).sum(axis=1)
    return planes[np.argsort(_BELOW_COSTS * below - on, kind='stable')[:3]]


def _refined(
    plane: np.ndarray, rays: np.ndarray, inverse_z: np.ndarray, noise_per_m: float
) -> np.ndarray:
    """Least squares over the points on the plane, three rounds.

    The plane itself where they are too few.
    """
    for _ in range(3):
        on_it = _on_plane(plane, rays, inverse_z, noise_per_m)
        if np.count_nonzero(on_it) < _LEAST_POINTS:
            return plane
        chosen = rays[on_it]
        plane = np.linalg.solve(
            chosen.T @ chosen + 1e-9 * np.eye(3), chosen.T @ inverse_z[on_it] + 1e-9 * plane
        )
    return plane


def _lowered(
    plane: np.ndarray, rays: np.ndarray, inverse_z: np.ndarray, noise_per_m: float, support: float
) -> np.ndarray:
    """A parallel plane below with support of its own.

    Where there is one: a table top is no floor.
    """
    for _ in range(4):
        length = np.linalg.norm(plane)
        heights = (1.0 - (rays @ plane) / inverse_z) / length
        spread = 4.0 * noise_per_m / (length * inverse_z)
        below = heights < -(0.08 + spread)
        if np.count_nonzero(below) < support:
            return plane
        levels = np.sort(heights[below])
        # The lowest level that holds enough samples within a slice as thick as the tolerance.
        thickness = 0.06 + float(np.median(spread[below]))
        held = np.searchsorted(levels, levels + thickness) - np.arange(len(levels))
        enough = np.flatnonzero(held >= support)
        if enough.size == 0:
            return plane
        densest = enough[np.argmax(held[enough])]
        level = float(np.median(levels[densest : densest + held[densest]]))
        lower = _refined(plane / (1.0 - level * length), rays, inverse_z, noise_per_m)
        on_it = np.count_nonzero(_on_plane(lower, rays, inverse_z, noise_per_m))
        parallel = plane @ lower / (length * np.linalg.norm(lower)) > 0.98
        if on_it < support or not parallel:
            return plane
        plane = lower
    return plane


def _floor(plane: np.ndarray, rays: np.ndarray, inverse_z: np.ndarray) -> Floor:
    length = float(np.linalg.norm(plane))
    normal = -plane / length
    heights = (1.0 - (rays @ plane) / inverse_z) / length
    stddev_m = float(1.4826 * np.median(np.abs(heights)))
    # Floor coordinates: to the right and away from the camera, whatever the camera's pitch.
    right = np.array([1.0, 0.0, 0.0]) - normal[0] * normal
    right /= np.linalg.norm(right)
    return Floor(normal, 1.0 / length, np.stack([right, np.cross(right, normal) * -1.0]), stddev_m)
