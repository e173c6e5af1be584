# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A world's surfaces as flat arrays, prepared once: a frame costs only projection and pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from scipy import ndimage

from smolrgpt_ros.scene.resampling import BICUBIC
from smolrgpt_ros.warehouse.textures import SIZE, atlas

if TYPE_CHECKING:
    from smolrgpt_ros.warehouse.world import Ellipsoid, World

LIGHT_CELL_M = 0.08
# Surface numbers of the hall's six inner sides, then two a buffer (tape, inside), then faces, then
# ellipsoids.
ROOM_SURFACES = 6
FLOOR = 0
CEILING = 1
CONCRETE, TAPE, WALL, TEXTURED = range(4)
# Light from the upper left behind the camera; sides differ so that a box reads as a box.
_LIGHT = np.array([-0.45, 0.30, 0.84])


@dataclass(frozen=True, eq=False)
class Surfaces:
    """Surfaces in the order of their numbers: hall, buffer paint, faces, ellipsoids.

    Attributes:
        room_planes: (6, 4) inner planes (a, b, c, d), ``a x + b y + c z = d``, normals inwards.
        quads: (D + F, 4, 3) corners, world; buffer paint first (coplanar with the floor), then
            faces.
        normals: (D + F, 3) outward unit normals.
        paint: D, number of painted quads.
        ellipsoid_centres: (E, 3), ellipsoid_matrices: (E, 3, 3) world -> unit sphere.
        instance: (S,) thing index + 1, 0 for nobody.
        u_axis, v_axis: (S, 3) texture coordinates in tiles, ``u = u_axis @ p - u_offset``; likewise
            v.
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


def _shade(normals: np.ndarray) -> np.ndarray:
    """Brightness (N,) of surfaces with these unit normals."""
    return 0.50 + 0.50 * np.maximum(0.0, normals @ _LIGHT) + 0.06 * normals[:, 2]


def _room_planes(size: tuple[float, float, float]) -> np.ndarray:
    length, width, height = size
    return np.array(
        [
            [0, 0, 1, 0.0],
            [0, 0, -1, -height],
            [1, 0, 0, 0.0],
            [-1, 0, 0, -length],
            [0, 1, 0, 0.0],
            [0, -1, 0, -width],
        ],
        float,
    )


# Light on the hall's six sides: floor, ceiling, and the walls at x = 0, x = length, y = 0, y =
# width.
_ROOM_LIGHT = np.array([1.0, 0.55, 0.80, 0.72, 0.86, 0.78])


def _paint(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Return two rectangles a buffer, tape and inside: (D, 4, 3) corners, (D,) instance."""
    quads, instance = [], []
    for number, thing in enumerate(world.things, 1):
        if thing.class_id != 'buffer':
            continue
        half = np.array(thing.size[:2]) / 2.0
        shrink = np.array([*((half - world.tape_m) / half), 1.0])
        inner = (thing.corners[:4] - np.array(thing.centre)) @ thing.rotation * shrink
        quads += [thing.corners[:4], inner @ thing.rotation.T + np.array(thing.centre)]
        instance += [number, number]
    return np.array(quads).reshape(-1, 4, 3), np.array(instance, np.int32)


@dataclass(frozen=True, eq=False)
class _Faces:
    """The faces of all cuboids, one row a face; u runs along corner 0 -> 1 and v along 0 -> 3."""

    quads: np.ndarray
    normals: np.ndarray
    u_axis: np.ndarray
    v_axis: np.ndarray
    texture: np.ndarray
    tint: np.ndarray
    instance: np.ndarray


# For each of six faces of a cuboid in units of its half axes (along, across, up): normal, corner 0,
# u and v directions, and which of the three tile counts u and v take. Seen from outside, u runs to
# the right and v down.
_FACE_TABLE = (
    ((0, 0, 1), (-1, 1, 1), (2, 0, 0), (0, -2, 0), (0, 1)),
    ((0, -1, 0), (-1, -1, 1), (2, 0, 0), (0, 0, -2), (0, 2)),
    ((0, 1, 0), (1, 1, 1), (-2, 0, 0), (0, 0, -2), (0, 2)),
    ((1, 0, 0), (1, -1, 1), (0, 2, 0), (0, 0, -2), (1, 2)),
    ((-1, 0, 0), (-1, 1, 1), (0, -2, 0), (0, 0, -2), (1, 2)),
    ((0, 0, -1), (-1, -1, -1), (2, 0, 0), (0, 2, 0), (0, 1)),
)


def _cuboid_faces(world: World) -> _Faces:
    """Six faces of every cuboid, but no underside where it stands on the floor."""
    owned = [
        (number, part) for number, thing in enumerate(world.things, 1) for part in thing.cuboids
    ]
    instance = np.array([number for number, _ in owned], np.int32)
    centre = np.array([part.centre for _, part in owned], float).reshape(-1, 3)
    half = np.array([part.size for _, part in owned], float).reshape(-1, 3) / 2.0
    tiles = np.array([part.tiles for _, part in owned], float).reshape(-1, 3)
    tint = np.array([part.tint for _, part in owned], float).reshape(-1, 3)
    yaw = np.array([part.yaw for _, part in owned], float)
    sides, tops = (
        np.array([atlas().start[part.textures[which]] for _, part in owned], np.int32)
        for which in (0, 1)
    )
    plain = np.full(len(owned), atlas().start['plain'], np.int32)
    cos, sin, zero, one = np.cos(yaw), np.sin(yaw), np.zeros(len(yaw)), np.ones(len(yaw))
    axes = np.stack(
        [
            np.stack([cos, sin, zero], 1),
            np.stack([-sin, cos, zero], 1),
            np.stack([zero, zero, one], 1),
        ],
        1,
    )
    columns: tuple[list[np.ndarray], ...] = ([], [], [], [], [], [])
    quads, normals, u_axes, v_axes, textures, tints = columns
    for face, (normal, origin, u, v, (nu, nv)) in enumerate(_FACE_TABLE):
        corner, along_u, along_v = (
            np.einsum('ni,nij->nj', half * np.array(d, float), axes) for d in (origin, u, v)
        )
        corner = corner + centre
        quads.append(
            np.stack(
                [corner, corner + along_u, corner + along_u + along_v, corner + along_v], axis=1
            )
        )
        direction = np.einsum('i,nij->nj', np.array(normal, float), axes)
        normals.append(direction)
        for axis, side, count in ((u_axes, along_u, nu), (v_axes, along_v, nv)):
            axis.append(side * (tiles[:, count] / np.einsum('ni,ni->n', side, side))[:, None])
        textures.append(tops if face == 0 else plain if face == 5 else sides)
        tints.append(tint * _shade(direction)[:, None])
    wanted = np.ones((len(owned), len(_FACE_TABLE)), bool)
    wanted[:, 5] = centre[:, 2] - half[:, 2] > 0.02
    values = [np.stack(column, axis=1)[wanted] for column in columns]
    instances = np.repeat(instance, wanted.sum(axis=1))
    return _Faces(values[0], values[1], values[2], values[3], values[4], values[5], instances)


def _ellipsoid_matrix(part: Ellipsoid) -> np.ndarray:
    """World directions -> unit sphere coordinates."""
    cy, sy, cp, sp = np.cos(part.yaw), np.sin(part.yaw), np.cos(part.pitch), np.sin(part.pitch)
    yaw = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1.0]])
    pitch = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
    return np.diag(1.0 / np.array(part.radii)) @ (yaw @ pitch).T


def _floor_light(world: World) -> np.ndarray:
    """Lamps, stains and the soft shadow around whatever stands on the floor, (Y, X) float32."""
    length, width, _ = world.size
    shape = (int(width / LIGHT_CELL_M) + 2, int(length / LIGHT_CELL_M) + 2)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32) * np.float32(LIGHT_CELL_M)
    rng = np.random.default_rng(world.seed)
    coarse = ndimage.gaussian_filter(rng.normal(size=(shape[0] // 5 + 2, shape[1] // 5 + 2)), 1.2)
    stains = np.asarray(Image.fromarray(coarse.astype(np.float32)).resize(shape[::-1], BICUBIC))
    light = 0.96 + 0.07 * np.sin(x * 1.1 + 0.4) * np.sin(y * 1.3 + 0.9) + 0.07 * stains
    covered = np.zeros(shape, np.float32)
    for thing in world.things:
        for part in thing.cuboids:
            bottom = part.centre[2] - part.size[2] / 2.0
            if bottom < 0.5 and part.size[0] * part.size[1] > 0.01:
                _cover(covered, part.centre, part.size, part.yaw)
        for limb in thing.ellipsoids:
            if limb.centre[2] - limb.radii[2] < 0.1:
                _cover(covered, limb.centre, [2.4 * r for r in limb.radii], limb.yaw)
    sharp = ndimage.gaussian_filter(covered, 0.10 / LIGHT_CELL_M)
    wide = ndimage.gaussian_filter(covered, 0.40 / LIGHT_CELL_M, truncate=3.0)
    shadow = 0.55 * sharp + 0.40 * wide
    return (light * (1.0 - 0.85 * np.clip(shadow, 0.0, 1.0))).astype(np.float32)


def _cover(covered: np.ndarray, centre: Sequence[float], size: Sequence[float], yaw: float) -> None:
    reach = 0.5 * float(np.hypot(size[0], size[1])) + LIGHT_CELL_M
    x0, y0 = (max(int((c - reach) / LIGHT_CELL_M), 0) for c in centre[:2])
    x1, y1 = (int((c + reach) / LIGHT_CELL_M) + 2 for c in centre[:2])
    window = covered[y0:y1, x0:x1]
    dy, dx = np.mgrid[y0 : y0 + window.shape[0], x0 : x0 + window.shape[1]] * LIGHT_CELL_M
    dx, dy = dx - centre[0], dy - centre[1]
    along = np.abs(np.cos(yaw) * dx + np.sin(yaw) * dy) <= size[0] / 2.0
    window[along & (np.abs(np.cos(yaw) * dy - np.sin(yaw) * dx) <= size[1] / 2.0)] = 1.0


def build_surfaces(world: World) -> Surfaces:
    """All surfaces of a world, numbered."""
    painted, painted_instance = _paint(world)
    faces = _cuboid_faces(world)
    owned = [
        (number, part) for number, thing in enumerate(world.things, 1) for part in thing.ellipsoids
    ]
    paint, ellipsoids = len(painted), len(owned)
    quads = np.concatenate([painted, faces.quads])

    def table(
        room: np.ndarray, of_faces: np.ndarray, round_parts: np.ndarray | None = None
    ) -> np.ndarray:
        """Values of all surfaces; paint and what nobody names have zeros."""
        width = of_faces.shape[1:]
        return np.concatenate(
            [
                room,
                np.zeros((paint, *width)),
                of_faces,
                np.zeros((ellipsoids, *width)) if round_parts is None else round_parts,
            ]
        )

    instance = table(np.zeros(ROOM_SURFACES), faces.instance).astype(np.int32)
    instance[ROOM_SURFACES : ROOM_SURFACES + paint] = painted_instance
    instance[len(instance) - ellipsoids :] = [number for number, _ in owned]
    room_u, room_v = np.zeros((2, ROOM_SURFACES, 3))
    room_u[CEILING, 0] = room_v[CEILING, 1] = 0.5
    u_axis, v_axis = table(room_u, faces.u_axis), table(room_v, faces.v_axis)
    origin = table(np.zeros((ROOM_SURFACES, 3)), faces.quads[:, 0])
    texture = table(
        np.array([atlas().start[name] for name in ('plain', 'ceiling', *['wall'] * 4)]),
        faces.texture,
    )
    tints = table(
        _ROOM_LIGHT[:, None] * np.ones(3),
        faces.tint,
        np.array([part.tint for _, part in owned], float).reshape(-1, 3),
    )
    tint = np.zeros((len(instance), 4), np.uint8)
    tint[:, :3] = np.clip(tints * 255.0, 0, 255)
    middle = np.full((len(instance), 3), np.nan)
    middle[ROOM_SURFACES : ROOM_SURFACES + len(quads)] = quads.mean(axis=1)
    kind = np.full(len(instance), TEXTURED, np.uint8)
    kind[FLOOR], kind[CEILING + 1 : ROOM_SURFACES] = CONCRETE, WALL
    kind[ROOM_SURFACES : ROOM_SURFACES + paint : 2] = TAPE
    kind[ROOM_SURFACES + 1 : ROOM_SURFACES + paint : 2] = CONCRETE
    return Surfaces(
        room_planes=_room_planes(world.size),
        quads=quads,
        normals=np.concatenate([np.tile([0.0, 0.0, 1.0], (paint, 1)), faces.normals]),
        paint=paint,
        ellipsoid_centres=np.array([part.centre for _, part in owned], float).reshape(-1, 3),
        ellipsoid_matrices=np.array([_ellipsoid_matrix(part) for _, part in owned], float).reshape(
            -1, 3, 3
        ),
        instance=instance,
        u_axis=u_axis,
        v_axis=v_axis,
        u_offset=np.einsum('ij,ij->i', u_axis, origin),
        v_offset=np.einsum('ij,ij->i', v_axis, origin),
        texture=texture.astype(np.int32),
        texels_per_m=SIZE
        * np.maximum(np.linalg.norm(u_axis, axis=1), np.linalg.norm(v_axis, axis=1)),
        middle=middle,
        tint=tint.view(np.uint32).ravel(),
        kind=kind,
        floor_light=_floor_light(world),
        owner=instance[ROOM_SURFACES:] - 1,
    )
