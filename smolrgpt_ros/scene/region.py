# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A detection: where in the picture, what, how surely, and under which id."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Region:
    """One detected object in pixels of the colour image.

    Attributes:
        box_px: (x0, y0, x1, y1), floats, x1 and y1 exclusive, inside the picture, x0 < x1 and y0 < y1.
        class_id: the detector's class name, lower case ('pallet', 'transporter', ...); '' if unknown.
        score: the detector's score in [0, 1].
        id: stable id ('pallet_3'); unique within a scene.
        mask: bool (H, W) over the whole picture, or None where only the box is known.
    """

    box_px: tuple[float, float, float, float]
    class_id: str = ''
    score: float = 1.0
    id: str = ''
    mask: np.ndarray | None = None
