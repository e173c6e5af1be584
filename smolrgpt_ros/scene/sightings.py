# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The detections of one frame as a tracker takes them: arrays, a row a detection."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np

_NOTHING: dict[str, Any] = {
    name: np.full(shape, math.nan)
    for name, shape in (
        ('position', (3,)), ('covariance', (3, 3)), ('size', (3,)), ('view', (4,)), ('box_px', (4,))
    )
}  # fmt: skip
_NOTHING['beyond'] = np.zeros(3)


@dataclass(frozen=True, eq=False)
class Sighting:
    """One detection.

    Attributes:
        box_px: (x0, y0, x1, y1) in the picture.
        class_id: as in `Region`.
        id: what the detector calls it, '' where it gives no ids.
        position: (3,) centre in the fixed frame, metres; None without depth or TF.
        covariance: (3, 3) of the position, m^2; None where not known.
        size: (3,) of the measured box, metres; None where not known.
        appearance: unit vector that resembles others as far as their product is near 1; None where
            not known.
        cut: True where the picture's border cuts the box, so that its centre says less.
        view: (4,) the box as the fixed frame sees it from the camera: azimuth and elevation of its
            middle, half its width and half its height, radians. The robot's turning does not move
            it. None without TF.
        beyond: (3,) unit vector of the fixed frame: where the object goes on behind the picture's
            left or right border. None where it does not, goes on behind both, or without TF.
    """

    box_px: tuple[float, float, float, float]
    class_id: str = ''
    id: str = ''
    position: np.ndarray | None = None
    covariance: np.ndarray | None = None
    size: np.ndarray | None = None
    appearance: np.ndarray | None = None
    cut: bool = False
    view: np.ndarray | None = None
    beyond: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Sightings(Sequence[Sighting]):
    """N detections; see `Sighting` for what the rows mean.

    A row is finite, or NaN as a whole where nothing is known; of `beyond` it is zeros.

    Attributes:
        boxes_px: (N, 4).
        class_ids, ids: of N strings.
        positions, sizes, beyond: (N, 3).
        covariances: (N, 3, 3).
        appearances: (N, B).
        cut: bool (N,).
        views: (N, 4).
    """

    boxes_px: np.ndarray
    class_ids: tuple[str, ...]
    ids: tuple[str, ...]
    positions: np.ndarray
    covariances: np.ndarray
    sizes: np.ndarray
    appearances: np.ndarray
    cut: np.ndarray
    views: np.ndarray
    beyond: np.ndarray

    @classmethod
    def stacked(cls, sightings: Sequence[Sighting]) -> Sightings:
        """Those of single sightings, without what cannot be.

        Values that are not finite or of another shape count as not known.
        """
        if isinstance(sightings, cls):
            return sightings
        looks = [s.appearance for s in sightings]
        width = max((len(v) for v in looks if v is not None and np.ndim(v) == 1), default=1)
        return cls(
            _rows([s.box_px for s in sightings], _NOTHING['box_px']),
            tuple(s.class_id for s in sightings),
            tuple(s.id for s in sightings),
            _rows([s.position for s in sightings], _NOTHING['position']),
            _rows([s.covariance for s in sightings], _NOTHING['covariance']),
            _rows([s.size for s in sightings], _NOTHING['size']),
            _rows(looks, np.full(width, math.nan)),
            np.array([s.cut for s in sightings], bool),
            _rows([s.view for s in sightings], _NOTHING['view']),
            _rows([s.beyond for s in sightings], _NOTHING['beyond']),
        )

    @cached_property
    def placed(self) -> np.ndarray:
        """Which have a position, bool (N,)."""
        return np.isfinite(self.positions[:, 0])

    def of(self, index: np.ndarray) -> Sightings:
        """Those at some places (K,)."""
        chosen = index.tolist()
        return Sightings(
            self.boxes_px[index],
            tuple(self.class_ids[i] for i in chosen),
            tuple(self.ids[i] for i in chosen),
            self.positions[index],
            self.covariances[index],
            self.sizes[index],
            self.appearances[index],
            self.cut[index],
            self.views[index],
            self.beyond[index],
        )

    def __len__(self) -> int:
        """How many."""
        return len(self.ids)

    @overload
    def __getitem__(self, index: int) -> Sighting: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Sighting, ...]: ...
    def __getitem__(self, index: int | slice) -> Sighting | tuple[Sighting, ...]:
        """One of them, or some, by place."""
        if isinstance(index, slice):
            return tuple(self[i] for i in range(len(self))[index])
        x0, y0, x1, y1 = self.boxes_px[index].tolist()
        beyond = self.beyond[index]
        return Sighting(
            (x0, y0, x1, y1),
            self.class_ids[index],
            self.ids[index],
            _known(self.positions[index]),
            _known(self.covariances[index]),
            _known(self.sizes[index]),
            _known(self.appearances[index]),
            bool(self.cut[index]),
            _known(self.views[index]),
            beyond if beyond.any() else None,
        )

    def __iter__(self) -> Iterator[Sighting]:
        """One after the other."""
        return (self[i] for i in range(len(self)))


def _rows(values: Sequence[Any], nothing: np.ndarray) -> np.ndarray:
    """(N, ...) of values that may be None, `nothing` in the place of each that is of no use."""
    rows = np.array(
        [nothing if v is None or np.shape(v) != nothing.shape else v for v in values], np.float64
    ).reshape(-1, *nothing.shape)
    unusable = ~np.isfinite(rows).all(axis=tuple(range(1, rows.ndim)))
    if unusable.any():
        rows[unusable] = nothing
    return rows


def _known(row: np.ndarray) -> np.ndarray | None:
    return row if row.size and math.isfinite(row.flat[0]) else None
