# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How much of each thing a picture shows, compared with its whole outline."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.warehouse.render import Frame
from smolrgpt_ros.warehouse.visibility import (
    fragments,
    project_ellipsoids,
    project_quads,
    round_discriminant,
)

_WIDTH_PX = 240


@dataclass(frozen=True)
class Coverage:
    """Shares in [0, 1] of a thing's whole outline (through everything, past the picture's border).

    Attributes:
        visible: what the picture shows.
        inside: what lies inside of the picture, hidden or not.
    """

    visible: float
    inside: float


def coverage(frame: Frame, of: Collection[int] | None = None) -> list[Coverage]:
    """For each thing of the frame's world, in order; zeros for what is out of sight.

    Args:
        of: indices of the things that are wanted; the others get zeros. None: all.
    """
    camera = _small(frame.camera)
    margin = camera.width // 2
    surfaces, camera_from_world = frame.world.surfaces, frame.world_from_camera.inverse()
    count = len(frame.world.things)
    wanted = np.ones(count, bool)
    if of is not None:
        wanted[:] = False
        wanted[list(of)] = True
    quads = np.flatnonzero(wanted[surfaces.owner[: len(surfaces.quads)]])
    projected = project_quads(
        surfaces.quads[quads], surfaces.normals[quads], camera, camera_from_world, margin
    )
    owners = surfaces.owner[quads[projected.index]]
    order = np.argsort(owners, kind='stable')
    found = fragments(projected, order, camera.width, camera.height, margin)
    pixels: list[list[np.ndarray]] = [[] for _ in range(count)]
    bounds = np.searchsorted(owners[order][found.quad_of_row][found.row], np.arange(count + 1))
    for index in range(count):
        pixels[index].append(found.pixel[bounds[index] : bounds[index + 1]])
    stride = camera.width + 2 * margin
    parts_seen = project_ellipsoids(surfaces, camera, camera_from_world, margin)
    for number, (x0, y0, _, _) in enumerate(parts_seen.window):
        owner = surfaces.owner[len(surfaces.quads) + parts_seen.index[number]]
        if not wanted[owner]:
            continue
        rows, columns = np.nonzero(round_discriminant(parts_seen, number, camera)[0] > 0.0)
        pixels[owner].append((rows + y0 + margin) * stride + columns + x0 + margin)
    scale = camera.width * camera.height / (frame.camera.width * frame.camera.height)
    canvas = np.zeros((camera.height + 2 * margin) * stride, bool)
    return [
        _shares(np.concatenate(parts), canvas, margin, camera, frame.areas_px[index] * scale)
        for index, parts in enumerate(pixels)
    ]


def _small(camera: Camera) -> Camera:
    """Return the same view in fewer pixels; sample centres stay in place."""
    shrink = min(1.0, _WIDTH_PX / camera.width)
    return Camera(
        round(camera.width * shrink),
        round(camera.height * shrink),
        camera.fx * shrink,
        camera.fy * shrink,
        (camera.cx + 0.5) * shrink - 0.5,
        (camera.cy + 0.5) * shrink - 0.5,
    )


def _shares(
    pixels: np.ndarray, canvas: np.ndarray, margin: int, camera: Camera, visible_px: float
) -> Coverage:
    """`canvas` is all False before and after."""
    if not pixels.size:
        return Coverage(0.0, 0.0)
    canvas[pixels] = True
    whole = np.count_nonzero(canvas)
    picture = canvas.reshape(-1, camera.width + 2 * margin)[
        margin : margin + camera.height, margin : margin + camera.width
    ]
    within = np.count_nonzero(picture)
    canvas[pixels] = False
    return Coverage(float(min(visible_px / whole, 1.0)), float(within / whole))
