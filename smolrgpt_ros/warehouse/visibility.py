# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which surface each pixel sees, and how far away: a z-buffer over convex faces.

The inverse depth of a plane is affine in the pixel, ``1/z = (n . ray) / d``, and so is each edge of a face
(``(v_i x v_i+1) . ray`` keeps its sign on one side of the edge), whatever lies behind the camera. A face therefore costs
five affine functions in the rectangle of pixels around it; depth is exact, there is no clipping.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.warehouse.surfaces import FLOOR, ROOM_SURFACES, Surfaces

_NEAR_M = 0.05


@dataclass(frozen=True, eq=False)
class Visible:
    """What each pixel sees.

    Attributes:
        surface: (H, W) int16 surface number.
        inverse_depth: (H, W) float32, 1 / z, 1/m.
        roundness: (H, W) float32 brightness of round parts, 1 elsewhere; None where nobody is round.
    """

    surface: np.ndarray
    inverse_depth: np.ndarray
    roundness: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Projected:
    """Quads that face the camera, ready to fill.

    Attributes:
        index: (N,) quad numbers.
        affine: (N, 5, 3) four edges (inside >= 0, pixels) and the inverse depth: a * x + b * y + c.
        window: (N, 4) x0, y0, x1, y1 (exclusive) pixels, not cut to the picture.
    """

    index: np.ndarray
    affine: np.ndarray
    window: np.ndarray


def _to_pixels(coefficients: np.ndarray, camera: Camera) -> np.ndarray:
    """Coefficients (..., 3) on the ray (X/Z, Y/Z, 1) -> on (x, y, 1) in pixels."""
    a = coefficients[..., 0] / camera.fx
    b = coefficients[..., 1] / camera.fy
    return np.stack([a, b, coefficients[..., 2] - a * camera.cx - b * camera.cy], axis=-1)


def _windows(corners: np.ndarray, camera: Camera) -> np.ndarray:
    """(N, 4) pixel bounds of quads (N, 4, 3) cut at the near plane; empty where all is behind."""
    following = np.roll(corners, -1, axis=1)
    z, z_next = corners[..., 2], following[..., 2]
    crossing = (z < _NEAR_M) != (z_next < _NEAR_M)
    share = np.where(crossing, (_NEAR_M - z) / np.where(crossing, z_next - z, 1.0), 0.0)
    points = np.concatenate([corners, corners + share[..., None] * (following - corners)], axis=1)
    valid = np.concatenate([z >= _NEAR_M, crossing], axis=1)
    depth = np.where(valid, points[..., 2], 1.0)
    u = points[..., 0] / depth * camera.fx + camera.cx
    v = points[..., 1] / depth * camera.fy + camera.cy
    far = 1e6
    low = [np.where(valid, p, far).min(axis=1) for p in (u, v)]
    high = [np.where(valid, p, -far).max(axis=1) for p in (u, v)]
    return np.stack([np.ceil(low[0] - 1e-3), np.ceil(low[1] - 1e-3),
                     np.floor(high[0] + 1e-3) + 1, np.floor(high[1] + 1e-3) + 1], axis=1)


def project_quads(quads: np.ndarray, normals: np.ndarray, camera: Camera, camera_from_world: Pose,
                  margin_px: float = 0.0) -> Projected:
    """Quads that face the camera and touch the picture grown by `margin_px` on each side."""
    corners = camera_from_world.apply(quads)
    normal = normals @ camera_from_world.rotation.T
    plane = np.einsum('ij,ij->i', normal, corners[:, 0])
    index = np.flatnonzero(plane < -1e-6)
    corners = corners[index]
    window = _windows(corners, camera)
    seen = ((window[:, 0] < camera.width + margin_px) & (window[:, 1] < camera.height + margin_px)
            & (window[:, 2] > -margin_px) & (window[:, 3] > -margin_px)
            & (window[:, 0] < window[:, 2]) & (window[:, 1] < window[:, 3]))
    index, corners, window = index[seen], corners[seen], window[seen]
    edges = np.cross(corners, np.roll(corners, -1, axis=1))
    inwards = np.einsum('nij,nj->ni', edges, corners.mean(axis=1))
    edges = _to_pixels(edges * np.sign(inwards)[..., None], camera)
    edges /= np.maximum(np.hypot(edges[..., 0], edges[..., 1]), 1e-12)[..., None]
    edges[..., 2] += 1e-3  # A pixel on the border of two faces belongs to one of them at least.
    inverse = _to_pixels(normal[index] / plane[index, None], camera)
    bounds = np.clip(window, -margin_px, [camera.width + margin_px, camera.height + margin_px] * 2)
    return Projected(index, np.concatenate([edges, inverse[:, None]], axis=1), bounds.astype(np.int32))


def _room(surfaces: Surfaces, camera: Camera, camera_from_world: Pose) -> tuple[np.ndarray, np.ndarray]:
    """The hall from inside: of a convex room each ray leaves through the plane of largest inverse depth."""
    normal = surfaces.room_planes[:, :3] @ camera_from_world.rotation.T
    plane = surfaces.room_planes[:, 3] + normal @ camera_from_world.translation
    affine = _to_pixels(normal / plane[:, None], camera).astype(np.float32)
    x = np.arange(camera.width, dtype=np.float32)
    y = np.arange(camera.height, dtype=np.float32)[:, None]
    ends = np.array([[x[0], 0], [x[-1], 0], [x[0], y[-1, 0]], [x[-1], y[-1, 0]]])
    at_corners = ends @ affine[:, :2].T + affine[:, 2]
    surface = np.full((camera.height, camera.width), FLOOR, np.int16)
    inverse = affine[0, 0] * x + (affine[0, 1] * y + affine[0, 2])
    for number in range(1, ROOM_SURFACES):
        if (at_corners[:, number] <= at_corners[:, 0]).all():
            continue
        value = affine[number, 0] * x + (affine[number, 1] * y + affine[number, 2])
        nearer = value > inverse
        np.copyto(surface, np.int16(number), where=nearer)
        np.copyto(inverse, value, where=nearer)
    return surface, inverse


def _fill_ellipsoids(surfaces: Surfaces, camera: Camera, camera_from_world: Pose, surface: np.ndarray,
                     inverse: np.ndarray) -> np.ndarray | None:
    """Round parts, by the nearer root of the ray's quadratic; returns their brightness."""
    roundness = None
    up = camera_from_world.rotation[:, 2]
    centres = camera_from_world.apply(surfaces.ellipsoid_centres)
    for number, (centre, matrix) in enumerate(zip(centres, surfaces.ellipsoid_matrices)):
        to_unit = matrix @ camera_from_world.rotation.T
        window = ellipsoid_window(centre, to_unit, camera)
        if window is None:
            continue
        x0, y0, x1, y1 = window
        discriminant, c, b = _ellipsoid_roots(centre, to_unit, camera, window)
        with np.errstate(invalid='ignore', divide='ignore'):
            # 1/z of the nearer hit; c > 0 since the camera is outside.
            value = ((b + np.sqrt(discriminant)) / c).astype(np.float32)
        hit = (discriminant > 0.0) & (b > 0.0) & (value > inverse[y0:y1, x0:x1])
        if not hit.any():
            continue
        if roundness is None:
            roundness = np.ones(surface.shape, np.float32)
        rays = _rays(camera, window)[hit]
        normal = (rays / value[hit][:, None] - centre) @ (to_unit.T @ to_unit)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        light = normal @ (0.75 * up + np.array([-0.35, 0.0, -0.5]))
        roundness[y0:y1, x0:x1][hit] = np.clip(0.55 + 0.5 * light, 0.3, 1.0)
        np.copyto(surface[y0:y1, x0:x1], np.int16(surfaces.first_ellipsoid + number), where=hit)
        np.copyto(inverse[y0:y1, x0:x1], value, where=hit)
    return roundness


def _rays(camera: Camera, window) -> np.ndarray:
    x0, y0, x1, y1 = window
    x = (np.arange(x0, x1) - camera.cx) / camera.fx
    y = (np.arange(y0, y1) - camera.cy) / camera.fy
    rays = np.ones((y1 - y0, x1 - x0, 3))
    rays[..., 0], rays[..., 1] = x, y[:, None]
    return rays


def ellipsoid_window(centre: np.ndarray, to_unit: np.ndarray, camera: Camera,
                     margin_px: int = 0) -> tuple[int, int, int, int] | None:
    """Pixels that may see an ellipsoid; None when behind the camera or outside of the picture."""
    reach = float(1.0 / np.linalg.svd(to_unit, compute_uv=False)[-1])
    if centre[2] <= reach + _NEAR_M:
        return None
    bounds = []
    for along, focal, middle, limit in ((0, camera.fx, camera.cx, camera.width),
                                        (1, camera.fy, camera.cy, camera.height)):
        # Where the planes x = m z (through the optical centre) touch the ellipsoid.
        shape = np.linalg.inv(to_unit.T @ to_unit)
        a = centre[2] ** 2 - shape[2, 2]
        b = centre[2] * centre[along] - shape[2, along]
        c = centre[along] ** 2 - shape[along, along]
        root = np.sqrt(max(b * b - a * c, 0.0))
        low, high = ((b + sign * root) / a * focal + middle for sign in (-1, 1))
        bounds.append((max(int(np.ceil(low)), -margin_px), min(int(np.floor(high)) + 1, limit + margin_px)))
    (x0, x1), (y0, y1) = bounds
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _ellipsoid_roots(centre, to_unit, camera: Camera, window):
    rays = _rays(camera, window) @ to_unit.T
    m = to_unit @ centre
    a = np.einsum('hwi,hwi->hw', rays, rays)
    b = rays @ m
    c = m @ m - 1.0
    return b * b - a * c, c, b


def ellipsoid_hits(centre, to_unit, camera: Camera, window) -> np.ndarray:
    """Bool (h, w): pixels of the window whose ray meets the ellipsoid."""
    discriminant, _, b = _ellipsoid_roots(centre, to_unit, camera, window)
    return (discriminant > 0.0) & (b > 0.0)


def inside_quad(affine: np.ndarray, window) -> tuple[np.ndarray, np.ndarray]:
    """Bool (h, w) of pixels in the quad, and the inverse depth there, over the window."""
    x0, y0, x1, y1 = window
    a, b, c = affine.astype(np.float32).T
    rows = b[:, None] * np.arange(y0, y1, dtype=np.float32) + c[:, None]
    columns = a[:, None] * np.arange(x0, x1, dtype=np.float32)
    values = rows[:, :, None] + columns[:, None, :]
    return values[:4].min(axis=0) >= 0.0, values[4]


def visible(surfaces: Surfaces, camera: Camera, camera_from_world: Pose) -> Visible:
    """Nearest surface and inverse depth of every pixel."""
    surface, inverse = _room(surfaces, camera, camera_from_world)
    projected = project_quads(surfaces.quads, surfaces.normals, camera, camera_from_world)
    for quad, affine, window in zip(projected.index, projected.affine, projected.window):
        x0, y0, x1, y1 = window
        inside, value = inside_quad(affine, window)
        here = surface[y0:y1, x0:x1]
        if quad < surfaces.paint:
            inside &= (here == FLOOR) | (here >= ROOM_SURFACES)
        else:
            nearest = inverse[y0:y1, x0:x1]
            inside &= value > nearest
            np.copyto(nearest, value, where=inside)
        np.copyto(here, np.int16(ROOM_SURFACES + quad), where=inside)
    roundness = _fill_ellipsoids(surfaces, camera, camera_from_world, surface, inverse)
    return Visible(surface, inverse, roundness)
