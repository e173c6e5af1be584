# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Left or right, as the picture shows it."""

from __future__ import annotations

import math

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_positive
from smolrgpt_ros.reasoning.world import SceneWorld


def answer_left_right(asked: Asked) -> Answer:
    """Which side of the landmark, or of the picture's middle for the viewer, the subject is on."""
    world, subject = asked.world, asked.one(0)
    column = world.column(subject)
    regions = [subject]
    if asked.is_viewer(1):
        landmark_px, landmark_stddev_px, landmark_name = (
            middle_column_px(world),
            0.0,
            'the middle of the view',
        )
    else:
        landmark = asked.one(1)
        landmark_column = world.column(landmark)
        landmark_px, landmark_stddev_px = landmark_column.value_px, landmark_column.stddev_px
        landmark_name = world.name(landmark)
        regions.append(landmark)
    offset_px = column.value_px - landmark_px
    stddev_px = math.hypot(column.stddev_px, landmark_stddev_px)
    side = 'left' if offset_px < 0.0 else 'right'
    return asked.answer(
        side,
        f'{world.name(subject)} is to the {side} of {landmark_name}.',
        regions,
        confidence=probability_positive(abs(offset_px), stddev_px),
    )


def middle_column_px(world: SceneWorld) -> float:
    """The column straight ahead: the principal point if known, else the picture's middle."""
    camera = world.scene.camera
    return camera.cx if camera is not None else 0.5 * world.scene.size_px[0]
