# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Colour of every pixel, evaluated once where something is seen (never for what is hidden)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.warehouse.surfaces import FLOOR, LIGHT_CELL_M, ROOM_SURFACES, Surfaces
from smolrgpt_ros.warehouse.textures import ATLAS, CONCRETE_GRAIN, LEVEL_START, LEVELS, SIZE
from smolrgpt_ros.warehouse.visibility import Visible

_CONCRETE = (118.0, 119.0, 121.0)
_JOINT_EVERY_M = 4.0
_LIGHT_STEP = 4


def shade(surfaces: Surfaces, seen: Visible, camera: Camera, world_from_camera: Pose) -> np.ndarray:
    """RGB uint8 (H, W, 3)."""
    depth_m = 1.0 / seen.inverse_depth
    colour = np.empty((camera.height * camera.width, 3), np.uint8)
    surface = seen.surface.ravel()
    # The inside of a buffer is the same concrete; its tape is a textured surface.
    concrete = np.zeros(len(surfaces.instance), bool)
    concrete[FLOOR] = True
    concrete[ROOM_SURFACES + 1:ROOM_SURFACES + surfaces.paint:2] = True
    on_concrete = concrete[surface]
    light = _floor_light(surfaces, seen, camera, world_from_camera)
    painted = (surface >= ROOM_SURFACES) & (surface < ROOM_SURFACES + surfaces.paint) & ~on_concrete
    pixels = np.flatnonzero(on_concrete)
    _shade_concrete(colour, pixels, depth_m, light, camera, world_from_camera)
    pixels = np.flatnonzero(~on_concrete)
    _shade_textured(colour, pixels, surfaces, seen, depth_m, np.where(painted[pixels], light.ravel()[pixels], 1.0)
                    .astype(np.float32), camera, world_from_camera)
    return colour.reshape(camera.height, camera.width, 3)


def _ray_parts(camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    x = ((np.arange(camera.width) - camera.cx) / camera.fx).astype(np.float32)
    y = ((np.arange(camera.height) - camera.cy) / camera.fy).astype(np.float32)
    return x, y


def _floor_light(surfaces: Surfaces, seen: Visible, camera: Camera, world_from_camera: Pose) -> np.ndarray:
    """Brightness (H, W) of the floor under each pixel, looked up coarsely and enlarged: it is smooth."""
    x, y = (part[_LIGHT_STEP // 2::_LIGHT_STEP] for part in _ray_parts(camera))
    down = world_from_camera.rotation[2]
    slope = down[0] * x + (down[1] * y + down[2])[:, None]
    reach = -world_from_camera.translation[2] / np.minimum(slope, np.float32(-1e-3))
    limit_y, limit_x = surfaces.floor_light.shape
    place = []
    for row, limit in ((0, limit_x), (1, limit_y)):
        axis = world_from_camera.rotation[row]
        world = reach * (axis[0] * x + (axis[1] * y + axis[2])[:, None]) + world_from_camera.translation[row]
        place.append(np.clip(world / LIGHT_CELL_M, 0, limit - 1.001).astype(np.float32))
    u, v = (p.astype(np.int32) for p in place)
    du, dv = place[0] - u, place[1] - v
    table = surfaces.floor_light
    light = ((table[v, u] * (1 - du) + table[v, u + 1] * du) * (1 - dv)
             + (table[v + 1, u] * (1 - du) + table[v + 1, u + 1] * du) * dv)
    size = (light.shape[1] * _LIGHT_STEP, light.shape[0] * _LIGHT_STEP)
    full = np.asarray(Image.fromarray(light.astype(np.float32)).resize(size, Image.Resampling.BILINEAR))
    pad = ((0, max(0, camera.height - full.shape[0])), (0, max(0, camera.width - full.shape[1])))
    return np.pad(full, pad, mode='edge')[:camera.height, :camera.width]


def _world_axis(row: int, pixels_x, pixels_y, depth, world_from_camera: Pose) -> np.ndarray:
    axis = world_from_camera.rotation[row].astype(np.float32)
    along = axis[0] * pixels_x + axis[1] * pixels_y + axis[2]
    return depth * along + np.float32(world_from_camera.translation[row])


def _shade_concrete(colour, pixels, depth_m, light, camera: Camera, world_from_camera: Pose) -> None:
    x, y = _ray_parts(camera)
    rows = pixels // camera.width
    ray_x, ray_y = x[pixels - rows * camera.width], y[rows]
    depth = depth_m.ravel()[pixels]
    world_x = _world_axis(0, ray_x, ray_y, depth, world_from_camera)
    world_y = _world_axis(1, ray_x, ray_y, depth, world_from_camera)
    cells = (((world_y * 96.0).astype(np.int32) & 255) << 8) | ((world_x * 96.0).astype(np.int32) & 255)
    brightness = light.ravel()[pixels]
    # Grain finer than a pixel averages out with distance.
    brightness *= 1.0 + CONCRETE_GRAIN.ravel()[cells] * (0.075 / (1.0 + 0.12 * depth))
    width = 0.007 + depth * np.float32(0.5 / camera.fx)
    joint = np.zeros(len(pixels), bool)
    for world in (world_x, world_y):
        joint |= np.abs(world - np.rint(world / _JOINT_EVERY_M) * _JOINT_EVERY_M) < width
    brightness[joint] *= 0.55
    for channel, value in enumerate(_CONCRETE):
        colour[pixels, channel] = np.clip(brightness * value, 0, 255).astype(np.uint8)


def _texture_levels(surfaces: Surfaces, camera: Camera, world_from_camera: Pose) -> np.ndarray:
    """(S,) level of detail of each surface: about one texel a pixel at its middle."""
    reach = np.full(len(surfaces.instance), 6.0)
    middle = surfaces.quads.mean(axis=1) - world_from_camera.translation
    reach[ROOM_SURFACES:surfaces.first_ellipsoid] = np.linalg.norm(middle, axis=1)
    tiles_per_m = np.maximum(np.linalg.norm(surfaces.u_axis, axis=1), np.linalg.norm(surfaces.v_axis, axis=1))
    texels_per_px = np.maximum(tiles_per_m * SIZE * reach / camera.fx, 1e-6)
    return np.clip(np.floor(np.log2(texels_per_px) + 0.3), 0, LEVELS - 1).astype(np.int32)


def _shade_textured(colour, pixels, surfaces: Surfaces, seen: Visible, depth_m, light, camera: Camera,
                    world_from_camera: Pose) -> None:
    x, y = _ray_parts(camera)
    rows = pixels // camera.width
    ray_x, ray_y = x[pixels - rows * camera.width], y[rows]
    depth = depth_m.ravel()[pixels]
    surface = seen.surface.ravel()[pixels]
    level = _texture_levels(surfaces, camera, world_from_camera)
    side = (SIZE >> level).astype(np.int32)
    index = (surfaces.texture + LEVEL_START[level])[surface]
    mask = (side - 1)[surface]
    for axis, offset, stride in ((surfaces.u_axis, surfaces.u_offset, None),
                                 (surfaces.v_axis, surfaces.v_offset, side)):
        on_ray = ((axis @ world_from_camera.rotation) * side[:, None]).astype(np.float32)
        start = ((offset - axis @ world_from_camera.translation) * side).astype(np.float32)
        tile = depth * (on_ray[:, 0][surface] * ray_x + on_ray[:, 1][surface] * ray_y
                        + on_ray[:, 2][surface]) - start[surface]
        # Texels of negative coordinates: the cast truncates towards 0, a shift of whole tiles avoids that.
        texel = (tile + np.float32(SIZE * 64)).astype(np.int32) & mask
        index += texel if stride is None else texel * (mask + 1)
    texels = ATLAS.texels[index].view(np.uint8).reshape(-1, 4).astype(np.uint16)
    tint = np.ascontiguousarray(surfaces.tint).view(np.uint64).ravel()[surface].view(np.uint16).reshape(-1, 4)
    # Less light reaches what is close to the floor.
    height = _world_axis(2, ray_x, ray_y, depth, world_from_camera)
    light *= 0.62 + 0.38 * np.minimum(height * 2.2 + (surface < ROOM_SURFACES + surfaces.paint), 1.0)
    if seen.roundness is not None:
        light *= seen.roundness.ravel()[pixels]
    factor = np.clip(light * 256.0, 0, 256).astype(np.uint16)
    lit = ((((texels * tint) >> 8) * factor[:, None]) >> 8).astype(np.uint8)
    colour[pixels] = lit[:, :3]
