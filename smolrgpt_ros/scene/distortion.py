# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Lens distortion on the plane z = 1: the models of sensor_msgs/CameraInfo, there and back.

Formulas: OpenCV, "Camera Calibration and 3D Reconstruction" (plumb_bob and rational_polynomial
    with thin prism) and "Fisheye camera model" (equidistant, Kannala and Brandt 2006).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MODELS = ('plumb_bob', 'rational_polynomial', 'equidistant')
_MOST_STEPS = 30
_CONVERGED = 1e-11  # on the plane z = 1: 1e-8 px at a focal length of 1000 px


def coefficient_count(model: str) -> int:
    """How many coefficients of a model are understood (the rest, a tilted sensor, must be zero)."""
    return {'plumb_bob': 5, 'rational_polynomial': 12, 'equidistant': 4}[model]


def distort(
    x: np.ndarray, y: np.ndarray, model: str, coefficients: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Where ideal points (x, y) of the plane z = 1 appear; shapes are kept."""
    if model == 'equidistant':
        radius = np.hypot(x, y)
        scale = _fisheye_angle(np.arctan(radius), coefficients)[0] / np.maximum(radius, 1e-12)
        scale = np.where(radius < 1e-9, 1.0, scale)
        return x * scale, y * scale
    distorted_x, distorted_y, *_ = _polynomial(x, y, coefficients)
    return distorted_x, distorted_y


def undistort(
    x: np.ndarray, y: np.ndarray, model: str, coefficients: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """The inverse of `distort` by Newton's method, for coordinates x, y (...) of the plane z = 1.

    NaN where the lens maps no ray (or folds over).
    """
    if model == 'equidistant':
        return _undistort_fisheye(x, y, coefficients)
    return _undistort_polynomial(x, y, coefficients)


def _polynomial(
    x: np.ndarray, y: np.ndarray, coefficients: Sequence[float]
) -> tuple[np.ndarray, ...]:
    """Distorted x and y with the four entries of the Jacobian (xx, xy, yx, yy)."""
    k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4 = (
        *coefficients,
        *[0.0] * (12 - len(coefficients)),
    )
    r2 = x * x + y * y
    above = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
    below = 1.0 + r2 * (k4 + r2 * (k5 + r2 * k6))
    radial = above / below
    slope = (k1 + r2 * (2 * k2 + 3 * k3 * r2) - radial * (k4 + r2 * (2 * k5 + 3 * k6 * r2))) / below
    prism_x, prism_y = s1 + 2 * s2 * r2, s3 + 2 * s4 * r2
    distorted_x = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x) + r2 * (s1 + s2 * r2)
    distorted_y = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y + r2 * (s3 + s4 * r2)
    xx = radial + 2 * x * x * slope + 2 * p1 * y + 6 * p2 * x + 2 * x * prism_x
    xy = 2 * x * y * slope + 2 * p1 * x + 2 * p2 * y + 2 * y * prism_x
    yx = 2 * x * y * slope + 2 * p1 * x + 2 * p2 * y + 2 * x * prism_y
    yy = radial + 2 * y * y * slope + 6 * p1 * y + 2 * p2 * x + 2 * y * prism_y
    return distorted_x, distorted_y, xx, xy, yx, yy


def _undistort_polynomial(
    x: np.ndarray, y: np.ndarray, coefficients: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    ideal_x, ideal_y = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    with np.errstate(all='ignore'):
        for _ in range(_MOST_STEPS):
            seen_x, seen_y, xx, xy, yx, yy = _polynomial(ideal_x, ideal_y, coefficients)
            error_x, error_y = seen_x - x, seen_y - y
            determinant = xx * yy - xy * yx
            ideal_x -= (yy * error_x - xy * error_y) / determinant
            ideal_y -= (xx * error_y - yx * error_x) / determinant
            if not _largest(np.abs(error_x) + np.abs(error_y)) > _CONVERGED:
                break
        seen_x, seen_y, xx, xy, yx, yy = _polynomial(ideal_x, ideal_y, coefficients)
        # Beyond the radius where the polynomial turns back, its inverse is another ray's: no ray
        # at all.
        valid = (np.abs(seen_x - x) + np.abs(seen_y - y) < 1e-9) & (xx * yy - xy * yx > 0.0)
        valid &= (xx > 0.0) & (yy > 0.0) & _before_the_fold(ideal_x, ideal_y, coefficients)
    return np.where(valid, ideal_x, np.nan), np.where(valid, ideal_y, np.nan)


def _before_the_fold(x: np.ndarray, y: np.ndarray, coefficients: Sequence[float]) -> np.ndarray:
    """Whether the distorted radius grows all the way from the axis to (x, y)."""
    reach = _largest(np.hypot(x, y))
    radii = np.linspace(0.0, min(float(reach), 1e3), 400)
    seen = _polynomial(
        radii, np.zeros_like(radii), [*coefficients[:2], 0.0, 0.0, *coefficients[4:8]]
    )[0]
    turning = np.flatnonzero(np.diff(seen) <= 0.0)
    return np.hypot(x, y) <= (radii[turning[0]] if turning.size else np.inf)


def _fisheye_angle(
    theta: np.ndarray, coefficients: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Distorted angle and its derivative."""
    k1, k2, k3, k4 = (*coefficients, *[0.0] * (4 - len(coefficients)))
    t2 = theta * theta
    value = theta * (1.0 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4))))
    slope = 1.0 + t2 * (3 * k1 + t2 * (5 * k2 + t2 * (7 * k3 + t2 * 9 * k4)))
    return value, slope


def _undistort_fisheye(
    x: np.ndarray, y: np.ndarray, coefficients: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    seen = np.hypot(x, y)
    theta = np.minimum(seen, 1.5)
    with np.errstate(all='ignore'):
        for _ in range(_MOST_STEPS):
            value, slope = _fisheye_angle(theta, coefficients)
            theta = theta - (value - seen) / slope
            if not _largest(np.abs(value - seen)) > _CONVERGED:
                break
        value, slope = _fisheye_angle(theta, coefficients)
        valid = (
            (np.abs(value - seen) < 1e-9)
            & (slope > 0.0)
            & (theta >= 0.0)
            & (theta < np.pi / 2 - 1e-3)
        )
        scale = np.where(seen < 1e-9, 1.0, np.tan(theta) / np.maximum(seen, 1e-12))
        scale = np.where(valid, scale, np.nan)
    return x * scale, y * scale


def _largest(values: np.ndarray) -> float:
    """The largest of values (...) that are not negative, NaN left out; 0 where there is none."""
    # nanmax takes an initial value from numpy 1.22 on, and Humble has 1.21.
    return float(np.fmax.reduce(np.ravel(values), initial=0.0))
