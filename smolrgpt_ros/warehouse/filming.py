# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A synthetic warehouse filmed: frames rendered once, to be shown over and over."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.warehouse.noise import noisy_detections, with_noise
from smolrgpt_ros.warehouse.render import Frame, depth_millimetres, detections, render
from smolrgpt_ros.warehouse.synthesis import asked_frame

OPTICAL_FRAME = 'camera_color_optical_frame'
MAP_FRAME, BASE_FRAME = 'map', 'base_link'


@dataclass(frozen=True)
class Film:
    """What is filmed.

    Attributes:
        viewpoint: 'high' or 'robot'.
        noise: whether depth and boxes are those of a stereo camera and a detector.
        drive_m: how far the camera drives ahead and back, 0 to stand.
        length: number of frames rendered; they are shown forwards and backwards in turn.
    """

    seed: int = 1
    number: int = 0
    viewpoint: str = 'robot'
    noise: bool = False
    size_px: tuple[int, int] = (1280, 720)
    drive_m: float = 0.0
    length: int = 8


@dataclass(frozen=True, eq=False)
class View:
    """One frame, as a camera and a detector give it.

    Attributes:
        colour: RGB uint8 (H, W, 3).
        depth_mm: uint16 (H, W), 0 for no measurement.
        mask: uint16 (H, W); value k is the detection at position k - 1, 0 none.
        map_from_base: pose of base_link, on the floor below the camera.
    """

    colour: np.ndarray
    depth_mm: np.ndarray
    camera: Camera
    regions: tuple[Region, ...]
    mask: np.ndarray
    map_from_base: Pose


def views_of(plan: Film) -> tuple[tuple[View, ...], Pose]:
    """The frames of a plan, and ``base_from_camera``, which stays the same."""
    first = asked_frame(
        plan.seed, plan.number, size_px=plan.size_px, viewpoint=plan.viewpoint
    ).frame
    map_from_base = base_pose(first.world_from_camera)
    base_from_camera = compose(map_from_base.inverse(), first.world_from_camera)
    rng = np.random.default_rng([plan.seed, plan.number, 7])
    views: list[View] = []
    for offset_m in _offsets_m(plan):
        step = Pose(
            map_from_base.rotation,
            map_from_base.translation + offset_m * map_from_base.rotation[:, 0],
        )
        try:
            frame = (
                first
                if not offset_m
                else render(first.world, first.camera, compose(step, base_from_camera))
            )
        except ValueError:
            # The wall of the hall ends the drive.
            break
        views.append(_view(frame, step, rng if plan.noise else None))
    return tuple(views), base_from_camera


def base_pose(map_from_camera: Pose) -> Pose:
    """Where base_link stands: on the floor below the camera, heading where the camera looks."""
    forward = map_from_camera.rotation[:, 2]
    heading = math.atan2(forward[1], forward[0])
    c, s = math.cos(heading), math.sin(heading)
    x, y, _ = map_from_camera.translation
    return Pose(np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]), np.array([x, y, 0.0]))


def compose(first: Pose, second: Pose) -> Pose:
    """``a_from_b`` and ``b_from_c`` give ``a_from_c``."""
    return Pose(first.rotation @ second.rotation, first.apply(second.translation))


def mask_pixels(regions: tuple[Region, ...], size_px: tuple[int, int]) -> np.ndarray:
    """(H, W) uint16: position of the detection plus one, 0 for none."""
    pixels = np.zeros((size_px[1], size_px[0]), np.uint16)
    for position, region in enumerate(regions):
        if region.mask is not None:
            pixels[region.mask] = position + 1
    return pixels


def _offsets_m(plan: Film) -> list[float]:
    if plan.drive_m:
        return [float(offset) for offset in np.linspace(0.0, plan.drive_m, max(plan.length, 2))]
    # A sensor's noise changes from frame to frame even where nothing moves.
    return [0.0] * (plan.length if plan.noise else 1)


def _view(frame: Frame, map_from_base: Pose, rng: np.random.Generator | None) -> View:
    seen = frame if rng is None else with_noise(frame, rng)
    regions = detections(frame) if rng is None else noisy_detections(frame, rng)
    size_px = (frame.camera.width, frame.camera.height)
    return View(
        seen.colour,
        depth_millimetres(seen.depth_m),
        frame.camera,
        regions,
        mask_pixels(regions, size_px),
        map_from_base,
    )
