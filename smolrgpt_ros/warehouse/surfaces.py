# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A world's surfaces as flat arrays, prepared once so that a frame costs only projection and pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from smolrgpt_ros.warehouse.textures import ATLAS, SIZE

if TYPE_CHECKING:
    from smolrgpt_ros.warehouse.world import Thing, World

LIGHT_CELL_M = 0.05
# Surface numbers of the hall's six inner sides, then two a buffer (tape, inside), then faces, then ellipsoids.
ROOM_SURFACES = 6
FLOOR = 0
CEILING = 1
CONCRETE, TAPE, WALL, TEXTURED = range(4)
# Light from the upper left behind the camera; sides differ so that a box reads as a box.
_LIGHT = np.array([-0.45, 0.30, 0.84])


@dataclass(frozen=True, eq=False)
class Surfaces:
    """Numbered surfaces: hall, buffer paint, faces, ellipsoids; tables are indexed by surface number.

    Attributes:
        room_planes: (6, 4) inner planes (a, b, c, d), ``a x + b y + c z = d``, normals inwards.
        quads: (D + F, 4, 3) corners, world; buffer paint first (coplanar with the floor), then faces.
        normals: (D + F, 3) outward unit normals.
        paint: D, number of painted quads.
        ellipsoid_centres: (E, 3), ellipsoid_matrices: (E, 3, 3) world -> unit sphere.
        instance: (S,) thing index + 1, 0 for nobody.
        u_axis, v_axis: (S, 3) texture coordinates in tiles, ``u = u_axis @ p - u_offset``; likewise v.
        texture: (S,) start of the texture in the atlas.
        texels_per_m: (S,) of the texture's finest level.
        middle: (S, 3) of the surface, world; NaN for the hall's sides and ellipsoids.
        tint: (S,) uint32, bytes RGB: factor of the texel times light, 255 = 1.
        kind: (S,) uint8, how it is coloured: CONCRETE, TAPE, WALL or TEXTURED.
        floor_light: (Y, X) float32 brightness of the floor in cells of LIGHT_CELL_M.
        owner: (D + F + E,) thing index of each quad and ellipsoid.
    """

    room_planes: np.ndarray
    quads: np.ndarray
    normals: np.ndarray
    paint: int
    ellipsoid_centres: np.ndarray
    ellipsoid_matrices: np.ndarray
    instance: np.ndarray
    u_axis: np.ndarray
    v_axis: np.ndarray
    u_offset: np.ndarray
    v_offset: np.ndarray
    texture: np.ndarray
    texels_per_m: np.ndarray
    middle: np.ndarray
    tint: np.ndarray
    kind: np.ndarray
    floor_light: np.ndarray
    owner: np.ndarray

    @property
    def first_ellipsoid(self) -> int:
        """Surface number of the first ellipsoid."""
        return ROOM_SURFACES + len(self.quads)


class _Table:
    """Collects surfaces in order of their numbers."""

    def __init__(self) -> None:
        self.quads: list[np.ndarray] = []
        self.normals: list[np.ndarray] = []
        self.axes: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self.texture: list[int] = []
        self.tint: list[np.ndarray] = []
        self.instance: list[int] = []

    def add(self, instance, texture, tint, light, axes) -> None:
        self.instance.append(instance)
        self.texture.append(ATLAS.start[texture])
        self.tint.append(np.asarray(tint) * light)
        self.axes.append(axes)


def _shade(normal: np.ndarray) -> float:
    return float(0.50 + 0.50 * max(0.0, normal @ _LIGHT) + 0.06 * normal[2])


def _room(size: tuple[float, float, float], table: _Table) -> np.ndarray:
    length, width, height = size
    planes = np.array([
        [0, 0, 1, 0.0], [0, 0, -1, -height],
        [1, 0, 0, 0.0], [-1, 0, 0, -length], [0, 1, 0, 0.0], [0, -1, 0, -width],
    ], float)
    zero = np.zeros(3)
    ex, ey, ez = np.eye(3)
    table.add(0, 'plain', (1, 1, 1), 1.0, (ex, ey, zero))
    table.add(0, 'ceiling', (1, 1, 1), 0.55, (ex / 2.0, ey / 2.0, zero))
    for along, light in ((ey, 0.80), (ey, 0.72), (ex, 0.86), (ex, 0.78)):
        # Texture rows run downwards from the eaves, one wall height a tile.
        table.add(0, 'wall', (1, 1, 1), light, (along / 2.0, -ez / height, np.array([0, 0, height])))
    return planes


def _add_quad(table: _Table, corners: np.ndarray, normal: np.ndarray, instance: int, texture: str,
              tiles: tuple[float, float], tint, light: float) -> None:
    """A rectangle, corners in order; u runs along corner 0 -> 1, v along corner 0 -> 3."""
    u, v = corners[1] - corners[0], corners[3] - corners[0]
    table.quads.append(corners)
    table.normals.append(normal)
    table.add(instance, texture, tint, light,
              (u / (u @ u) * tiles[0], v / (v @ v) * tiles[1], corners[0]))


def _add_paint(table: _Table, thing: Thing, instance: int, tape_m: float) -> None:
    up = np.array([0.0, 0.0, 1.0])
    _add_quad(table, thing.corners[:4], up, instance, 'tape', (8, 8), (1, 1, 1), 1.0)
    half = np.array(thing.size[:2]) / 2.0
    shrink = np.array([*((half - tape_m) / half), 1.0])
    inner = (thing.corners[:4] - np.array(thing.centre)) @ thing.rotation * shrink
    _add_quad(table, inner @ thing.rotation.T + np.array(thing.centre), up, instance, 'plain', (1, 1),
              (1, 1, 1), 1.0)


def _add_cuboid(table: _Table, cuboid, instance: int) -> None:
    cos, sin = np.cos(cuboid.yaw), np.sin(cuboid.yaw)
    along, across, up = np.array([cos, sin, 0.0]), np.array([-sin, cos, 0.0]), np.array([0.0, 0.0, 1.0])
    ha, hb, hc = (s / 2.0 for s in cuboid.size)
    centre = np.array(cuboid.centre)
    na, nb, nc = cuboid.tiles

    def quad(normal, origin, u, v, texture, tiles):
        corners = centre + np.array([origin, origin + u, origin + u + v, origin + v])
        _add_quad(table, corners, normal, instance, texture, tiles, cuboid.tint, _shade(normal))

    top_left = hc * up
    quad(up, top_left - ha * along + hb * across, 2 * ha * along, -2 * hb * across,
         cuboid.textures[1], (na, nb))
    side = cuboid.textures[0]
    quad(-across, top_left - ha * along - hb * across, 2 * ha * along, -2 * hc * up, side, (na, nc))
    quad(across, top_left + ha * along + hb * across, -2 * ha * along, -2 * hc * up, side, (na, nc))
    quad(along, top_left + ha * along - hb * across, 2 * hb * across, -2 * hc * up, side, (nb, nc))
    quad(-along, top_left - ha * along + hb * across, -2 * hb * across, -2 * hc * up, side, (nb, nc))
    if cuboid.centre[2] - hc > 0.02:
        quad(-up, -top_left - ha * along - hb * across, 2 * ha * along, 2 * hb * across, 'plain', (1, 1))


def _ellipsoid_matrix(part) -> np.ndarray:
    """World directions -> unit sphere coordinates."""
    cy, sy, cp, sp = np.cos(part.yaw), np.sin(part.yaw), np.cos(part.pitch), np.sin(part.pitch)
    yaw = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1.0]])
    pitch = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
    return np.diag(1.0 / np.array(part.radii)) @ (yaw @ pitch).T


def _floor_light(world: World) -> np.ndarray:
    """Lamps, stains and the soft shadow around whatever stands on the floor, (Y, X) float32."""
    length, width, _ = world.size
    shape = (int(width / LIGHT_CELL_M) + 2, int(length / LIGHT_CELL_M) + 2)
    y, x = np.mgrid[:shape[0], :shape[1]].astype(np.float32) * np.float32(LIGHT_CELL_M)
    rng = np.random.default_rng(world.seed)
    coarse = rng.normal(size=(shape[0] // 8 + 2, shape[1] // 8 + 2))
    stains = ndimage.zoom(ndimage.gaussian_filter(coarse, 1.2), 8, order=1)[:shape[0], :shape[1]]
    light = 0.96 + 0.07 * np.sin(x * 1.1 + 0.4) * np.sin(y * 1.3 + 0.9) + 0.07 * stains
    covered = np.zeros(shape, np.float32)
    for thing in world.things:
        for part in thing.cuboids:
            bottom = part.centre[2] - part.size[2] / 2.0
            if bottom < 0.5 and part.size[0] * part.size[1] > 0.01:
                _cover(covered, part.centre, part.size, part.yaw)
        for part in thing.ellipsoids:
            if part.centre[2] - part.radii[2] < 0.1:
                _cover(covered, part.centre, [2.4 * r for r in part.radii], part.yaw)
    shadow = 0.55 * ndimage.gaussian_filter(covered, 2.0) + 0.40 * ndimage.gaussian_filter(covered, 8.0)
    return (light * (1.0 - 0.85 * np.clip(shadow, 0.0, 1.0))).astype(np.float32)


def _cover(covered: np.ndarray, centre, size, yaw: float) -> None:
    reach = 0.5 * float(np.hypot(size[0], size[1])) + LIGHT_CELL_M
    x0, y0 = (max(int((c - reach) / LIGHT_CELL_M), 0) for c in centre[:2])
    x1, y1 = (int((c + reach) / LIGHT_CELL_M) + 2 for c in centre[:2])
    window = covered[y0:y1, x0:x1]
    dy, dx = np.mgrid[y0:y0 + window.shape[0], x0:x0 + window.shape[1]] * LIGHT_CELL_M
    dx, dy = dx - centre[0], dy - centre[1]
    along = np.abs(np.cos(yaw) * dx + np.sin(yaw) * dy) <= size[0] / 2.0
    window[along & (np.abs(np.cos(yaw) * dy - np.sin(yaw) * dx) <= size[1] / 2.0)] = 1.0


def build_surfaces(world: World) -> Surfaces:
    """All surfaces of a world, numbered."""
    table = _Table()
    planes = _room(world.size, table)
    for number, thing in enumerate(world.things, 1):
        if thing.class_id == 'buffer':
            _add_paint(table, thing, number, world.tape_m)
    paint = len(table.quads)
    for number, thing in enumerate(world.things, 1):
        for cuboid in thing.cuboids:
            _add_cuboid(table, cuboid, number)
    centres, matrices = [], []
    for number, thing in enumerate(world.things, 1):
        for part in thing.ellipsoids:
            centres.append(part.centre)
            matrices.append(_ellipsoid_matrix(part))
            zero = np.zeros(3)
            table.add(number, 'plain', part.tint, 1.0, (zero, zero, zero))
    u_axis, v_axis, origin = (np.array(column) for column in zip(*table.axes))
    instance = np.array(table.instance, np.int32)
    tint = np.zeros((len(instance), 4), np.uint8)
    tint[:, :3] = np.clip(np.array(table.tint) * 255.0, 0, 255)
    quads = np.array(table.quads).reshape(-1, 4, 3)
    middle = np.full((len(instance), 3), np.nan)
    middle[ROOM_SURFACES:ROOM_SURFACES + len(quads)] = quads.mean(axis=1)
    kind = np.full(len(instance), TEXTURED, np.uint8)
    kind[FLOOR], kind[CEILING + 1:ROOM_SURFACES] = CONCRETE, WALL
    kind[ROOM_SURFACES:ROOM_SURFACES + paint:2] = TAPE
    kind[ROOM_SURFACES + 1:ROOM_SURFACES + paint:2] = CONCRETE
    return Surfaces(
        room_planes=planes, quads=quads,
        normals=np.array(table.normals).reshape(-1, 3), paint=paint,
        ellipsoid_centres=np.array(centres).reshape(-1, 3),
        ellipsoid_matrices=np.array(matrices).reshape(-1, 3, 3),
        instance=instance, u_axis=u_axis, v_axis=v_axis,
        u_offset=np.einsum('ij,ij->i', u_axis, origin), v_offset=np.einsum('ij,ij->i', v_axis, origin),
        texture=np.array(table.texture, np.int32),
        texels_per_m=SIZE * np.maximum(np.linalg.norm(u_axis, axis=1), np.linalg.norm(v_axis, axis=1)),
        middle=middle, tint=tint.view(np.uint32).ravel(), kind=kind, floor_light=_floor_light(world),
        owner=instance[ROOM_SURFACES:] - 1)
