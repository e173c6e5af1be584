# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures, depth, camera and transforms as any publisher may send them."""

from __future__ import annotations

import array
import struct
from collections.abc import Iterator

import numpy as np
from geometry_msgs.msg import Quaternion, Transform, Vector3
from sensor_msgs.msg import CameraInfo, Image, RegionOfInterest

from fuzz.draw import Draw
from smolrgpt_ros.messages.conversions import (
    camera_from,
    colour_from,
    depth_from,
    mask_from,
    pose_from,
    view_of,
)
from smolrgpt_ros.scene.camera import CameraError
from smolrgpt_ros.scene.depth import DepthError
from smolrgpt_ros.scene.distortion import MODELS
from smolrgpt_ros.scene.image import KNOWN_ENCODINGS, ImageError

_ENCODINGS = (*KNOWN_ENCODINGS, 'yuv422', 'bayer_rggb8', '64FC1', '', 'RGB8', '\0', 'x' * 99)
_LARGEST = 2**32 - 1
_PIXEL = {
    'rgb8': (0, 1, 2), 'bgr8': (2, 1, 0), 'rgba8': (0, 1, 2), 'bgra8': (2, 1, 0), 'mono8': (0,) * 3,
    '8UC1': (0,) * 3, '8UC3': (2, 1, 0), '8UC4': (2, 1, 0),
}  # fmt: skip


def seeds() -> Iterator[bytes]:
    """A small picture in every encoding, and a camera."""
    for place in range(len(_ENCODINGS)):
        yield bytes((0, place, 0, 3, 0, 2, 1, 0, 0)) + bytes(range(96))
    yield bytes((1,)) + bytes(200)


def check(data: bytes) -> None:
    """Convert; a refusal is typed, and what converts shows the bytes that were sent."""
    draw = Draw(data)
    if draw.chance():
        _check_camera(draw)
        _check_transform(draw)
        return
    message = _image(draw)
    try:
        colour = colour_from(message)
    except ImageError as error:
        assert str(error)
    else:
        assert colour.dtype == np.uint8
        assert colour.shape == (message.height, message.width, 3)
        _check_pixel(message, colour)
    try:
        depth_m = depth_from(message).metres()
    except (ImageError, DepthError) as error:
        assert str(error)
    else:
        assert depth_m.shape == (message.height, message.width)
        measured = depth_m[~np.isnan(depth_m)]
        assert (measured > 0.0).all()
        assert np.isfinite(measured).all()
    try:
        mask = mask_from(message, (3, 2) if draw.chance() else (message.width, message.height))
    except ImageError as error:
        assert str(error)
    else:
        assert mask.dtype.kind == 'u'


def _image(draw: Draw) -> Image:
    message = Image()
    message.encoding = draw.choose(_ENCODINGS)
    message.width, message.height = _size(draw), _size(draw)
    fits = draw.number(0, 2)
    message.is_bigendian = draw.choose((0, 1, 255))
    padding = draw.number(0, 7)
    if fits == 1:
        message.step = min(message.width * 4 + padding, _LARGEST)
    elif fits == 2:
        message.step = min(max(0, draw.integer()), _LARGEST)
    else:
        message.step = min(message.width + padding, _LARGEST)
    content = draw.rest()
    message.data = array.array('B', content * draw.choose((1, 1, 3)))
    return message


def _size(draw: Draw) -> int:
    if draw.chance():
        return min(max(0, draw.integer()), _LARGEST)
    return draw.number(0, 12)


def _check_pixel(message: Image, colour: np.ndarray) -> None:
    """The last pixel, from the bytes themselves."""
    order = _PIXEL.get(message.encoding)
    if order is None:
        return
    pixel_bytes = view_of(message).strides[1]
    start = (message.height - 1) * message.step + (message.width - 1) * pixel_bytes
    sent = [message.data[start + place] for place in order]
    assert colour[-1, -1].tolist() == sent


def _check_camera(draw: Draw) -> None:
    info = CameraInfo()
    info.width, info.height = _size(draw), _size(draw)
    info.distortion_model = draw.choose((*MODELS, '', 'x'))
    info.k = [draw.real() for _ in range(9)]
    info.p = [draw.real() for _ in range(12)]
    info.d = [draw.real() for _ in range(draw.number(0, 14))]
    info.binning_x, info.binning_y = _size(draw), _size(draw)
    offset_x, offset_y, width, height = (_size(draw) for _ in range(4))
    info.roi = RegionOfInterest(x_offset=offset_x, y_offset=offset_y, width=width, height=height)
    size_px = (info.width, info.height) if draw.chance() else None
    try:
        camera = camera_from(info, rectified=draw.chance(), picture_size_px=size_px)
    except CameraError as error:
        assert str(error)
        return
    assert camera.width > 0, camera
    assert camera.height > 0, camera
    assert all(np.isfinite((camera.fx, camera.fy, camera.cx, camera.cy))), camera
    assert camera.fx > 0.0, camera
    with np.errstate(all='ignore'):
        x, y = camera.rays((0, 0, min(camera.width, 4), min(camera.height, 4)))
        assert not np.isinf(x).any(), camera
        assert not np.isinf(y).any(), camera


def _check_transform(draw: Draw) -> None:
    x, y, z = (draw.real() for _ in range(3))
    qx, qy, qz, qw = (draw.real() for _ in range(4))
    transform = Transform(
        translation=Vector3(x=x, y=y, z=z), rotation=Quaternion(x=qx, y=qy, z=qz, w=qw)
    )
    try:
        pose = pose_from(transform)
    except ValueError as error:
        assert str(error)
        return
    rotation = pose.rotation
    assert np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-6), (qx, qy, qz, qw)
    assert struct.pack('<3d', x, y, z) == struct.pack('<3d', *pose.translation)
