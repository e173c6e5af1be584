# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where an object is: coordinates for a planner, words for a person."""

from __future__ import annotations

import math

import numpy as np

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_within
from smolrgpt_ros.reasoning.distance import TOLERANCE
from smolrgpt_ros.reasoning.world import SceneWorld

# Frames of REP 105 that move with the robot, x forward and y left: 'ahead' means along their x.
ROBOT_FRAMES = ('base_link', 'base_footprint', 'base')
# Nearer to straight ahead than this is not worth a word.
ASIDE_LEAST_M = 0.05


def answer_where(asked: Asked) -> Answer:
    """The centre in the target frame, and ahead/behind and left/right of the viewer."""
    world, region = asked.world, asked.one(0)
    length = world.range(region)
    centre = world.measured(region).centre_camera
    position = in_target_frame(world, centre)
    ahead_m, left_m = heading_offsets_m(world, centre, position)
    frame = (
        world.scene.target_frame
        if world.scene.target_from_camera is not None
        else world.scene.frame_id
    )
    coordinates = ', '.join(f'{value:.2f}' for value in position)
    return asked.answer(
        ' '.join(f'{value:.3f}' for value in position),
        f'{asked.said(region)} is {offset_words(ahead_m, left_m)}, '
        f'at ({coordinates}) m in {frame or "the camera frame"}.',
        [region],
        value=length.value_m,
        unit='m',
        stddev=float(np.linalg.norm(world.measured(region).stddev_camera)),
        confidence=probability_within(TOLERANCE * length.value_m, length.stddev_m),
    )


def in_target_frame(world: SceneWorld, point_camera: np.ndarray) -> np.ndarray:
    """A point (3,) of the camera frame in the frame that planners asked for, metres."""
    pose = world.scene.target_from_camera
    return point_camera if pose is None else pose.apply(point_camera)


def heading_offsets_m(
    world: SceneWorld, centre_camera: np.ndarray, position_target: np.ndarray
) -> tuple[float, float]:
    """How far ahead and to the left of the robot, or of the viewer as the camera heads, metres.

    Args:
        centre_camera: (3,) the object's centre in the camera frame, metres.
        position_target: (3,) the same in the scene's target frame.
    """
    scene = world.scene
    if scene.target_from_camera is not None and scene.target_frame.split('/')[-1] in ROBOT_FRAMES:
        return float(position_target[0]), float(position_target[1])
    right, forward = world.level_axes
    offset = centre_camera - world.viewer
    return float(forward @ offset), -float(right @ offset)


def offset_words(ahead_m: float, left_m: float) -> str:
    """'3.2 m ahead and 0.5 m to the left'."""
    along = f'{abs(ahead_m):.1f} m {"ahead" if ahead_m >= 0.0 else "behind"}'
    if abs(left_m) < ASIDE_LEAST_M:
        return f'{along}, straight {"on" if ahead_m >= 0.0 else "back"}'
    aside = f'{abs(left_m):.1f} m to the {"left" if left_m > 0.0 else "right"}'
    return (
        f'{along} and {aside}'
        if not math.isclose(abs(ahead_m), 0.0, abs_tol=ASIDE_LEAST_M)
        else aside
    )
