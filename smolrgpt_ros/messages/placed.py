# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where the objects of an answer stand in the answer's frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import Measured, NoDepthError
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.region import Region

_UNKNOWN = np.full(3, np.nan)
_CAMERA = Pose(np.eye(3), np.zeros(3))


@dataclass(frozen=True, eq=False)
class PlacedObject:
    """An object in the answer's frame; NaN where it could not be measured.

    Attributes:
        question_position: which reference of the question means it, -1 for none.
        position: (3,) centre, metres.
        stddev: (3,) of the position, along the frame's axes, metres.
        rotation: (3, 3) axes of its box as columns.
        size: (3,) of its box along these axes, metres.
    """

    region: Region
    question_position: int
    position: np.ndarray
    stddev: np.ndarray
    rotation: np.ndarray
    size: np.ndarray

    @property
    def is_measured(self) -> bool:
        """Whether position and size are known."""
        return bool(np.isfinite(self.position).all())

    @property
    def aligned_size(self) -> np.ndarray:
        """(3,) extent along the frame's axes: ``|R| s`` encloses a box of size s turned by R."""
        return np.abs(self.rotation) @ self.size


def placed_objects(answer: Answer, scene: Scene) -> tuple[PlacedObject, ...]:
    """The regions of an answer in the scene's target frame, in the answer's order."""
    positions = (*answer.question_positions, *([-1] * len(answer.regions)))
    return tuple(
        place(scene, index, position)
        for index, position in zip(answer.regions, positions, strict=False)
    )


def place(scene: Scene, index: int, question_position: int = -1) -> PlacedObject:
    """Region `index` in the scene's target frame."""
    region = scene.regions[index]
    measured = measured_or_none(scene, index)
    if measured is None:
        return PlacedObject(region, question_position, _UNKNOWN, _UNKNOWN, np.eye(3), _UNKNOWN)
    pose = scene.target_from_camera or _CAMERA
    return PlacedObject(
        region,
        question_position,
        pose.apply(measured.centre_camera),
        rotated_stddev(pose.rotation, measured.stddev_camera),
        pose.rotation @ measured.rotation,
        measured.size,
    )


def measured_or_none(scene: Scene, index: int) -> Measured | None:
    """Region `index` measured, None where nothing metric is known of it."""
    if scene.depth is None or scene.camera is None:
        return None
    try:
        return scene.measurements.of(index)
    except NoDepthError:
        return None


def rotated_stddev(rotation: np.ndarray, stddev: np.ndarray) -> np.ndarray:
    """(3,) one sigma along other axes: the root of the diagonal of ``R diag(s^2) R^T``."""
    return np.sqrt(np.square(rotation) @ np.square(stddev))
