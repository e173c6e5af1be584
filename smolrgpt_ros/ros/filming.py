# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A filmed warehouse as messages that only lack their stamp."""

from __future__ import annotations

from dataclasses import dataclass

from sensor_msgs.msg import CameraInfo, Image
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from smolrgpt_ros.ros.publishing import image_message
from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.warehouse.filming import OPTICAL_FRAME, Film, View, views_of


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
    views, base_from_camera = views_of(plan)
    return tuple(_shot(view) for view in views), base_from_camera


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


def _shot(view: View) -> Shot:
    return Shot(
        image_message(view.colour, 0, OPTICAL_FRAME),
        image_message(view.depth_mm, 0, OPTICAL_FRAME, '16UC1'),
        camera_info_message(view.camera),
        detections_message(view.regions),
        image_message(view.mask, 0, OPTICAL_FRAME, 'mono16'),
        view.map_from_base,
    )
