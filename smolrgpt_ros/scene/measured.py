# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What measuring gives: a floor, a measured region, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.rectangle import Rectangle


class NoDepthError(ValueError):
    """Nothing metric is known where it was asked for.

    The message names the region and what would help.
    """


@dataclass(frozen=True, eq=False)
class Floor:
    """The plane objects stand on.

    The height of point p (camera frame) above it is ``normal @ p + offset_m``.

    Attributes:
        normal: (3,) unit vector, up, camera frame.
        offset_m: height of the camera above the floor, metres.
        axes: (2, 3) orthonormal directions in the plane; floor coordinates of p are ``axes @ p``.
        stddev_m: standard deviation of the fit at the points it was fitted to.
        share: of all measured samples, those on it when it was last searched for.
        followed: in how many pictures it was only followed since then.
    """

    normal: np.ndarray
    offset_m: float
    axes: np.ndarray
    stddev_m: float
    share: float = 0.0
    followed: int = 0

    def heights_m(self, points: np.ndarray) -> np.ndarray:
        """Height (...) of points (..., 3) in the camera frame above the floor."""
        return points @ self.normal + self.offset_m

    def coordinates(self, points: np.ndarray) -> np.ndarray:
        """Floor coordinates (..., 2) of points (..., 3), metres; (0, 0) lies below the camera."""
        return points @ self.axes.T

    def points(self, coordinates: np.ndarray, height_m: np.ndarray | float = 0.0) -> np.ndarray:
        """Points (..., 3) in the camera frame at floor coordinates (..., 2) and a height (...)."""
        above = np.asarray(height_m, dtype=np.float64) - self.offset_m
        return np.asarray(coordinates) @ self.axes + above[..., None] * self.normal

    def hit(self, directions: np.ndarray, height_m: float = 0.0) -> np.ndarray:
        """Floor coordinates (..., 2) where rays (..., 3) meet the plane at a height.

        NaN where they never do.
        """
        towards = directions @ self.normal
        scale = np.where(
            towards < -1e-9, (height_m - self.offset_m) / np.minimum(towards, -1e-9), np.nan
        )
        return self.coordinates(directions) * scale[..., None]


@dataclass(frozen=True, eq=False)
class Measured:
    """One region measured.

    Attributes:
        centre_camera: (3,) centre of the whole object (not of its near face), metres, camera frame.
        size: (3,) length, width, height of the oriented box, metres, along the columns of
            `rotation`.
        rotation: (3, 3) box axes as columns, camera frame; the third is up.
        stddev_camera: (3,) one sigma of the centre along the camera's axes, metres.
        footprint: (N, 2) convex polygon on the floor, floor coordinates, metres; None without a
            floor.
        standing: True where the object stands on (or, a buffer, is part of) the floor.
        foreground_points: depth samples that the measurement rests on.
        bottom_m: height of the object's lowest visible part above the floor, metres; NaN without a
            floor.
    """

    centre_camera: np.ndarray
    size: np.ndarray
    rotation: np.ndarray
    stddev_camera: np.ndarray
    footprint: np.ndarray | None
    standing: bool
    foreground_points: int
    bottom_m: float = float('nan')


def boxed(
    rectangle: Rectangle,
    bottom_m: float,
    top_m: float,
    floor: Floor,
    stddev: np.ndarray,
    count: int,
) -> Measured:
    """A measured box over a rectangle on the floor, from bottom_m to top_m above it.

    Args:
        stddev: (3,) one sigma of the centre along the camera's axes, metres.
        count: how many samples it was measured by.
    """
    rotation = np.empty((3, 3))
    rotation[:2], rotation[2] = rectangle.axes @ floor.axes, floor.normal
    above_m = (bottom_m + top_m) / 2.0 - floor.offset_m
    return Measured(
        centre_camera=rectangle.centre @ floor.axes + above_m * floor.normal,
        size=np.array([*rectangle.size.tolist(), top_m - bottom_m]),
        rotation=rotation.T,
        stddev_camera=stddev,
        footprint=rectangle.corners,
        standing=True,
        foreground_points=count,
        bottom_m=bottom_m,
    )
