# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An answer as RViz shows it, and as detections in three dimensions."""

from __future__ import annotations

import numpy as np
from geometry_msgs.msg import Point, Pose, Quaternion, Vector3
from std_msgs.msg import ColorRGBA, Header
from tf_transformations import quaternion_from_matrix
from vision_msgs.msg import BoundingBox3D, Detection3D, Detection3DArray, ObjectHypothesisWithPose
from visualization_msgs.msg import Marker, MarkerArray

from smolrgpt_ros.messages.placed import PlacedObject
from smolrgpt_ros.ros.answering import Answered

_ANSWER_COLOUR = ColorRGBA(r=0.1, g=0.8, b=0.3, a=0.5)
_OTHER_COLOUR = ColorRGBA(r=0.2, g=0.5, b=1.0, a=0.4)
_TEXT_COLOUR = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0)
_TEXT_HEIGHT_M = 0.25


def detections_3d(answered: Answered) -> Detection3DArray:
    """What the answer refers to, as oriented boxes.

    Objects that could not be measured are left out.
    """
    header = answered.message.header
    return Detection3DArray(
        header=header,
        detections=[_detection(header, thing) for thing in answered.placed if thing.is_measured],
    )


def markers(answered: Answered) -> MarkerArray:
    """Boxes, ids and the answer's text; what stood there before is removed."""
    header = answered.message.header
    array = MarkerArray(markers=[Marker(header=header, action=Marker.DELETEALL)])
    measured = [thing for thing in answered.placed if thing.is_measured]
    for number, thing in enumerate(measured):
        box = Marker(header=header, ns='objects', id=number, type=Marker.CUBE, action=Marker.ADD)
        box.pose = pose_of(thing)
        box.scale = Vector3(
            **{axis: max(float(size), 0.01) for axis, size in zip('xyz', thing.size, strict=True)}
        )
        box.color = _ANSWER_COLOUR if number == 0 else _OTHER_COLOUR
        array.markers += [box, _label(header, 'ids', number, thing, thing.region.id)]
    if measured:
        array.markers.append(
            _label(
                header, 'answer', 0, measured[0], answered.message.text, raised_m=2 * _TEXT_HEIGHT_M
            )
        )
    return array


def pose_of(thing: PlacedObject) -> Pose:
    """Centre and orientation of an object's box."""
    matrix = np.eye(4)
    matrix[:3, :3] = thing.rotation
    x, y, z, w = (float(value) for value in quaternion_from_matrix(matrix))
    return Pose(position=_point(thing.position), orientation=Quaternion(x=x, y=y, z=z, w=w))


def _detection(header: Header, thing: PlacedObject) -> Detection3D:
    result = ObjectHypothesisWithPose()
    result.hypothesis.class_id = thing.region.class_id
    result.hypothesis.score = float(thing.region.score)
    result.pose.pose = pose_of(thing)
    for axis in range(3):
        result.pose.covariance[7 * axis] = float(thing.stddev[axis] ** 2)
    size = Vector3(x=float(thing.size[0]), y=float(thing.size[1]), z=float(thing.size[2]))
    return Detection3D(
        header=header,
        results=[result],
        bbox=BoundingBox3D(center=pose_of(thing), size=size),
        id=thing.region.id,
    )


def _label(
    header: Header,
    namespace: str,
    number: int,
    thing: PlacedObject,
    text: str,
    *,
    raised_m: float = 0.0,
) -> Marker:
    label = Marker(
        header=header, ns=namespace, id=number, type=Marker.TEXT_VIEW_FACING, action=Marker.ADD
    )
    # Above the box along its own up axis, which is right in the camera's frame as well as in the
    # map's.
    above = thing.position + thing.rotation[:, 2] * (
        thing.size[2] / 2.0 + _TEXT_HEIGHT_M + raised_m
    )
    label.pose.position = _point(above)
    label.scale.z = _TEXT_HEIGHT_M
    label.color = _TEXT_COLOUR
    label.text = text
    return label


def _point(vector: np.ndarray) -> Point:
    return Point(x=float(vector[0]), y=float(vector[1]), z=float(vector[2]))
