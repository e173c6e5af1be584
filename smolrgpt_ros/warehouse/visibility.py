# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which surface each pixel sees, and how far away: a z-buffer over convex faces, all faces at once.

The inverse depth of a plane is affine in the pixel, ``1/z = (n . ray) / d``, and so is each edge of
a face (``(v_i x v_i+1) . ray`` keeps its sign on one side of the edge), whatever lies behind the
camera: no clipping is needed and depth is exact. Each row of a face is therefore one span of
pixels; the spans of all faces are laid end to end as fragments.
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
        roundness: (H, W) float32 brightness of round parts, 1 elsewhere; None where nobody is
            round.
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
    return np.stack(
        [
            np.ceil(low[0] - 1e-3),
            np.ceil(low[1] - 1e-3),
            np.floor(high[0] + 1e-3) + 1,
            np.floor(high[1] + 1e-3) + 1,
        ],
        axis=1,
    )


def project_quads(
    quads: np.ndarray,
    normals: np.ndarray,
    camera: Camera,
    camera_from_world: Pose,
    margin_px: float = 0.0,
) -> Projected:
    """Quads that face the camera and touch the picture grown by `margin_px` on each side."""
    corners = camera_from_world.apply(quads)
    normal = normals @ camera_from_world.rotation.T
    plane = np.einsum('ij,ij->i', normal, corners[:, 0])
    index = np.flatnonzero(plane < -1e-6)
    corners = corners[index]
    window = _windows(corners, camera)
    seen = (
        (window[:, 0] < camera.width + margin_px)
        & (window[:, 1] < camera.height + margin_px)
        & (window[:, 2] > -margin_px)
        & (window[:, 3] > -margin_px)
        & (window[:, 0] < window[:, 2])
        & (window[:, 1] < window[:, 3])
    )
    index, corners, window = index[seen], corners[seen], window[seen]
    edges = np.cross(corners, np.roll(corners, -1, axis=1))
    inwards = np.einsum('nij,nj->ni', edges, corners.mean(axis=1))
    edges = _to_pixels(edges * np.sign(inwards)[..., None], camera)
    edges /= np.maximum(np.hypot(edges[..., 0], edges[..., 1]), 1e-12)[..., None]
    edges[..., 2] += 1e-3  # A pixel on the border of two faces belongs to one of them at least.
    inverse = _to_pixels(normal[index] / plane[index, None], camera)
    bounds = np.clip(window, -margin_px, [camera.width + margin_px, camera.height + margin_px] * 2)
    return Projected(
        index, np.concatenate([edges, inverse[:, None]], axis=1), bounds.astype(np.int32)
    )


def _room(
    surfaces: Surfaces, camera: Camera, camera_from_world: Pose
) -> tuple[np.ndarray, np.ndarray]:
    """See the hall from inside.

    Of a convex room each ray leaves through the plane of largest inverse depth.
    """
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


@dataclass(frozen=True, eq=False)
class Round:
    """Ellipsoids in front of the camera, as conics of the picture.

    Along a ray r = (X/Z, Y/Z, 1) the hits are the roots of ``a z^2 - 2 b z + c = 0`` with ``a = r Q
    r``, ``b = q . r``; the discriminant ``b^2 - a c = r D r`` is positive inside of the outline,
    and the nearer hit is ``z = c / (b + sqrt(r D r))``.

    Attributes:
        index: (N,) ellipsoid numbers.
        centre: (N, 3), shape: (N, 3, 3) Q: ``(p - centre) Q (p - centre) = 1`` on the surface,
            camera frame.
        linear: (N, 3) q = Q centre.
        constant: (N,) c = centre Q centre - 1.
        discriminant: (N, 3, 3) D.
        window: (N, 4) x0, y0, x1, y1 (exclusive) pixels, cut to the canvas.
    """

    index: np.ndarray
    centre: np.ndarray
    shape: np.ndarray
    linear: np.ndarray
    constant: np.ndarray
    discriminant: np.ndarray
    window: np.ndarray


def project_ellipsoids(
    surfaces: Surfaces, camera: Camera, camera_from_world: Pose, margin_px: int = 0
) -> Round:
    """Ellipsoids wholly in front of the camera whose outline touches the canvas."""
    centre = camera_from_world.apply(surfaces.ellipsoid_centres)
    to_unit = surfaces.ellipsoid_matrices @ camera_from_world.rotation.T
    from_unit = np.linalg.inv(to_unit) if len(to_unit) else to_unit
    dual = from_unit @ from_unit.transpose(0, 2, 1)
    index = np.flatnonzero(centre[:, 2] - np.sqrt(dual[:, 2, 2]) > _NEAR_M)
    centre, to_unit, dual = centre[index], to_unit[index], dual[index]
    bounds = []
    for along, focal, middle, limit in (
        (0, camera.fx, camera.cx, camera.width),
        (1, camera.fy, camera.cy, camera.height),
    ):
        # The planes X = m Z (or Y) through the optical centre that touch the ellipsoid.
        a = centre[:, 2] ** 2 - dual[:, 2, 2]
        b = centre[:, 2] * centre[:, along] - dual[:, 2, along]
        root = np.sqrt(np.maximum(b * b - a * (centre[:, along] ** 2 - dual[:, along, along]), 0.0))
        low, high = (
            np.clip((b + sign * root) / a * focal + middle, -margin_px - 1, limit + margin_px)
            for sign in (-1, 1)
        )
        bounds += [
            np.maximum(np.ceil(low), -margin_px),
            np.minimum(np.floor(high) + 1, limit + margin_px),
        ]
    window = np.stack([bounds[0], bounds[2], bounds[1], bounds[3]], axis=1).astype(int)
    seen = (window[:, 0] < window[:, 2]) & (window[:, 1] < window[:, 3])
    index, centre, to_unit, window = index[seen], centre[seen], to_unit[seen], window[seen]
    shape = to_unit.transpose(0, 2, 1) @ to_unit
    linear = np.einsum('nij,nj->ni', shape, centre)
    constant = np.einsum('ni,ni->n', linear, centre) - 1.0
    discriminant = linear[:, :, None] * linear[:, None, :] - constant[:, None, None] * shape
    return Round(index, centre, shape, linear, constant, discriminant, window)


def round_discriminant(
    found: Round, number: int, camera: Camera
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the discriminant (h, w) over an ellipsoid's window, and its rays' x (w,), y (h, 1)."""
    x0, y0, x1, y1 = found.window[number]
    x = (np.arange(x0, x1) - camera.cx) / camera.fx
    y = ((np.arange(y0, y1) - camera.cy) / camera.fy)[:, None]
    d = found.discriminant[number]
    along_x = d[0, 0] * x * x + 2.0 * d[0, 2] * x
    return along_x + (d[1, 1] * y * y + 2.0 * d[1, 2] * y + d[2, 2]) + (2.0 * d[0, 1] * y) * x, x, y


def _fill_ellipsoids(
    surfaces: Surfaces,
    camera: Camera,
    camera_from_world: Pose,
    surface: np.ndarray,
    inverse: np.ndarray,
) -> np.ndarray | None:
    """Round parts into the picture; returns their brightness."""
    found = project_ellipsoids(surfaces, camera, camera_from_world)
    if not found.index.size:
        return None
    roundness = np.ones(surface.shape, np.float32)
    towards_light = 0.75 * camera_from_world.rotation[:, 2] + np.array([-0.35, 0.0, -0.5])
    for number, (x0, y0, x1, y1) in enumerate(found.window):
        discriminant, x, y = round_discriminant(found, number, camera)
        q = found.linear[number]
        value = (
            q[0] * x + (q[1] * y + q[2]) + np.sqrt(np.maximum(discriminant, 0.0))
        ) / found.constant[number]
        rows, columns = np.nonzero((discriminant > 0.0) & (value > inverse[y0:y1, x0:x1]))
        if not rows.size:
            continue
        depth = 1.0 / value[rows, columns]
        points = np.stack([depth * x[columns], depth * y[rows, 0], depth], axis=1)
        normal = (points - found.centre[number]) @ found.shape[number]
        light = normal @ towards_light / np.sqrt(np.einsum('ij,ij->i', normal, normal))
        roundness[y0:y1, x0:x1][rows, columns] = np.clip(0.55 + 0.5 * light, 0.3, 1.0)
        surface[y0:y1, x0:x1][rows, columns] = surfaces.first_ellipsoid + found.index[number]
        inverse[y0:y1, x0:x1][rows, columns] = value[rows, columns]
    return roundness


@dataclass(frozen=True, eq=False)
class Fragments:
    """Pixels covered by quads, in the quads' order.

    Attributes:
        pixel: (T,) flat index into the picture (or into the canvas it was cut to).
        inverse_depth: (T,) float32.
        row: (T,) which row of which quad it belongs to.
        quad_of_row: (R,) position in the order that the quads were given in.
    """

    pixel: np.ndarray
    inverse_depth: np.ndarray
    row: np.ndarray
    quad_of_row: np.ndarray


def fragments(
    projected: Projected, order: np.ndarray, width: int, height: int, margin_px: int = 0
) -> Fragments:
    """Fill the quads in that order, on a canvas `margin_px` larger than the picture each side."""
    affine = projected.affine[order]
    x0, y0, x1, y1 = np.clip(
        projected.window[order], -margin_px, [width + margin_px, height + margin_px] * 2
    ).T
    heights = np.maximum(y1 - y0, 0)
    quad = np.repeat(np.arange(len(order)), heights)
    y = np.arange(len(quad)) - (np.cumsum(heights) - heights - y0)[quad]
    low, high = x0[quad].astype(float), (x1 - 1)[quad].astype(float)
    for a, b, c in affine[:, :4].transpose(1, 2, 0):
        # A level edge bounds no x, but says yes or no to the whole row: so does a bound at
        # infinity.
        steep = np.where(np.abs(a) < 1e-9, 1e-9, a)
        slope, intercept = -b / steep, -c / steep
        bound = slope[quad] * y + intercept[quad]
        lower = (steep > 0.0)[quad]
        np.maximum(low, bound, out=low, where=lower)
        np.minimum(high, bound, out=high, where=~lower)
    first = np.ceil(np.minimum(low, 1e6)).astype(np.intp)
    length = np.maximum(np.floor(np.maximum(high, -1e6)).astype(np.intp) + 1 - first, 0)
    start = np.cumsum(length) - length
    a, b, c = affine[:, 4].T
    slope = a[quad]
    # Along a row of the picture 1/z is affine in the place of the fragment, too.
    intercept = slope * (first - start) + b[quad] * y + c[quad]
    row = np.repeat(np.arange(len(quad)), length)
    stride = width + 2 * margin_px
    pixel = np.repeat((y + margin_px) * stride + first + margin_px - start, length)
    pixel += np.arange(len(row))
    along = np.repeat(slope, length)
    along *= np.arange(len(row), dtype=float)
    along += np.repeat(intercept, length)
    inverse = along.astype(np.float32)
    return Fragments(pixel, inverse, row, quad)


def _resolve(
    surface: np.ndarray, inverse: np.ndarray, found: Fragments, numbers: np.ndarray
) -> None:
    """Let the nearest fragment of each pixel win, in place on flat arrays.

    An assignment keeps the last of several values for one pixel; fragments come from far to near,
    so that few are left to correct afterwards.
    """
    pixel, value, row = found.pixel, found.inverse_depth, found.row
    number_of_row = numbers[found.quad_of_row]
    while True:
        nearer = np.flatnonzero(value > np.take(inverse, pixel, mode='clip'))
        if not nearer.size:
            return
        pixel, value, row = (np.take(part, nearer, mode='clip') for part in (pixel, value, row))
        inverse[pixel] = value
        surface[pixel] = np.take(number_of_row, row, mode='clip')


def visible(surfaces: Surfaces, camera: Camera, camera_from_world: Pose) -> Visible:
    """Nearest surface and inverse depth of every pixel."""
    surface, inverse = _room(surfaces, camera, camera_from_world)
    projected = project_quads(surfaces.quads, surfaces.normals, camera, camera_from_world)
    numbers = (ROOM_SURFACES + projected.index).astype(np.int16)
    flat_surface, flat_inverse = surface.reshape(-1), inverse.reshape(-1)
    painted = np.flatnonzero(projected.index < surfaces.paint)
    found = fragments(projected, painted, camera.width, camera.height)
    on_floor = flat_surface[found.pixel] == FLOOR
    flat_surface[found.pixel[on_floor]] = numbers[painted][found.quad_of_row][found.row[on_floor]]
    solid = np.flatnonzero(projected.index >= surfaces.paint)
    middle = (projected.window[solid, :2] + projected.window[solid, 2:]) / 2.0
    nearness = (
        np.einsum('ij,ij->i', projected.affine[solid, 4, :2], middle)
        + projected.affine[solid, 4, 2]
    )
    solid = solid[np.argsort(nearness)]
    found = fragments(projected, solid, camera.width, camera.height)
    _resolve(flat_surface, flat_inverse, found, numbers[solid])
    roundness = _fill_ellipsoids(surfaces, camera, camera_from_world, surface, inverse)
    return Visible(surface, inverse, roundness)
