# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pinhole camera with the distortion models of sensor_msgs/CameraInfo."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.distortion import MODELS, coefficient_count, distort, undistort

_SHORTEST_PX, _LARGEST_PX = 1e-3, 1e7


class CameraError(ValueError):
    """Camera values that no picture can be measured with; the message names the value."""


@dataclass(frozen=True)
class Camera:
    """Intrinsics in pixels of a width x height picture; optical frame z forward, x right, y down.

    Whole pixel coordinates are pixel centres, as in CameraInfo: pixel column 0 reaches from -0.5
    to 0.5.

    Attributes:
        distortion: coefficients as in CameraInfo.d; empty for a rectified picture.
        distortion_model: 'plumb_bob', 'rational_polynomial' or 'equidistant'; '' when rectified.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    distortion: tuple[float, ...] = ()
    distortion_model: str = ''

    @classmethod
    def from_info(
        cls,
        width: int,
        height: int,
        k: Sequence[float],
        d: Sequence[float],
        p: Sequence[float],
        distortion_model: str,
        *,
        rectified: bool,
        binning: tuple[int, int] = (0, 0),
        roi: tuple[int, int, int, int] = (0, 0, 0, 0),
        picture_size_px: tuple[int, int] | None = None,
    ) -> Camera:
        """Camera of the picture that a CameraInfo describes.

        K and P hold for the full, unbinned sensor: the region of interest is cut first, then
        binned, as image_geometry does it.

        Args:
            k: (9,) row-major intrinsics of the raw picture.
            d: distortion of the raw picture.
            p: (12,) row-major projection of the rectified picture.
            rectified: True for rectified topics (P counts, no distortion), False for raw ones (K
                and D).
            binning: (x, y), 0 means 1.
            roi: (x_offset, y_offset, width, height) in full pixels, zeros mean all.
            picture_size_px: (width, height) of the picture that arrived, to be compared.

        Raises:
            CameraError: zero, negative or non-finite values, unknown distortion, another size than
                the picture.
        """
        if width <= 0 or height <= 0:
            raise CameraError(
                f'camera_info says width {width} and height {height}; both must be positive. '
                'Is the camera driver calibrated and running?'
            )
        fx, fy, cx, cy = _intrinsics_of_p(p) if rectified else _intrinsics_of_k(k)
        model, coefficients = ('', ()) if rectified else _checked_distortion(distortion_model, d)
        bin_x, bin_y = (max(1, int(value)) for value in binning)
        x_offset, y_offset, roi_width, roi_height = (int(value) for value in roi)
        if min(x_offset, y_offset, roi_width, roi_height) < 0:
            raise CameraError(f'camera_info has a negative region of interest {tuple(roi)}')
        size_px = ((roi_width or width) // bin_x, (roi_height or height) // bin_y)
        if min(size_px) < 1:
            raise CameraError(
                f'camera_info describes a picture of {size_px[0]}x{size_px[1]}: binning '
                f'{bin_x}x{bin_y} leaves nothing of {roi_width or width}x{roi_height or height}'
            )
        if picture_size_px is not None and tuple(picture_size_px) != size_px:
            raise CameraError(
                f'camera_info describes a picture of {size_px[0]}x{size_px[1]}, but the picture is '
                f'{picture_size_px[0]}x{picture_size_px[1]}; subscribe to the camera_info '
                'beside the picture'
            )
        return cls(
            *size_px, fx / bin_x, fy / bin_y, (cx - x_offset) / bin_x, (cy - y_offset) / bin_y,
            coefficients, model,
        )  # fmt: skip

    @property
    def is_distorted(self) -> bool:
        """Whether rays bend: any coefficient that is not zero, or a fisheye lens."""
        return self.distortion_model == 'equidistant' or any(self.distortion)

    def rays(
        self, window_px: tuple[int, int, int, int], stride: int = 1
    ) -> tuple[np.ndarray, np.ndarray]:
        """Directions (x/z, y/z) of the pixels of a window (x0, y0, x1, y1), float64.

        Returns:
            Two arrays that broadcast to (rows, columns): (1, columns) and (rows, 1) for a picture
            without distortion, (rows, columns) both with it. NaN where the lens maps no ray.
        """
        x0, y0, x1, y1 = window_px
        x = (np.arange(x0, x1, stride)[None, :] - self.cx) / self.fx
        y = (np.arange(y0, y1, stride)[:, None] - self.cy) / self.fy
        if not self.is_distorted:
            return x, y
        x, y = np.broadcast_arrays(x, y)
        return undistort(x, y, self.distortion_model, self.distortion)

    def directions(self, points_px: np.ndarray) -> np.ndarray:
        """Rays (..., 3) with z = 1 through pixels (..., 2)."""
        points_px = np.asarray(points_px, dtype=np.float64)
        x = (points_px[..., 0] - self.cx) / self.fx
        y = (points_px[..., 1] - self.cy) / self.fy
        if self.is_distorted:
            x, y = undistort(x, y, self.distortion_model, self.distortion)
        return np.stack([x, y, np.ones_like(x)], axis=-1)

    def back_project(self, points_px: np.ndarray, z: np.ndarray | float) -> np.ndarray:
        """Points (..., 3) in the camera frame of pixels (..., 2) at depth z (...), metres."""
        return self.directions(points_px) * np.asarray(z, dtype=np.float64)[..., None]

    def project(self, points: np.ndarray) -> np.ndarray:
        """Pixels (..., 2) of points (..., 3) in the camera frame; NaN behind the camera."""
        points = np.asarray(points, dtype=np.float64)
        z = np.where(points[..., 2] > 0.0, points[..., 2], np.nan)
        x, y = points[..., 0] / z, points[..., 1] / z
        if self.is_distorted:
            x, y = distort(x, y, self.distortion_model, self.distortion)
        return np.stack([x * self.fx + self.cx, y * self.fy + self.cy], axis=-1)


def _intrinsics_of_k(k: Sequence[float]) -> tuple[float, float, float, float]:
    values = _numbers('K', k, 9)
    return _checked_intrinsics('K', values[0], values[4], values[2], values[5], values)


def _intrinsics_of_p(p: Sequence[float]) -> tuple[float, float, float, float]:
    values = _numbers('P', p, 12)
    return _checked_intrinsics('P', values[0], values[5], values[2], values[6], values)


def _numbers(name: str, values: Sequence[float], count: int) -> list[float]:
    numbers = [float(value) for value in values]
    if len(numbers) != count:
        raise CameraError(f'camera_info has {len(numbers)} values in {name}, expected {count}')
    return numbers


def _checked_intrinsics(
    name: str, fx: float, fy: float, cx: float, cy: float, values: list[float]
) -> tuple[float, float, float, float]:
    if not any(values):
        raise CameraError(
            f'camera_info has only zeros in {name}: the camera is not calibrated. '
            'Calibrate it, or publish its factory calibration'
        )
    for label, value in (('fx', fx), ('fy', fy), ('cx', cx), ('cy', cy)):
        if not math.isfinite(value):
            raise CameraError(
                f'camera_info has {label} = {value} in {name}, expected a finite number'
            )
    for label, value in (('fx', fx), ('fy', fy)):
        if value <= 0.0:
            raise CameraError(
                f'camera_info has {label} = {value:g} in {name}, expected a positive focal length'
            )
    # Divided by less, or multiplied by more, pixels become directions that are no numbers.
    for label, value, least in (
        ('fx', fx, _SHORTEST_PX), ('fy', fy, _SHORTEST_PX), ('cx', cx, 0.0), ('cy', cy, 0.0)
    ):  # fmt: skip
        if not least <= abs(value) <= _LARGEST_PX:
            raise CameraError(
                f'camera_info has {label} = {value:g} pixels in {name}, which no camera has'
            )
    return fx, fy, cx, cy


def _checked_distortion(model: str, d: Sequence[float]) -> tuple[str, tuple[float, ...]]:
    coefficients = tuple(float(value) for value in d)
    if not all(math.isfinite(value) for value in coefficients):
        raise CameraError(f'camera_info has non-finite distortion coefficients {coefficients}')
    if not any(coefficients) and model not in MODELS:
        return '', ()
    if model not in MODELS:
        raise CameraError(
            f'camera_info has the distortion model {model!r}; known are {", ".join(MODELS)}. '
            'Use the rectified topic instead'
        )
    if model == 'equidistant' and not coefficients:
        coefficients = (0.0,) * 4
    allowed = coefficient_count(model)
    if coefficients and (len(coefficients) < 4 or any(coefficients[allowed:])):
        raise CameraError(
            f'camera_info has {len(coefficients)} coefficients for {model}, expected 4 to '
            f'{allowed}; '
            'use the rectified topic instead'
        )
    if model != 'equidistant' and not any(coefficients):
        return '', ()
    return model, coefficients[:allowed]
