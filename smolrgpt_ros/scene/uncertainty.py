# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How far a measured centre may be off: along the ray, across it, and upwards.

The factors were fitted on rendered scenes with and without the noise of a stereo camera, so that
one sigma holds about two thirds of the true centres.
"""

from __future__ import annotations

import math

import numpy as np

from smolrgpt_ros.scene.measured import Floor

_BORDER_PX = 2.0
# Share of an object's width by which its centre may be off where the picture's border cuts it.
_CUT_SHARE = 0.12


def touches_border(box_px: tuple[float, float, float, float], size_px: tuple[int, int]) -> bool:
    """Whether a box ends at the picture's border, so that the object goes on behind it."""
    x0, y0, x1, y1 = box_px
    return (
        x0 < _BORDER_PX
        or y0 < _BORDER_PX
        or x1 > size_px[0] - _BORDER_PX
        or y1 > size_px[1] - _BORDER_PX
    )


def standing_stddev(
    centre: np.ndarray,
    size: np.ndarray,
    floor: Floor,
    *,
    noise_m: float,
    sample_m: float,
    pushed_m: float,
    trusted: bool,
    cut: bool,
    count: int,
) -> np.ndarray:
    """One sigma (3,), metres, camera's axes, of the centre of an object that stands on the floor.

    Args:
        noise_m: one sigma of depth at the object after smoothing.
        sample_m: distance between neighbouring samples on the object.
        pushed_m: how far its hidden far side was put behind what is seen.
        trusted: True where a mask tells the object from the rest.
        cut: True where the picture's border cuts it.
        count: samples that the measurement rests on.
    """
    width = float(min(size.tolist()))
    common = (
        (0.0 if trusted else 0.02)
        + (_CUT_SHARE * width if cut else 0.0)
        + 0.3 * width / math.sqrt(count)
    )
    along = (
        math.hypot(0.4 * sample_m + common, 1.6 * noise_m * (1.0 if trusted else 1.6))
        + 0.25 * pushed_m
    )
    across = math.hypot(0.3 * sample_m + common, 0.7 * noise_m * (1.0 if trusted else 1.5))
    up = math.hypot(0.003 + 0.1 * sample_m, 0.5 * noise_m)
    return _along_camera(centre, floor, along, across, up)


def _along_camera(
    centre: np.ndarray, floor: Floor, along: float, across: float, up: float
) -> np.ndarray:
    """Standard deviations (3,) along the camera's axes of ones along the ray, across, and up."""
    # Plain numbers: numpy takes longer to begin with three of them than this takes to end.
    x, y, z = centre.tolist()
    nx, ny, nz = floor.normal.tolist()
    above = x * nx + y * ny + z * nz
    x, y, z = x - above * nx, y - above * ny, z - above * nz
    length = max(math.hypot(x, y, z), 1e-6)
    x, y, z = x / length, y / length, z / length
    return np.array(
        [
            math.hypot(along * x, across * (ny * z - nz * y), up * nx),
            math.hypot(along * y, across * (nz * x - nx * z), up * ny),
            math.hypot(along * z, across * (nx * y - ny * x), up * nz),
        ]
    )


def painted_stddev(
    size: np.ndarray,
    floor: Floor,
    centre: np.ndarray,
    *,
    pixel_m: float,
    noise_m: float,
    trusted: bool,
    cut: bool,
) -> np.ndarray:
    """One sigma (3,) along the camera's axes of the centre of an area on the floor, metres.

    Args:
        pixel_m: what one pixel of the outline means on the floor along the ray.
        noise_m: one sigma of depth there after smoothing: the floor itself was fitted to it.
    """
    least = float(min(size.tolist()))
    common = (0.005 if trusted else 0.02 + 0.03 * least) + (0.06 * least if cut else 0.0)
    along = common + 0.25 * pixel_m + 0.5 * noise_m
    across = common + 0.1 * pixel_m + 0.15 * noise_m
    return _along_camera(centre, floor, along, across, 0.003 + 0.3 * noise_m)
