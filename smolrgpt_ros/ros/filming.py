# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A synthetic warehouse filmed: frames rendered once, as messages that only lack their stamp."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from sensor_msgs.msg import CameraInfo, Image
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from smolrgpt_ros.ros.publishing import image_message
from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.warehouse.noise import noisy_detections, with_noise
from smolrgpt_ros.warehouse.render import Frame, depth_millimetres, detections, render
from smolrgpt_ros.warehouse.synthesis import asked_frame

OPTICAL_FRAME = 'camera_color_optical_frame'


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
class Shot:
    """One frame as messages.

    Attributes:
        mask: mono16; value k is the detection at position k - 1.
        map_from_base: pose of base_link, on the floor below the camera.
    """

    image: Image
    depth: Image
    camera_info: CameraInfo
    detections: Detection2DArray
    mask: Image
    map_from_base: Pose


def film(plan: Film) -> tuple[tuple[Shot, ...], Pose]:
    """The frames of a plan, and ``base_from_camera``, which stays the same."""
    first = asked_frame(
        plan.seed, plan.number, size_px=plan.size_px, viewpoint=plan.viewpoint
    ).frame
    map_from_base = base_pose(first.world_from_camera)
    base_from_camera = compose(map_from_base.inverse(), first.world_from_camera)
    rng = np.random.default_rng([plan.seed, plan.number, 7])
    shots: list[Shot] = []
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
        shots.append(_shot(frame, step, rng if plan.noise else None))
    return tuple(shots), base_from_camera


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


def camera_info_message(camera: Camera, frame_id: str = OPTICAL_FRAME) -> CameraInfo:
    """CameraInfo of a rectified camera."""
    info = CameraInfo(
        width=camera.width, height=camera.height, distortion_model='plumb_bob', d=[0.0] * 5
    )
    info.header.frame_id = frame_id
    info.k = [camera.fx, 0.0, camera.cx, 0.0, camera.fy, camera.cy, 0.0, 0.0, 1.0]
    info.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    info.p = [camera.fx, 0.0, camera.cx, 0.0, 0.0, camera.fy, camera.cy, 0.0, 0.0, 0.0, 1.0, 0.0]
    return info


def detections_message(
    regions: tuple[Region, ...], frame_id: str = OPTICAL_FRAME
) -> Detection2DArray:
    """Detections as a detector publishes them."""
    array = Detection2DArray()
    array.header.frame_id = frame_id
    for region in regions:
        x0, y0, x1, y1 = region.box_px
        detection = Detection2D(id=region.id)
        detection.header.frame_id = frame_id
        detection.bbox.center.position.x = (x0 + x1) / 2.0
        detection.bbox.center.position.y = (y0 + y1) / 2.0
        detection.bbox.size_x, detection.bbox.size_y = x1 - x0, y1 - y0
        result = ObjectHypothesisWithPose()
        result.hypothesis.class_id, result.hypothesis.score = region.class_id, region.score
        detection.results = [result]
        array.detections.append(detection)
    return array


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


def _shot(frame: Frame, map_from_base: Pose, rng: np.random.Generator | None) -> Shot:
    seen = frame if rng is None else with_noise(frame, rng)
    regions = detections(frame) if rng is None else noisy_detections(frame, rng)
    size_px = (frame.camera.width, frame.camera.height)
    return Shot(
        image_message(seen.colour, 0, OPTICAL_FRAME),
        image_message(depth_millimetres(seen.depth_m), 0, OPTICAL_FRAME, '16UC1'),
        camera_info_message(frame.camera),
        detections_message(regions),
        image_message(mask_pixels(regions, size_px), 0, OPTICAL_FRAME, 'mono16'),
        map_from_base,
    )
