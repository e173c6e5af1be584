# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A detection: where in the picture, what, how surely, and under which id."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from smolrgpt_ros.scene.recalled import Recalled


class RegionError(ValueError):
    """A detection that marks no part of the picture; the message names what is wrong."""


@dataclass(frozen=True, eq=False)
class Region:
    """One detected object in pixels of the colour image.

    Attributes:
        box_px: (x0, y0, x1, y1), floats, x1 and y1 exclusive, inside the picture, x0 < x1 and y0 <
            y1.
        class_id: the detector's class name, lower case ('pallet', 'transporter', ...); '' if
            unknown.
        score: the detector's score in [0, 1].
        id: stable id ('pallet_3'); unique within a scene.
        mask: bool (H, W) over the whole picture, or None where only the box is known.
        recalled: what is remembered of an object that the picture does not show; None where it
            does. Its box is where it would be, which may lie outside of the picture.
    """

    box_px: tuple[float, float, float, float]
    class_id: str = ''
    score: float = 1.0
    id: str = ''
    mask: np.ndarray | None = None
    recalled: Recalled | None = None

    @classmethod
    def from_box(
        cls,
        box_px: Sequence[float],
        size_px: tuple[int, int],
        *,
        class_id: str = '',
        score: float = 1.0,
        id: str = '',
        mask: np.ndarray | None = None,
    ) -> Region:
        """A detection as it arrived, clipped to the picture.

        Args:
            box_px: (x0, y0, x1, y1), x1 and y1 exclusive.
            size_px: (width, height) of the picture.

        Raises:
            RegionError: a coordinate that is no number, nothing of the box inside the picture, an
                empty box, a mask of another size than the picture, a score outside [0, 1].
        """
        name = id or class_id or 'a detection'
        box = tuple([float(value) for value in box_px])
        if len(box) != 4:
            raise RegionError(
                f'the box of {name} has {len(box)} numbers {_shown(box)}, expected x0, y0, x1, y1'
            )
        if not all(map(math.isfinite, box)):
            raise RegionError(f'the box of {name} is {_shown(box)}, expected finite numbers')
        if box[0] >= box[2] or box[1] >= box[3]:
            raise RegionError(f'the box of {name} is empty or turned round: {_shown(box)}')
        width, height = size_px
        clipped = (
            max(box[0], 0.0),
            max(box[1], 0.0),
            min(box[2], float(width)),
            min(box[3], float(height)),
        )
        if clipped[0] >= clipped[2] or clipped[1] >= clipped[3]:
            raise RegionError(
                f'the box of {name} is {_shown(box)}, outside of the picture of {width}x{height}'
            )
        if not (math.isfinite(score) and 0.0 <= score <= 1.0):
            raise RegionError(f'the score of {name} is {score}, expected 0 to 1')
        if mask is not None:
            mask = np.asarray(mask)
            if mask.shape != (height, width):
                raise RegionError(
                    f'the mask of {name} has the shape {mask.shape}, the picture {(height, width)}'
                )
            mask = mask.astype(bool, copy=False)
        return cls(clipped, class_id.strip().lower(), float(score), id, mask)

    @classmethod
    def from_mask(
        cls, mask: np.ndarray, *, class_id: str = '', score: float = 1.0, id: str = ''
    ) -> Region:
        """A detection given by its mask (H, W) alone; its box is the tight one.

        Raises RegionError.
        """
        mask = np.asarray(mask).astype(bool, copy=False)
        height, width = mask.shape
        return cls.from_box(
            tight_box_px(mask), (width, height), class_id=class_id, score=score, id=id, mask=mask
        )

    def window_px(
        self, margin_px: int = 0, size_px: tuple[int, int] | None = None
    ) -> tuple[int, int, int, int]:
        """Whole pixels (x0, y0, x1, y1) that the box touches, at least one, grown by a margin."""
        x0, y0, x1, y1 = self.box_px
        window = (
            max(0, math.floor(x0) - margin_px),
            max(0, math.floor(y0) - margin_px),
            max(math.floor(x0) + 1, math.ceil(x1)) + margin_px,
            max(math.floor(y0) + 1, math.ceil(y1)) + margin_px,
        )
        if size_px is None:
            return window
        return window[0], window[1], min(window[2], size_px[0]), min(window[3], size_px[1])


def tight_box_px(mask: np.ndarray) -> tuple[float, float, float, float]:
    """Smallest box (x0, y0, x1, y1), x1 and y1 exclusive, around a mask (H, W).

    Raises RegionError.
    """
    if mask.ndim != 2:
        raise RegionError(f'a mask has the shape {mask.shape}, expected height and width')
    rows = np.flatnonzero(mask.any(axis=1))
    if rows.size == 0:
        raise RegionError('a mask is empty: none of its pixels is set')
    columns = np.flatnonzero(mask[rows[0] : rows[-1] + 1].any(axis=0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def unique_ids(ids: Sequence[str], class_ids: Sequence[str]) -> list[str]:
    """Ids that planners can hold on to: empty ones named after their class.

    Repeated ones numbered on.

    Ids that came in are kept for the first that bears them; 'pallet', 'pallet' becomes 'pallet',
    'pallet_2'.
    """
    taken = {identifier for identifier in ids if identifier}
    seen: set[str] = set()
    named = []
    for identifier, class_id in zip(ids, class_ids, strict=True):
        if not identifier or identifier in seen:
            stem = identifier or class_id or 'object'
            number = 2 if identifier else 1
            while f'{stem}_{number}' in taken:
                number += 1
            identifier = f'{stem}_{number}'
            taken.add(identifier)
        seen.add(identifier)
        named.append(identifier)
    return named


def _shown(box: Sequence[float]) -> str:
    return f'({", ".join(f"{value:g}" for value in box)})'
