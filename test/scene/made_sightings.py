# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Sightings as a tracker gets them, and frames of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smolrgpt_ros.scene.sightings import Sighting
from smolrgpt_ros.scene.tracking import Tracked, Tracker

STEP_NS = 100_000_000
BOX = (10.0, 10.0, 60.0, 60.0)
SIZE = np.array([1.2, 1.0, 1.0])


def at(x: float, y: float, class_id: str = 'pallet', **more) -> Sighting:
    """A good measurement, seen from the origin of the fixed frame."""
    values = {
        'position': np.array([x, y, 0.5]), 'covariance': np.eye(3) * 0.01, 'size': SIZE,
        'view': np.array([np.arctan2(y, x), 0.0, 0.6 / np.hypot(x, y), 0.1]),
    }  # fmt: skip
    return Sighting(BOX, class_id, **{**values, **more})


def fed(tracker: Tracker, frames: Sequence[Sequence[Sighting]], first: int = 1) -> list[Tracked]:
    """What a tracker says to frames at 10 Hz."""
    return [tracker.update((first + k) * STEP_NS, frame) for k, frame in enumerate(frames)]
