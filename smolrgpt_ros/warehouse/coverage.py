# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How much of each thing a picture shows, compared with its whole outline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.warehouse.render import Frame
from smolrgpt_ros.warehouse.visibility import ellipsoid_hits, ellipsoid_window, inside_quad, project_quads

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


def coverage(frame: Frame) -> list[Coverage]:
    """For each thing of the frame's world, in order; zeros for what is out of sight."""
    camera = _small(frame.camera)
    margin = camera.width // 2
    surfaces, camera_from_world = frame.world.surfaces, frame.world_from_camera.inverse()
    count = len(frame.world.things)
    outlines: list[list[tuple[tuple[int, int, int, int], np.ndarray]]] = [[] for _ in range(count)]
    projected = project_quads(surfaces.quads, surfaces.normals, camera, camera_from_world, margin)
    for quad, affine, window in zip(projected.index, projected.affine, projected.window):
        outlines[surfaces.owner[quad]].append((tuple(window), inside_quad(affine, window)[0]))
    centres = camera_from_world.apply(surfaces.ellipsoid_centres)
    for number, centre in enumerate(centres):
        to_unit = surfaces.ellipsoid_matrices[number] @ camera_from_world.rotation.T
        window = ellipsoid_window(centre, to_unit, camera, margin)
        if window is not None:
            owner = surfaces.owner[len(surfaces.quads) + number]
            outlines[owner].append((window, ellipsoid_hits(centre, to_unit, camera, window)))
    scale = camera.width * camera.height / (frame.camera.width * frame.camera.height)
    return [_shares(parts, margin, camera, frame.areas_px[index] * scale) for index, parts in enumerate(outlines)]


def _small(camera: Camera) -> Camera:
    """The same view in fewer pixels; sample centres stay in place."""
    shrink = min(1.0, _WIDTH_PX / camera.width)
    return Camera(round(camera.width * shrink), round(camera.height * shrink), camera.fx * shrink, camera.fy * shrink,
                  (camera.cx + 0.5) * shrink - 0.5, (camera.cy + 0.5) * shrink - 0.5)


def _shares(parts, margin: int, camera: Camera, visible_px: float) -> Coverage:
    if not parts:
        return Coverage(0.0, 0.0)
    windows = np.array([window for window, _ in parts])
    (x0, y0), (x1, y1) = windows[:, :2].min(axis=0), windows[:, 2:].max(axis=0)
    outline = np.zeros((y1 - y0, x1 - x0), bool)
    for (a, b, c, d), inside in parts:
        outline[b - y0:d - y0, a - x0:c - x0] |= inside
    whole = int(outline.sum())
    if not whole:
        return Coverage(0.0, 0.0)
    within = outline[max(-y0, 0):max(camera.height - y0, 0), max(-x0, 0):max(camera.width - x0, 0)].sum()
    return Coverage(float(min(visible_px / whole, 1.0)), float(within / whole))
