# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Colour of every pixel, evaluated once where something is seen (never for what is hidden).

Values are kept one plane a quantity and gathered by flat index: that is what numpy does fastest.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.resampling import BILINEAR
from smolrgpt_ros.warehouse.surfaces import (
    CEILING,
    CONCRETE,
    LIGHT_CELL_M,
    TAPE,
    TEXTURED,
    WALL,
    Surfaces,
)
from smolrgpt_ros.warehouse.textures import LEVEL_TEXELS, LEVELS, SIZE, atlas, concrete_grain
from smolrgpt_ros.warehouse.visibility import Visible

_CONCRETE_GREY = 119.0
_JOINT_EVERY_M = 4.0
_LIGHT_STEP = 4
_LIGHT_UNIT = np.float32(1.0 / 190.0)


def _take(table: np.ndarray, index: np.ndarray) -> np.ndarray:
    # Indices are valid by construction; 'clip' spares numpy a second pass that would check them.
    return np.take(table, index, mode='clip')


class _Points:
    """Camera coordinates of what some pixels see, and world coordinates from them."""

    def __init__(self, seen: Visible, camera: Camera, world_from_camera: Pose):
        depth_m = np.float32(1.0) / seen.inverse_depth
        x = ((np.arange(camera.width) - camera.cx) / camera.fx).astype(np.float32)
        y = ((np.arange(camera.height) - camera.cy) / camera.fy).astype(np.float32)
        self.planes = ((depth_m * x).ravel(), (depth_m * y[:, None]).ravel(), depth_m.ravel())
        self.pose = world_from_camera

    def at(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        x, y, z = (_take(plane, pixels) for plane in self.planes)
        return x, y, z

    def world(self, row: int, at: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
        a, b, c = (np.float32(value) for value in self.pose.rotation[row])
        return a * at[0] + b * at[1] + (c * at[2] + np.float32(self.pose.translation[row]))


def shade(surfaces: Surfaces, seen: Visible, camera: Camera, world_from_camera: Pose) -> np.ndarray:
    """RGB uint8 (H, W, 3)."""
    points = _Points(seen, camera, world_from_camera)
    surface = seen.surface.ravel().astype(np.intp)
    light = _floor_light(surfaces, camera, world_from_camera).ravel()
    kind = _take(surfaces.kind, surface)
    packed = np.empty(surface.shape, np.uint32)
    for number, on_floor in ((CONCRETE, _concrete), (TAPE, _tape)):
        pixels = np.flatnonzero(kind == number)
        if pixels.size:
            packed[pixels] = on_floor(points, pixels, _take(light, pixels) * _LIGHT_UNIT, camera)
    for number, upright in ((WALL, _wall), (TEXTURED, _textured)):
        pixels = np.flatnonzero(kind == number)
        if pixels.size:
            own = _take(surface, pixels)
            packed[pixels] = upright(surfaces, seen, points, own, pixels, camera)
    rgbx = packed.view(np.uint8).reshape(camera.height, camera.width, 4)
    rgb = np.empty((camera.height, camera.width, 3), np.uint8)
    for channel in range(3):
        rgb[..., channel] = rgbx[..., channel]
    return rgb


def _floor_light(surfaces: Surfaces, camera: Camera, world_from_camera: Pose) -> np.ndarray:
    """Return the floor's brightness (H, W) uint8 in _LIGHT_UNIT; smooth, so found coarsely."""
    half = _LIGHT_STEP / 2.0 - 0.5
    columns, rows = -(-camera.width // _LIGHT_STEP), -(-camera.height // _LIGHT_STEP)
    x = ((np.arange(columns) * _LIGHT_STEP + half - camera.cx) / camera.fx).astype(np.float32)
    y = ((np.arange(rows) * _LIGHT_STEP + half - camera.cy) / camera.fy).astype(np.float32)[:, None]
    down, place = world_from_camera.rotation[2].astype(np.float32), world_from_camera.translation
    slope = np.minimum(down[0] * x + (down[1] * y + down[2]), np.float32(-1e-3))
    reach = np.float32(-place[2]) / slope
    cells, shares = [], []
    for row, limit in ((0, surfaces.floor_light.shape[1]), (1, surfaces.floor_light.shape[0])):
        axis = world_from_camera.rotation[row].astype(np.float32)
        world = reach * (axis[0] * x + (axis[1] * y + axis[2])) + np.float32(place[row])
        at = np.clip(world * np.float32(1.0 / LIGHT_CELL_M), 0, limit - 1.001)
        cells.append(at.astype(np.intp))
        shares.append(at - cells[-1])
    table, stride = surfaces.floor_light.ravel(), surfaces.floor_light.shape[1]
    corner = cells[1] * stride + cells[0]
    upper = _take(table, corner) * (1 - shares[0]) + _take(table, corner + 1) * shares[0]
    lower = (
        _take(table, corner + stride) * (1 - shares[0])
        + _take(table, corner + stride + 1) * shares[0]
    )
    light = upper * (1 - shares[1]) + lower * shares[1]
    # In bytes: enlarging them is several times faster, and the grain hides the steps.
    picture = Image.fromarray(np.clip(light / _LIGHT_UNIT, 0, 255).astype(np.uint8))
    full = np.asarray(picture.resize((columns * _LIGHT_STEP, rows * _LIGHT_STEP), BILINEAR))
    return np.ascontiguousarray(full[: camera.height, : camera.width])


def _tape(points: _Points, pixels: np.ndarray, light: np.ndarray, camera: Camera) -> np.ndarray:
    """Packed colours of the yellow tape on the floor: a little worn."""
    at = points.at(pixels)
    cells = np.zeros(len(pixels), np.int32)
    for row, shift in ((0, 0), (1, 8)):
        cells |= ((points.world(row, at) * np.float32(60.0)).astype(np.int32) & 255) << shift
    light *= 1.0 - np.float32(0.04) * np.abs(_take(concrete_grain().ravel(), cells))
    light = np.minimum(light, np.float32(1.05))
    red, green, blue = (
        (light * np.float32(value)).astype(np.uint32) for value in (238.0, 198.0, 26.0)
    )
    return red | green << np.uint32(8) | blue << np.uint32(16)


def _wall(
    surfaces: Surfaces,
    seen: Visible,
    points: _Points,
    own: np.ndarray,
    pixels: np.ndarray,
    camera: Camera,
) -> np.ndarray:
    """Packed colours of the hall's walls: a tile two metres wide and as high as the wall."""
    at = points.at(pixels)
    across = np.where(own < CEILING + 3, points.world(1, at), points.world(0, at))
    height_m = np.float32(surfaces.room_planes[CEILING, 3])
    down = np.clip(points.world(2, at) * (SIZE / height_m) + np.float32(SIZE), 0, SIZE - 1).astype(
        np.int32
    )
    start = surfaces.texture[CEILING + 1] + LEVEL_TEXELS
    texels = _take(
        atlas().texels,
        ((across * np.float32(SIZE / 2)).astype(np.int32) & (SIZE - 1)) + (down * SIZE + start),
    )
    factor = _take(surfaces.tint & np.uint32(255), own)
    red_blue = (texels & np.uint32(0xFF00FF)) * factor >> np.uint32(8) & np.uint32(0xFF00FF)
    return red_blue | ((texels & np.uint32(0xFF00)) * factor >> np.uint32(8) & np.uint32(0xFF00))


def _concrete(points: _Points, pixels: np.ndarray, light: np.ndarray, camera: Camera) -> np.ndarray:
    """Packed colours of floor pixels: grain, joints, lamps and shadows."""
    at = points.at(pixels)
    depth = at[2]
    joint = np.zeros(len(pixels), bool)
    cells = np.zeros(len(pixels), np.int32)
    width = np.float32(0.007) + depth * np.float32(0.5 / camera.fx)
    for row, shift in ((0, 0), (1, 8)):
        world = points.world(row, at)
        cells |= ((world * np.float32(96.0)).astype(np.int32) & 255) << shift
        joint |= (
            np.abs(
                world
                - np.rint(world * np.float32(1.0 / _JOINT_EVERY_M)) * np.float32(_JOINT_EVERY_M)
            )
            < width
        )
    # Grain finer than a pixel averages out with distance.
    light *= 1.0 + _take(concrete_grain().ravel(), cells) * (
        np.float32(0.075) / (1.0 + np.float32(0.12) * depth)
    )
    light *= np.float32(_CONCRETE_GREY) - np.float32(0.45 * _CONCRETE_GREY) * joint
    grey = np.clip(light, 0, 250).astype(np.uint32)
    return grey * np.uint32(0x010101) + np.uint32(0x020100)


def _texture_levels(surfaces: Surfaces, camera: Camera, world_from_camera: Pose) -> np.ndarray:
    """(S,) level of detail of each surface: about one texel a pixel at its middle."""
    offset = surfaces.middle - world_from_camera.translation
    reach = np.sqrt(np.einsum('ij,ij->i', offset, offset))
    texels_per_px = np.maximum(
        surfaces.texels_per_m * np.nan_to_num(reach, nan=6.0) / camera.fx, 1e-6
    )
    return np.clip(np.floor(np.log2(texels_per_px) + 0.3), 0, LEVELS - 1).astype(np.int32)


def _textured(
    surfaces: Surfaces,
    seen: Visible,
    points: _Points,
    own: np.ndarray,
    pixels: np.ndarray,
    camera: Camera,
) -> np.ndarray:
    """Packed colours of everything else; `own` is each pixel's surface."""
    at = points.at(pixels)
    level = _texture_levels(surfaces, camera, points.pose)
    index = _take(surfaces.texture + LEVEL_TEXELS * level, own)
    for axis, offset, stride in (
        (surfaces.u_axis, surfaces.u_offset, 1),
        (surfaces.v_axis, surfaces.v_offset, SIZE),
    ):
        on_ray = (axis @ points.pose.rotation * SIZE).astype(np.float32)
        # Whole tiles are added so that the cast, which truncates towards 0, never sees a negative
        # coordinate.
        tile = _take(
            ((64.0 - offset + axis @ points.pose.translation) * SIZE).astype(np.float32), own
        )
        for column, coordinate in enumerate(at):
            tile += _take(np.ascontiguousarray(on_ray[:, column]), own) * coordinate
        index += (tile.astype(np.int32) & (SIZE - 1)) * stride
    texels = _take(atlas().texels, index)
    # Less light reaches what is close to the floor.
    light = np.clip(points.world(2, at) * np.float32(0.84) + np.float32(0.62), 0, 1)
    if seen.roundness is not None:
        light *= _take(seen.roundness.ravel(), pixels)
    factor, tint = (light * np.float32(256.0)).astype(np.uint32), _take(surfaces.tint, own)
    packed = np.zeros(len(pixels), np.uint32)
    for shift in (np.uint32(0), np.uint32(8), np.uint32(16)):
        value = (texels >> shift & np.uint32(255)) * (
            tint >> shift & np.uint32(255)
        ) * factor >> np.uint32(16)
        packed |= value << shift
    return packed
