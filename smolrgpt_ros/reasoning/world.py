# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A scene as language sees it: who is there, where in the picture, how far, in what.

Nothing is measured before somebody asks for it: a question about left and right never touches
depth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from smolrgpt_ros.language.naming import canonical, class_nouns
from smolrgpt_ros.reasoning.hidden_border import HIDDEN_BORDER_CONFIDENCE, goes_on_beneath
from smolrgpt_ros.reasoning.placement import (
    Judgement,
    carries,
    inside_area,
    overlap_of_smaller,
    same_object,
    share_above,
)
from smolrgpt_ros.reasoning.polygon import Polygon, gap, polygon_of
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import Floor, Measured, NoDepthError

NAMELESS = frozenset({'', 'region', 'object', 'mask'})
# A region of unknown class that rises less than this above the floor is a part of it.
AREA_MOST_HEIGHT_M = 0.05

# How exactly a box's centre tells the object's: detectors shift boxes by a few percent of their
# width, masks end where something stands in front.
BOX_STDDEV_SHARE = 0.05
MASK_STDDEV_SHARE = 0.03

# A box that ends this close to the picture's border goes on behind it.
BORDER_PX = 1.0


@dataclass(frozen=True)
class Length:
    """A length and its standard deviation, metres."""

    value_m: float
    stddev_m: float


@dataclass(frozen=True)
class Column:
    """Where across the picture, and its standard deviation, pixels."""

    value_px: float
    stddev_px: float


class SceneWorld:
    """What questions can be grounded in; every measurement is taken when first asked for, once.

    Args:
        metric: False where lengths are known up to their common scale; they are never told then.
        scale_stddev: relative standard deviation of the common scale of all lengths.
        note: a sentence that every answer measured here must carry.
    """

    def __init__(
        self, scene: Scene, *, metric: bool = True, scale_stddev: float = 0.0, note: str = ''
    ):
        self.scene = scene
        self.metric = metric
        self.scale_stddev = scale_stddev
        self.note = note
        self._footprints: dict[int, Polygon] = {}
        self._inside: dict[tuple[int, int], Judgement] = {}
        self._carried: dict[tuple[int, int], Judgement] = {}

    def ids(self) -> tuple[str, ...]:
        """Id of every region."""
        return tuple(region.id for region in self.scene.regions)

    def class_ids(self) -> tuple[str, ...]:
        """Class of every region, '' where unknown."""
        return tuple(region.class_id for region in self.scene.regions)

    def centre_px(self, region: int) -> tuple[float, float]:
        """Centre of a region's box, pixels."""
        x0, y0, x1, y1 = self.scene.regions[region].box_px
        return 0.5 * (x0 + x1), 0.5 * (y0 + y1)

    def middle_px(self) -> float:
        """The column straight ahead: the principal point if known, else the picture's middle."""
        camera = self.scene.camera
        return camera.cx if camera is not None else 0.5 * self.scene.size_px[0]

    def distance_m(self, a: int, b: int) -> float:
        """Centre to centre; 0 for one inside the area of the other. Raises NoDepthError."""
        return self.distance(a, b).value_m

    def range_m(self, region: int) -> float:
        """Distance from the viewer. Raises NoDepthError."""
        return self.range(region).value_m

    def size_m(self, region: int) -> float:
        """Longest side of a region's box, metres. Raises NoDepthError."""
        return float(self.measured(region).size.max())

    def inside(self, a: int, b: int) -> bool:
        """Whether a stands in the floor area b, or on (in) the thing b. Raises NoDepthError."""
        return self.belongs_judged(a, b).holds

    def loaded(self, region: int) -> bool:
        """Whether a pallet stands on the region. Raises NoDepthError."""
        return self.loaded_judged(region).holds

    # What the engine asks beyond the words: the same with standard deviations and confidence.

    def column(self, region: int) -> Column:
        """Where the region's centre stands across the picture, from its box alone."""
        known = self.scene.regions[region]
        x0, _, x1, _ = known.box_px
        share = BOX_STDDEV_SHARE if known.mask is None else MASK_STDDEV_SHARE
        return Column(0.5 * (x0 + x1), share * (x1 - x0) + 0.5)

    @property
    def floor(self) -> Floor | None:
        """The floor, None where none is seen."""
        return self.scene.measurements.floor

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What each region is in the warehouse's words: 'transporter' for a 'Fork_Lift'."""
        return tuple(canonical(noun) for noun in class_nouns(self))

    @cached_property
    def up(self) -> np.ndarray:
        """Unit vector (3,) against gravity, camera frame; a level camera where nothing tells."""
        if self.scene.up_camera is not None:
            return self.scene.up_camera
        floor = self.floor if self.scene.depth is not None else None
        return floor.normal if floor is not None else np.array([0.0, -1.0, 0.0])

    @cached_property
    def viewer(self) -> np.ndarray:
        """Where 'me' stands, (3,) metres, camera frame."""
        return np.zeros(3) if self.scene.viewer_camera is None else self.scene.viewer_camera

    @cached_property
    def level_axes(self) -> np.ndarray:
        """(2, 3) level unit directions, camera frame: right, and ahead as the camera heads."""
        if self.scene.depth is not None and self.floor is not None:
            return self.floor.axes
        right = np.array([1.0, 0.0, 0.0]) - self.up[0] * self.up
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(self.up, right)])

    @cached_property
    def viewer_on_floor(self) -> tuple[float, float]:
        """Where 'me' stands, floor coordinates, metres."""
        x, y = self.level_axes @ self.viewer
        return float(x), float(y)

    def measured(self, region: int) -> Measured:
        """The region in metres. Raises NoDepthError."""
        return self.scene.measurements.of(region)

    def is_area(self, region: int) -> bool:
        """Whether the region is a part of the floor: by its class, else by what was measured.

        Raises NoDepthError where nobody says what the region is and nothing metric is known.
        """
        kind = self.kinds[region]
        if kind not in NAMELESS:
            return kind == 'buffer'
        return float(self.measured(region).size[2]) < AREA_MOST_HEIGHT_M

    def distance(self, a: int, b: int) -> Length:
        """Centre to centre; 0 for one inside the area of the other. Raises NoDepthError."""
        first, second = self.measured(a), self.measured(b)
        if (self.is_area(b) and self.inside(a, b)) or (self.is_area(a) and self.inside(b, a)):
            return Length(0.0, 0.0)
        offset = first.centre_camera - second.centre_camera
        return self._length(offset, np.hypot(first.stddev_camera, second.stddev_camera))

    def range(self, region: int) -> Length:
        """Distance from the viewer to the region's centre. Raises NoDepthError."""
        measured = self.measured(region)
        return self._length(measured.centre_camera - self.viewer, measured.stddev_camera)

    def _length(self, offset: np.ndarray, stddev: np.ndarray) -> Length:
        length = length_of(offset, stddev)
        if not self.scale_stddev:
            return length
        return Length(
            length.value_m, math.hypot(length.stddev_m, self.scale_stddev * length.value_m)
        )

    def footprint(self, region: int) -> Polygon:
        """Where the region touches, or hangs over, the floor. Raises NoDepthError."""
        known = self._footprints.get(region)
        if known is None:
            corners = self.measured(region).footprint
            if corners is None:
                raise NoDepthError(
                    f'no floor was found in the picture, so nothing tells where '
                    f'{self.name(region)} stands on it; a view with more free floor would help'
                )
            known = self._footprints[region] = polygon_of(corners)
        return known

    def floor_centre(self, region: int) -> tuple[float, float]:
        """The region's centre on the floor, floor coordinates, metres. Raises NoDepthError."""
        floor = self.floor
        if floor is None:
            raise NoDepthError(
                'no floor was found in the picture; a view with more free floor would help'
            )
        x, y = floor.axes @ self.measured(region).centre_camera
        return float(x), float(y)

    def floor_stddev_m(self, region: int) -> float:
        """Standard deviation of the region's centre along the floor, root mean square, metres."""
        stddev = self.measured(region).stddev_camera
        floor = self.floor
        if floor is None:
            return float(np.linalg.norm(stddev)) / math.sqrt(3.0)
        return math.sqrt(0.5 * float(((floor.axes * stddev) ** 2).sum()))

    def inside_judged(self, a: int, b: int) -> Judgement:
        """Whether region a stands in the floor area of region b. Raises NoDepthError."""
        known = self._inside.get((a, b))
        if known is None:
            known = self._inside[(a, b)] = self._inside_judgement(a, b)
        return known

    def _inside_judgement(self, a: int, b: int) -> Judgement:
        centre, area = self.floor_centre(a), self.footprint(b)
        judgement = inside_area(centre, self.floor_stddev_m(a), area, self.floor_stddev_m(b))
        if judgement.holds or not goes_on_beneath(
            self.scene, area, self.footprint(a), centre, (0.0, 0.0)
        ):
            return judgement
        return Judgement(True, HIDDEN_BORDER_CONFIDENCE)

    def belongs_judged(self, a: int, b: int) -> Judgement:
        """Whether a stands in the floor area b, or on (in) the thing b. Raises NoDepthError."""
        return self.inside_judged(a, b) if self.is_area(b) else self.carried_judged(a, b)

    def carried_judged(self, load: int, carrier: int) -> Judgement:
        """Whether `load` stands on `carrier`. Raises NoDepthError."""
        known = self._carried.get((load, carrier))
        if known is None:
            foot, bed = self.footprint(load), self.footprint(carrier)
            measured = self.measured(load)
            load_px, carrier_px = (self.scene.regions[i].box_px for i in (load, carrier))
            known = self._carried[(load, carrier)] = carries(
                overlap_of_smaller(foot, bed),
                gap(foot, bed),
                measured.bottom_m,
                share_above(load_px, carrier_px),
                (load_px[3] - carrier_px[1]) / (carrier_px[3] - carrier_px[1]),
                math.hypot(self.floor_stddev_m(load), self.floor_stddev_m(carrier)),
                math.sqrt(max(float(measured.size[0] * measured.size[1]), 0.0)),
            )
        return known

    def loaded_judged(self, region: int) -> Judgement:
        """Whether a pallet stands on the region. Raises NoDepthError."""
        confidence = 1.0
        for other, kind in enumerate(self.kinds):
            if kind != 'pallet' or other == region:
                continue
            carried = self.carried_judged(other, region)
            if carried.holds:
                return carried
            confidence *= carried.confidence
        return Judgement(False, confidence)

    def is_cut(self, region: int) -> bool:
        """Whether the picture's border cuts the region off, so that part of it is out of view."""
        x0, y0, x1, y1 = self.scene.regions[region].box_px
        width, height = self.scene.size_px
        return x0 <= BORDER_PX or y0 <= BORDER_PX or max(x1 - width, y1 - height) >= -BORDER_PX

    def same(self, a: int, b: int) -> bool:
        """Whether two regions are one object detected twice."""
        first, second = self.scene.regions[a], self.scene.regions[b]
        try:
            one, other = self.measured(a), self.measured(b)
        except NoDepthError:
            return same_object(first.box_px, second.box_px, None, None, 0.0)
        width_m = float(min(one.size[:2].min(), other.size[:2].min()))
        return same_object(
            first.box_px, second.box_px, one.centre_camera, other.centre_camera, width_m
        )

    def told_m(self, length_m: float) -> str:
        """' (2.34 m)' to follow a name, nothing where only the shape is known."""
        return f' ({length_m:.2f} m)' if self.metric else ''

    def name(self, region: int) -> str:
        """What a person calls the region: its id."""
        known = self.scene.regions[region]
        return known.id or f'{known.class_id or "region"}_{region}'


def world_of(scene: Scene) -> SceneWorld:
    """The world of a scene in metres, kept with it."""
    world: SceneWorld | None = scene.derived.get(SceneWorld)
    if world is None:
        world = scene.derived[SceneWorld] = SceneWorld(scene.twin())
    return world


def length_of(offset: np.ndarray, stddev: np.ndarray) -> Length:
    """Length of a vector (3,) with independent errors along its axes, to first order."""
    length = math.sqrt(float(offset @ offset))
    if length == 0.0:
        return Length(0.0, float(np.linalg.norm(stddev)))
    return Length(length, float(np.linalg.norm(offset / length * stddev)))
