# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What of a frame may be asked about, and what is clear enough about it to have one answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from smolrgpt_ros.warehouse import truth
from smolrgpt_ros.warehouse.coverage import Coverage, coverage
from smolrgpt_ros.warehouse.render import Frame, detected_things
from smolrgpt_ros.warehouse.world import Thing

# Asked about: at least this share of the outline is seen and lies inside of the picture ...
MIN_VISIBLE = {'pallet': 0.45, 'transporter': 0.35, 'buffer': 0.40, 'shelf': 0.50}
MIN_INSIDE = {'pallet': 0.80, 'transporter': 0.80, 'buffer': 0.75, 'shelf': 0.80}
# ... and, where its centre is wanted, or whether it is loaded, more of it.
MIN_VISIBLE_MEASURED = {'pallet': 0.55, 'transporter': 0.45, 'buffer': 0.40, 'shelf': 0.50}
MIN_INSIDE_MEASURED = {'pallet': 0.93, 'transporter': 0.93, 'buffer': 0.985, 'shelf': 0.93}
# What is seen is at least this high, as a share of the picture's height.
MIN_HEIGHT_SHARE = 0.03
# Three corners determine a rectangle; what stands this close to its border needs all four.
MIN_CORNERS, STRADDLING_M = 3, 0.45
# Left of: by this share of the picture's width, for box, seen part and 3-D centre alike.
MIN_GAP_SHARE = 0.04
# Nearest: the second is farther by this factor and this many metres.
NEAREST_FACTOR, NEAREST_MARGIN_M = 1.2, 0.4


@dataclass(frozen=True)
class Shown:
    """A thing as a frame shows it.

    Attributes:
        index: of the thing in its world.
        places: horizontal position of its box, of what is seen, and of its 3-D centre, pixels.
        measurable: so much of it is seen that its centre can be asked for.
        corners_seen: how many corners of its rectangle the picture shows, of a buffer; else 4.
    """

    index: int
    thing: Thing
    places: tuple[float, float, float]
    measurable: bool
    corners_seen: int = 4

    @property
    def outlined(self) -> bool:
        """Enough is seen to tell where a buffer's rectangle ends."""
        return self.corners_seen >= MIN_CORNERS

    def shows_whether_in(self, buffer: Shown) -> bool:
        """Whether the picture tells if this stands in the buffer."""
        straddles = abs(buffer.thing.inset_m(self.thing.centre)) < STRADDLING_M
        return buffer.corners_seen >= (4 if straddles else MIN_CORNERS)


@dataclass(frozen=True, eq=False)
class View:
    """A frame and what may be asked about in it."""

    frame: Frame

    @cached_property
    def covered(self) -> list[Coverage]:
        """How much the frame shows of each of the world's things that it shows at all."""
        return coverage(self.frame, detected_things(self.frame))

    @cached_property
    def shown(self) -> tuple[Shown, ...]:
        """Everything that may be asked about, in the order of the world's things."""
        found = (
            self._shown(index, self.covered[index].visible, self.covered[index].inside)
            for index in detected_things(self.frame, tuple(MIN_VISIBLE))
        )
        return tuple(shown for shown in found if shown)

    def _shown(self, index: int, visible: float, inside: float) -> Shown | None:
        frame, thing = self.frame, self.frame.world.things[index]
        kind, centre = thing.class_id, frame.centre_camera(thing)
        x0, y0, x1, y1 = (int(value) for value in frame.box_px(index))
        low = y1 - y0 < MIN_HEIGHT_SHARE * frame.camera.height
        if visible < MIN_VISIBLE[kind] or inside < MIN_INSIDE[kind] or low or centre[2] < 0.3:
            return None
        columns = frame.mask(index)[y0:y1, x0:x1].sum(axis=0)
        seen = x0 + float(np.average(np.arange(len(columns)), weights=columns))
        projected = float(frame.camera.cx + frame.camera.fx * centre[0] / centre[2])
        places = ((x0 + x1) / 2.0, seen, projected)
        corners = self._corners_seen(index) if kind == 'buffer' else 4
        measurable = (
            visible >= MIN_VISIBLE_MEASURED[kind]
            and inside >= MIN_INSIDE_MEASURED[kind]
            and corners >= MIN_CORNERS
        )
        return Shown(index, thing, places, measurable, corners)

    def _corners_seen(self, index: int) -> int:
        """Count the corners of a buffer that the picture shows, to a few pixels."""
        camera, corners = self.frame.camera, self.frame.world.things[index].corners[:4]
        x, y, z = self.frame.world_from_camera.inverse().apply(corners).T
        reach = max(2, round(camera.width / 320))
        seen = 0
        for u, v in zip(
            camera.fx * x[z > 0] / z[z > 0], camera.fy * y[z > 0] / z[z > 0], strict=True
        ):
            column, row = round(u + camera.cx), round(v + camera.cy)
            if 0 <= column < camera.width and 0 <= row < camera.height:
                left, top = max(column - reach, 0), max(row - reach, 0)
                around = self.frame.instance[top : row + reach + 1, left : column + reach + 1]
                seen += bool((around == index + 1).any())
        return seen

    @cached_property
    def by_class(self) -> dict[str, list[Shown]]:
        """What may be asked about, by class; a list for each class there is."""
        return {kind: [s for s in self.shown if s.thing.class_id == kind] for kind in MIN_VISIBLE}

    @cached_property
    def standing(self) -> dict[int, tuple[list[Shown], list[Shown]]]:
        """For each buffer's index the pallets inside of it and those beside it.

        Those of which the picture does not tell are left out.
        """
        found = {}
        for buffer in self.by_class['buffer']:
            clear = [p for p in self.by_class['pallet'] if p.shows_whether_in(buffer)]
            within = [truth.is_inside(p.thing, buffer.thing) for p in clear]
            found[buffer.index] = (
                [p for p, inside in zip(clear, within, strict=True) if inside],
                [p for p, inside in zip(clear, within, strict=True) if not inside],
            )
        return found

    @property
    def gap_px(self) -> float:
        """How far apart two places clearly are."""
        return MIN_GAP_SHARE * self.frame.camera.width

    def left_of(self, a: Shown, b: Shown) -> bool:
        """Whether a is clearly left of b."""
        return all(x + self.gap_px <= y for x, y in zip(a.places, b.places, strict=True))

    def extreme(self, group: Sequence[Shown], word: str) -> Shown | None:
        """Return the leftmost, rightmost or middle one if it clearly is."""
        ordered = sorted(group, key=lambda s: s.places[0])
        if len(ordered) < 2 or (word == 'middle' and len(ordered) % 2 == 0):
            return None
        if word == 'middle':
            clear = all(self.left_of(a, b) for a, b in pairwise(ordered))
            return ordered[len(ordered) // 2] if clear else None
        if word == 'leftmost':
            clear = all(self.left_of(ordered[0], other) for other in ordered[1:])
            return ordered[0] if clear else None
        clear = all(self.left_of(other, ordered[-1]) for other in ordered[:-1])
        return ordered[-1] if clear else None

    def nearest(self, candidates: Sequence[Shown], landmark: Shown) -> Shown | None:
        """Return the candidate clearly closest to the landmark, in space and on the floor."""
        if len(candidates) < 2:
            return None
        best = truth.nearest([c.thing for c in candidates], landmark.thing)
        for axes in (3, 2):
            place = landmark.thing.centre[:axes]
            reach = [math.dist(c.thing.centre[:axes], place) for c in candidates]
            second = min(reach[:best] + reach[best + 1 :])
            if second < max(NEAREST_FACTOR * reach[best], reach[best] + NEAREST_MARGIN_M):
                return None
        return candidates[best]
