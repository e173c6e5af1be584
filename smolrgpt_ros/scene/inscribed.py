# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rectangles on the floor whose picture touches all four sides of a detection's box."""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.measured import Floor

_STEPS = 8
_SMALL_M = 1e-4
_SMALL_A, _SMALL_B = np.array([_SMALL_M, 0.0]), np.array([0.0, _SMALL_M])
_CORNERS = np.array(
    [[0, 2], [1, 2], [1, 3], [0, 3]]
)  # which of (low a, high a, low b, high b) a corner takes


def rectangles_of_box(
    box_px: tuple[float, float, float, float], camera: Camera, floor: Floor, angles: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """One rectangle for each of the angles (A,) that allows one.

    By Newton's method on its four sides.

    Returns:
        Angles (K,), centres (K, 2), sizes (K, 2) in floor coordinates, metres; None where no angle
        does.
    """
    x0, y0, x1, y1 = box_px
    target = np.array([x0 - 0.5, y0 - 0.5, x1 - 0.5, y1 - 0.5])
    middle = floor.hit(camera.directions(np.array([(x0 + x1) / 2.0, y0 + 0.6 * (y1 - y0)])))
    rim = floor.hit(
        camera.directions(
            np.array([[x0, y0 + 0.6 * (y1 - y0)], [x1, y0 + 0.6 * (y1 - y0)], [(x0 + x1) / 2, y1]])
        )
    )
    if not (np.isfinite(middle).all() and np.isfinite(rim).all()):
        return None
    reach = 0.6 * float(np.linalg.norm(rim - middle, axis=1).min())
    axes = np.stack(
        [np.cos(angles), np.sin(angles), -np.sin(angles), np.cos(angles)], axis=1
    ).reshape(-1, 2, 2)
    at = axes @ middle  # (A, 2)
    sides = np.stack(
        [at[:, 0] - reach, at[:, 0] + reach, at[:, 1] - reach, at[:, 1] + reach], axis=1
    )
    with np.errstate(all='ignore'):
        for _ in range(_STEPS):
            bounds, jacobian = _bounds(sides, axes, camera, floor)
            step = _solve(jacobian, bounds - target)
            # A step that would turn the rectangle inside out is shortened.
            largest = 0.4 * np.maximum(
                np.minimum(sides[:, 1] - sides[:, 0], sides[:, 3] - sides[:, 2]), 0.05
            )
            shrink = np.minimum(1.0, largest / np.maximum(np.abs(step).max(axis=1), 1e-9))
            sides = sides - shrink[:, None] * step
        bounds, _ = _bounds(sides, axes, camera, floor)
        good = np.abs(bounds - target).max(axis=1) < 1.0
    size = np.stack([sides[:, 1] - sides[:, 0], sides[:, 3] - sides[:, 2]], axis=1)
    good &= (size > 0.2).all(axis=1) & np.isfinite(size).all(axis=1)
    if not good.any():
        return None
    local = np.stack([sides[:, 0] + sides[:, 1], sides[:, 2] + sides[:, 3]], axis=1) / 2.0
    centres = np.einsum('ai,aij->aj', local, axes)
    return angles[good], centres[good], size[good]


def _solve(matrices: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Damped solutions (A, 4); a corner that touches two sides leaves a matrix singular."""
    transposed = matrices.transpose(0, 2, 1)
    normal = transposed @ matrices
    damping = 1e-4 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(4)
    normal = (
        np.where(np.isfinite(normal), normal, 0.0)
        + np.where(np.isfinite(damping), damping, 1.0)
        + 1e-9 * np.eye(4)
    )
    right = transposed @ values[..., None]
    return np.linalg.solve(normal, np.where(np.isfinite(right), right, 0.0))[..., 0]


def _bounds(
    sides: np.ndarray, axes: np.ndarray, camera: Camera, floor: Floor
) -> tuple[np.ndarray, np.ndarray]:
    """Bounding boxes (A, 4) in pixels of rectangles by their sides (A, 4).

    And their derivatives (A, 4, 4).
    """
    local = sides[:, _CORNERS]  # (A, 4, 2)
    moved = np.stack([local, local + _SMALL_A, local + _SMALL_B])
    projected = camera.project(floor.points(moved @ axes))
    pixels = projected[0]
    by_a, by_b = (projected[1:] - pixels) / _SMALL_M
    rows = np.arange(len(sides))
    bounds = np.empty((len(sides), 4))
    jacobian = np.zeros((len(sides), 4, 4))
    filled = np.where(np.isnan(pixels), 0.0, pixels)
    for place, (axis, pick) in enumerate(
        ((0, np.argmin), (1, np.argmin), (0, np.argmax), (1, np.argmax))
    ):
        corner = pick(filled[..., axis], axis=1)
        bounds[:, place] = pixels[rows, corner, axis]
        jacobian[rows, place, _CORNERS[corner, 0]] = by_a[rows, corner, axis]
        jacobian[rows, place, _CORNERS[corner, 1]] = by_b[rows, corner, axis]
    return bounds, jacobian
