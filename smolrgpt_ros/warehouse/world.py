# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The warehouse as a list of things with true poses, and its surfaces as arrays for the renderer.

World frame: metres, z up, floor at z = 0; the hall spans x in [0, length], y in [0, width].
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from smolrgpt_ros.warehouse.surfaces import Surfaces, build_surfaces


@dataclass(frozen=True)
class Cuboid:
    """An upright box: the stuff that things are made of.

    Attributes:
        centre: (x, y, z) metres, world.
        size: (along, across, up) metres.
        yaw: radians about z.
        textures: names of the textures of the sides and of the top.
        tiles: how often a texture repeats (along, across, up) over the box.
        tint: RGB factors.
    """

    centre: tuple[float, float, float]
    size: tuple[float, float, float]
    yaw: float
    textures: tuple[str, str] = ('plain', 'plain')
    tiles: tuple[float, float, float] = (1.0, 1.0, 1.0)
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Ellipsoid:
    """A round part: centre and half axes (along, across, up), metres; yaw and pitch, radians."""

    centre: tuple[float, float, float]
    radii: tuple[float, float, float]
    yaw: float
    pitch: float = 0.0
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Thing:
    """One object with its true oriented box.

    Attributes:
        id: stable id ('pallet_3'); '' for clutter nobody asks about.
        class_id: 'pallet', 'transporter', 'buffer', 'shelf', 'person' or '' for clutter.
        centre: (x, y, z) of the whole object's box, metres, world; a buffer's lies on the floor.
        size: (along, across, up) of that box, metres; a buffer's height is 0.
        yaw: radians about z.
        carried_by: id of the transporter that a pallet stands on, '' on the floor.
    """

    id: str
    class_id: str
    centre: tuple[float, float, float]
    size: tuple[float, float, float]
    yaw: float
    cuboids: tuple[Cuboid, ...] = ()
    ellipsoids: tuple[Ellipsoid, ...] = ()
    carried_by: str = ''

    @cached_property
    def rotation(self) -> np.ndarray:
        """(3, 3) box axes as columns, world."""
        cos, sin = np.cos(self.yaw), np.sin(self.yaw)
        return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])

    @cached_property
    def corners(self) -> np.ndarray:
        """(8, 3) corners of the oriented box, world; the four lower ones first, in order."""
        signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
        lower = np.column_stack([signs, -np.ones(4)])
        upper = np.column_stack([signs, np.ones(4)])
        local = np.vstack([lower, upper]) * (np.array(self.size) / 2.0)
        return local @ self.rotation.T + np.array(self.centre)

    @property
    def footprint(self) -> np.ndarray:
        """(4, 2) corners on the floor, in order, metres."""
        return self.corners[:4, :2]

    def to_local(self, points_xy: np.ndarray) -> np.ndarray:
        """Floor points (..., 2) in the thing's own axes, from its centre."""
        return (points_xy - np.array(self.centre[:2])) @ self.rotation[:2, :2]

    def inset_m(self, point_xy: np.ndarray | tuple[float, ...]) -> float:
        """Distance of a floor point to the rectangle's nearest side; negative outside."""
        # Asked for thousands of times a picture, of one point: plain floats are much faster.
        dx, dy = float(point_xy[0]) - self.centre[0], float(point_xy[1]) - self.centre[1]
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        return min(
            self.size[0] / 2.0 - abs(cos * dx + sin * dy),
            self.size[1] / 2.0 - abs(cos * dy - sin * dx),
        )


@dataclass(frozen=True, eq=False)
class World:
    """A hall and everything in it; immutable, so that its surfaces are prepared once.

    Attributes:
        things: index i has instance number i + 1 in a rendered frame.
        size: (length, width, height) of the hall, metres.
        seed: what it was generated from.
        tape_m: width of the yellow tape along the inside of a buffer's border.
    """

    things: tuple[Thing, ...]
    size: tuple[float, float, float]
    seed: int = 0
    tape_m: float = 0.08
    _by_id: dict[str, Thing] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_id.update({thing.id: thing for thing in self.things if thing.id})

    def thing(self, thing_id: str) -> Thing:
        """Return the thing of that id. Raises KeyError."""
        return self._by_id[thing_id]

    def of_class(self, class_id: str) -> list[Thing]:
        """All things of a class, in order."""
        return [thing for thing in self.things if thing.class_id == class_id]

    @cached_property
    def surfaces(self) -> Surfaces:
        """Faces, ellipsoids and floor light as arrays, world frame."""
        return build_surfaces(self)
