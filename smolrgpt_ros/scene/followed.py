# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is remembered of one tracked object beside its motion."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.sighting import Sighting

_LEARNED = 0.2  # share of a new sighting in what an object looks like


@dataclass(eq=False)
class Followed:
    """A tracked object.

    Attributes:
        id: its stable name.
        last_ns: stamp of its last sighting.
        detector_id: what the detector called it then, '' where that has moved to another object.
        position: (3,) as measured last, not smoothed, moved for what was not seen; None where never
            measured.
        sightings: in how many frames it was seen.
    """

    id: str
    class_id: str
    box_px: tuple[float, float, float, float]
    size: np.ndarray | None
    appearance: np.ndarray | None
    last_ns: int
    detector_id: str
    view: np.ndarray | None
    position: np.ndarray | None
    sightings: int = 1

    @classmethod
    def begun(cls, id: str, stamp_ns: int, sighting: Sighting, place: np.ndarray) -> Followed:
        """An object seen for the first time, at a place (3,)."""
        return cls(
            id,
            sighting.class_id,
            sighting.box_px,
            sighting.size,
            sighting.appearance,
            stamp_ns,
            sighting.id,
            sighting.view,
            None if sighting.position is None else place,
        )

    def seen(self, stamp_ns: int, sighting: Sighting, place: np.ndarray) -> Followed:
        """Take one more sighting in, at a place (3,); returns itself."""
        self.last_ns, self.box_px, self.view = stamp_ns, sighting.box_px, sighting.view
        self.position = self.position if sighting.position is None else place
        self.sightings += 1
        self.detector_id = sighting.id or self.detector_id
        self.class_id = self.class_id or sighting.class_id
        self.size = _learned_size(self.size, sighting.size, sighting.cut)
        self.appearance = _learned_appearance(self.appearance, sighting.appearance)
        return self


def _learned_appearance(known: np.ndarray | None, seen: np.ndarray | None) -> np.ndarray | None:
    if known is None or seen is None or len(known) != len(seen):
        return known if seen is None else seen
    mixed = known + _LEARNED * (seen - known)
    return mixed / max(math.sqrt(mixed @ mixed), 1e-9)


def _learned_size(
    known: np.ndarray | None, seen: np.ndarray | None, cut: bool
) -> np.ndarray | None:
    """Follow what is seen, upwards faster: what hides an object makes it seem small.

    The picture's border, cutting it, makes no object smaller.
    """
    if known is None or seen is None:
        return seen if known is None else known
    shrinking = 0.0 if cut else 0.1 * _LEARNED
    learned = [
        old + (_LEARNED if new > old else shrinking) * (new - old)
        for old, new in zip(known.tolist(), seen.tolist(), strict=True)
    ]
    return np.array(learned)
