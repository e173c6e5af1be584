# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Left or right, as the picture shows it."""

from __future__ import annotations

import math

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.confidence import probability_positive


def answer_left_right(asked: Asked) -> Answer:
    """Which side of the landmark, or of the picture's middle for the viewer, the subject is on."""
    world, subject = asked.world, asked.one(0)
    column = world.column(subject)
    regions = [subject]
    if asked.is_viewer(1):
        landmark_px, landmark_stddev_px, place = world.middle_px(), 0.0, 'to your {}'
    else:
        landmark = asked.two_different(subject, asked.one(1))
        landmark_column = world.column(landmark)
        landmark_px, landmark_stddev_px = landmark_column.value_px, landmark_column.stddev_px
        place = f'to the {{}} of {asked.said(landmark)}'
        regions.append(landmark)
    offset_px = column.value_px - landmark_px
    stddev_px = math.hypot(column.stddev_px, landmark_stddev_px)
    side = 'left' if offset_px < 0.0 else 'right'
    sentence = f'{asked.said(subject)} is {place.format(side)}.'
    asks = asked.question.side
    return asked.answer(
        side,
        asked.opened(side == asks, sentence) if asks else sentence,
        regions,
        confidence=probability_positive(abs(offset_px), stddev_px),
    )
