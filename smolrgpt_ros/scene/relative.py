# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The shape of a scene, up to its scale, from relative 8-bit depth: no metres, no intrinsics.

Such a picture holds ``r = (z - z_near) / (z_far - z_near) * 255`` with unknown near and far, so
that ``z`` is proportional to ``r + shift``. A floor tells the shift: over the picture its inverse
depth is linear, ``1 / (r + shift) = a u + b v + c``, for the right shift only. Walls and the sides
of boxes tell the focal length: they are upright, and the normals of two planes, in pixels from the
principal point, are square on each other for one focal length only,
``f^2 = -c1 c2 / (a1 a2 + b1 b2)`` (from orthogonal planes as in Hartley and Zisserman, "Multiple
View Geometry", 2004, chapter 8). Every upright patch votes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.camera import Camera

_GRID = 700
_FINE_GRID = 6000
_TRIPLES = 120
_SHIFTS = np.geomspace(2.0, 700.0, 26)
# Grey levels; rounding alone moves a sample by half of one.
_ON_PLANE = 1.25
_BELOW = 3.0
_LEAST_SHARE = 0.04
_MOST_SHIFT_ERROR = 0.03
_LEAST_UPWARD = 0.2
_PATCH_HALF_PX = 5
_PATCH_WIDTH_PX = 640
_LEAST_VOTES = 25
# Of the picture's width: 28 degrees across to 110.
_FOCAL_RANGE = (0.35, 2.0)
_FOCAL_GUESS = 0.72


@dataclass(frozen=True, eq=False)
class Shape:
    """A relative depth picture understood.

    Attributes:
        shift: z is proportional to grey level + shift.
        plane: (a, b, c) of the floor, ``1 / (r + shift) = a x + b y + c`` over rays of `camera`.
        camera: given, or with the focal length that the upright surfaces voted for.
        height: of the camera above the floor, in grey levels of depth.
    """

    shift: float
    plane: np.ndarray
    camera: Camera

    @property
    def height(self) -> float:
        """Distance of the camera from the floor in units of grey levels."""
        return 1.0 / float(np.linalg.norm(self.plane))


def shape_of(relative_depth: np.ndarray, camera: Camera | None = None) -> Shape | None:
    """Shift, floor and focal length of a relative depth picture (H, W) uint8.

    None where no floor is seen well enough to tell.
    """
    height, width = relative_depth.shape
    guess = camera or _camera(width, height, _FOCAL_GUESS * width)
    found = _coarse(*_samples(relative_depth, guess, _GRID))
    if found is None:
        return None
    shift, plane = found
    refined = _refined(shift, plane, *_samples(relative_depth, guess, _FINE_GRID))
    if refined is None:
        return None
    shift, plane = refined
    if camera is not None:
        return Shape(shift, plane, camera)
    focal = _focal(relative_depth, shift, plane, guess)
    exact = _camera(width, height, focal)
    plane = plane * np.array([focal / guess.fx, focal / guess.fy, 1.0])
    return Shape(shift, plane, exact)


def _camera(width: int, height: int, focal: float) -> Camera:
    return Camera(width, height, focal, focal, (width - 1) / 2.0, (height - 1) / 2.0)


def _samples(
    relative_depth: np.ndarray, camera: Camera, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rays (N, 3) and grey levels (N,) on a grid; black is left out: holes are black, too."""
    height, width = relative_depth.shape
    stride = max(1, int(np.sqrt(width * height / count)))
    window = (stride // 2, stride // 2, width, height)
    levels = relative_depth[stride // 2 :: stride, stride // 2 :: stride].astype(np.float64)
    x, y = np.broadcast_arrays(*camera.rays(window, stride))
    known = levels > 0.0
    return np.stack([x[known], y[known], np.ones(int(known.sum()))], axis=1), levels[known]


def _coarse(rays: np.ndarray, levels: np.ndarray) -> tuple[float, np.ndarray] | None:
    """Shift and floor plane (3,) that the most samples agree on; samples below it count twice."""
    if len(levels) < 50:
        return None
    random = np.random.default_rng(20240917)
    triples = random.integers(0, len(levels), (_TRIPLES, 3))
    inverse = _inverses(rays[triples])
    best, best_score = None, _LEAST_SHARE * len(levels)
    for shift in _SHIFTS:
        planes = np.einsum('nij,nj->ni', inverse, 1.0 / (levels[triples] + shift))
        lengths = np.linalg.norm(planes, axis=1)
        planes = planes[planes[:, 1] > _LEAST_UPWARD * lengths]
        if not len(planes):
            continue
        off = levels - _levels_on(planes, rays, shift)
        score = np.count_nonzero(np.abs(off) < _ON_PLANE, axis=1) - 2.0 * np.count_nonzero(
            off > _BELOW, axis=1
        )
        first = int(np.argmax(score))
        if score[first] > best_score:
            best, best_score = (float(shift), planes[first]), float(score[first])
    return best


def _inverses(matrices: np.ndarray) -> np.ndarray:
    """Inverses (N, 3, 3) of those matrices that have one."""
    regular = np.abs(np.linalg.det(matrices)) > 1e-5
    inverse = np.zeros_like(matrices)
    inverse[regular] = np.linalg.inv(matrices[regular])
    return inverse


def _levels_on(planes: np.ndarray, rays: np.ndarray, shift: float) -> np.ndarray:
    """Grey level (..., N) of planes (..., 3) along rays (N, 3); huge above the horizon."""
    inverse_z = planes @ rays.T
    return np.where(inverse_z > 1e-6, 1.0 / np.maximum(inverse_z, 1e-6), 1e9) - shift


def _refined(
    shift: float, plane: np.ndarray, rays: np.ndarray, levels: np.ndarray
) -> tuple[float, np.ndarray] | None:
    """Gauss-Newton over plane and shift; None where the floor in view does not tell the shift."""
    values = np.array([*plane, shift])
    for _ in range(10):
        off = levels - _levels_on(values[:3], rays, values[3])
        on_it = np.abs(off) < _ON_PLANE
        if np.count_nonzero(on_it) < max(50, _LEAST_SHARE * len(levels)):
            return None
        chosen = rays[on_it]
        inverse_z = chosen @ values[:3]
        slopes = np.column_stack([-chosen / inverse_z[:, None] ** 2, -np.ones(len(chosen))])
        scale = np.linalg.norm(slopes, axis=0)
        normal = np.linalg.inv((slopes / scale).T @ (slopes / scale) + 1e-12 * np.eye(4))
        values = values + normal @ ((slopes / scale).T @ off[on_it]) / scale
    spread = float(np.sqrt(np.mean(off[on_it] ** 2)))
    # Samples of one surface share their rounding in stripes: far fewer than their number count.
    shift_stddev = 10.0 * spread * float(np.sqrt(normal[3, 3])) / scale[3]
    if shift_stddev > _MOST_SHIFT_ERROR * (values[3] + float(np.median(levels[on_it]))):
        return None
    if values[3] <= 0.0:
        return None
    return float(values[3]), values[:3]


def _focal(relative_depth: np.ndarray, shift: float, plane: np.ndarray, guess: Camera) -> float:
    """The focal length in pixels that upright patches agree on, else the guess."""
    width = relative_depth.shape[1]
    stride = max(1, round(width / _PATCH_WIDTH_PX))
    slopes, centres, depth = _patches(relative_depth[::stride, ::stride] + np.float64(shift))
    slopes = slopes / stride
    centres = centres * stride - np.array([guess.cx, guess.cy])
    offset = 1.0 / depth - np.sum(slopes * centres, axis=1)
    floor = np.array([plane[0] / guess.fx, plane[1] / guess.fy])
    level = np.column_stack([slopes * guess.fx, offset])
    cosine = np.abs(level @ plane) / (np.linalg.norm(level, axis=1) * np.linalg.norm(plane))
    with np.errstate(divide='ignore', invalid='ignore'):
        squares = -plane[2] * offset / (slopes @ floor)
        votes = np.log(np.sqrt(squares[(cosine < 0.5) & (squares > 0.0)]) / width)
    low, high = np.log(_FOCAL_RANGE)
    bins = np.linspace(low, high, 58)
    counts = np.convolve(np.histogram(votes, bins)[0], [1, 2, 3, 2, 1], 'same')
    middle = 0.5 * (bins[:-1] + bins[1:])[int(np.argmax(counts))]
    agreeing = votes[np.abs(votes - middle) < 0.08]
    if len(agreeing) < _LEAST_VOTES:
        return guess.fx
    return float(width * np.exp(np.median(agreeing)))


def _patches(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Small flat patches of a depth picture (H, W) in grey levels.

    Returns:
        Slopes (N, 2) of inverse depth per pixel, centres (N, 2) in pixels, depth (N,) there; only
        patches that are a plane to within a grey level.
    """
    half, side = _PATCH_HALF_PX, 2 * _PATCH_HALF_PX + 1
    windows = np.lib.stride_tricks.sliding_window_view(1.0 / z, (side, side))[::side, ::side]
    rows, columns = windows.shape[:2]
    values = windows.reshape(rows * columns, side * side)
    dy, dx = np.mgrid[-half : half + 1, -half : half + 1]
    basis = np.column_stack([dx.ravel(), dy.ravel(), np.ones(side * side)])
    fitted = values @ np.linalg.pinv(basis).T
    depth = 1.0 / fitted[:, 2]
    error = np.abs(values - fitted @ basis.T).max(axis=1)
    y, x = np.mgrid[0:rows, 0:columns] * side + half
    flat = (depth > 0.0) & (error * depth**2 < 1.0)
    return (
        fitted[flat, :2],
        np.column_stack([x.ravel(), y.ravel()])[flat].astype(float),
        depth[flat],
    )
