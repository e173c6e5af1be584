# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pinhole camera with the distortion models of sensor_msgs/CameraInfo."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Camera:
    """Intrinsics in pixels of a width x height picture; optical frame z forward, x right, y down.

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
