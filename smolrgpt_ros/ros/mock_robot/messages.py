# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Poses of the robot and of what stands in its hall, as messages."""

from __future__ import annotations

import math
from collections.abc import Iterable

from geometry_msgs.msg import Pose as PoseMessage
from geometry_msgs.msg import PoseStamped, Quaternion, TransformStamped
from nav_msgs.msg import Odometry
from tf_transformations import quaternion_from_euler
from vision_msgs.msg import Detection3D, Detection3DArray, ObjectHypothesisWithPose

from smolrgpt_ros.ros.answer_messages import time_from
from smolrgpt_ros.ros.mock_robot.body import BASE_FROM_CAMERA, CAMERA_PITCH_DOWN, Stand
from smolrgpt_ros.warehouse.filming import OPTICAL_FRAME
from smolrgpt_ros.warehouse.world import Thing

MAP_FRAME, ODOM_FRAME, BASE_FRAME = 'map', 'odom', 'base_link'


def transforms(stand: Stand, stamp_ns: int) -> list[TransformStamped]:
    """Map -> odom -> base_link; localisation and odometry are perfect."""
    fixed = _transform(MAP_FRAME, ODOM_FRAME, stamp_ns)
    base = _transform(ODOM_FRAME, BASE_FRAME, stamp_ns)
    base.transform.translation.x, base.transform.translation.y = stand.x, stand.y
    base.transform.rotation = _turn(stand.yaw)
    return [fixed, base]


def camera_transform(stamp_ns: int) -> TransformStamped:
    """base_link -> the camera's optical frame, which never changes."""
    message = _transform(BASE_FRAME, OPTICAL_FRAME, stamp_ns)
    place = message.transform.translation
    place.x, place.y, place.z = (float(value) for value in BASE_FROM_CAMERA.translation)
    # REP 103: x right and y down in the picture, then down by the camera's pitch.
    x, y, z, w = quaternion_from_euler(-math.pi / 2.0 - CAMERA_PITCH_DOWN, 0.0, -math.pi / 2.0)
    message.transform.rotation = Quaternion(x=float(x), y=float(y), z=float(z), w=float(w))
    return message


def _transform(parent: str, child: str, stamp_ns: int) -> TransformStamped:
    message = TransformStamped(child_frame_id=child)
    message.header.frame_id = parent
    message.header.stamp = time_from(stamp_ns)
    return message


def _turn(yaw: float) -> Quaternion:
    return Quaternion(z=math.sin(yaw / 2.0), w=math.cos(yaw / 2.0))


def stamped_pose(stand: Stand, stamp_ns: int) -> PoseStamped:
    """Where the base stands, in the map."""
    message = PoseStamped()
    message.header.frame_id = MAP_FRAME
    message.header.stamp = time_from(stamp_ns)
    message.pose = _pose(stand.x, stand.y, 0.0, stand.yaw)
    return message


def _pose(x: float, y: float, z: float, yaw: float) -> PoseMessage:
    pose = PoseMessage(orientation=_turn(yaw))
    pose.position.x, pose.position.y, pose.position.z = float(x), float(y), float(z)
    return pose


def odometry(stand: Stand, stamp_ns: int) -> Odometry:
    """Where the base stands, as odometry tells it."""
    message = Odometry(child_frame_id=BASE_FRAME)
    message.header.frame_id = ODOM_FRAME
    message.header.stamp = time_from(stamp_ns)
    message.pose.pose = _pose(stand.x, stand.y, 0.0, stand.yaw)
    return message


def stand_from(pose: PoseMessage) -> Stand:
    """Place and heading of a pose. Raises ValueError where it is not one on a floor."""
    q, p = pose.orientation, pose.position
    values = (p.x, p.y, q.x, q.y, q.z, q.w)
    length = math.hypot(q.x, q.y, q.z, q.w)
    if not all(math.isfinite(value) for value in values) or not 0.9 < length < 1.1:
        raise ValueError(f'({p.x}, {p.y}) m with orientation ({q.x}, {q.y}, {q.z}, {q.w})')
    yaw = math.atan2(2.0 * (q.w * q.z + q.x * q.y), 1.0 - 2.0 * (q.y * q.y + q.z * q.z))
    return Stand(p.x, p.y, yaw)


def truth_message(things: Iterable[Thing], stamp_ns: int) -> Detection3DArray:
    """True boxes of all things with an id, in the map."""
    message = Detection3DArray()
    message.header.frame_id = MAP_FRAME
    message.header.stamp = time_from(stamp_ns)
    for thing in things:
        if not thing.id:
            continue
        detection = Detection3D(header=message.header, id=thing.id)
        detection.bbox.center = _pose(*thing.centre, thing.yaw)
        size = detection.bbox.size
        size.x, size.y, size.z = (float(value) for value in thing.size)
        result = ObjectHypothesisWithPose()
        result.hypothesis.class_id, result.hypothesis.score = thing.class_id, 1.0
        detection.results = [result]
        message.detections.append(detection)
    return message
