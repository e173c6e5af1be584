# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where the objects of a scene stand and how big they are, in metres."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from smolrgpt_ros.scene.frame import Scene


class NoDepthError(ValueError):
    """Nothing metric is known where it was asked for; the message names the region and what would help."""


@dataclass(frozen=True, eq=False)
class Floor:
    """The plane objects stand on: ``normal @ p + offset_m`` is the height of point p (camera frame) above it.

    Attributes:
        normal: (3,) unit vector, up, camera frame.
        offset_m: height of the camera above the floor, metres.
        axes: (2, 3) orthonormal directions in the plane; floor coordinates of p are ``axes @ p``.
        stddev_m: standard deviation of the fit at the points it was fitted to.
    """

    normal: np.ndarray
    offset_m: float
    axes: np.ndarray
    stddev_m: float


@dataclass(frozen=True, eq=False)
class Measured:
    """One region measured.

    Attributes:
        centre_camera: (3,) centre of the whole object (not of its near face), metres, camera frame.
        size: (3,) length, width, height of the oriented box, metres, along the columns of `rotation`.
        rotation: (3, 3) box axes as columns, camera frame; the third is up.
        stddev_camera: (3,) one sigma of the centre along the camera's axes, metres.
        footprint: (N, 2) convex polygon on the floor, floor coordinates, metres; None without a floor.
        standing: True where the object stands on (or, a buffer, is part of) the floor.
        foreground_points: depth samples that the measurement rests on.
    """

    centre_camera: np.ndarray
    size: np.ndarray
    rotation: np.ndarray
    stddev_camera: np.ndarray
    footprint: np.ndarray | None
    standing: bool
    foreground_points: int


class Measurements:
    """Lazy, cached measurements of one scene: the floor once, each region once."""

    def __init__(self, scene: Scene):
        self._scene = scene
        self._measured: dict[int, Measured] = {}

    @cached_property
    def floor(self) -> Floor | None:
        """The floor plane, or None where the picture shows none."""

    def of(self, index: int) -> Measured:
        """Region `index` measured. Raises NoDepthError."""
