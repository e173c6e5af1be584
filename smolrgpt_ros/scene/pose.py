# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A rigid transform between two frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Pose:
    """Rotation (3, 3) and translation (3,) in metres.

    They mean ``p_target = rotation @ p_source + translation``.

    Instances are named ``target_from_source``, so that chains read left to right.
    """

    rotation: np.ndarray
    translation: np.ndarray

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 3) of the source frame in the target frame, metres."""
        return points @ self.rotation.T + self.translation

    def inverse(self) -> Pose:
        """The transform of the opposite direction."""
        return Pose(self.rotation.T, -self.rotation.T @ self.translation)
