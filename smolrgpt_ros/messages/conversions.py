# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Messages into the words of the scene: numpy views of their buffers, no copies."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthError, DepthImage, depth_from_view
from smolrgpt_ros.scene.image import ImageError, image_view, to_rgb
from smolrgpt_ros.scene.pose import Pose

_DEPTH_HEADER = struct.Struct('<4xff')
_MASK_ENCODINGS = ('mono8', 'mono16', '8UC1', '16UC1')


def view_of(message: Any) -> np.ndarray:
    """Read-only view (H, W) or (H, W, C) of a picture's pixels. Raises ImageError."""
    return image_view(
        message.data,
        height=message.height,
        width=message.width,
        encoding=message.encoding,
        step=message.step,
        big_endian=bool(message.is_bigendian),
    )


def colour_from(message: Any) -> np.ndarray:
    """RGB uint8 (H, W, 3) of a sensor_msgs/Image or CompressedImage. Raises ImageError."""
    if not hasattr(message, 'encoding'):
        return colour_from_file(message.data)
    return to_rgb(view_of(message), message.encoding)


def colour_from_file(data: Any) -> np.ndarray:
    """RGB uint8 (H, W, 3) of the bytes of a JPEG or PNG file. Raises ImageError."""
    return _pixels_of_file(bytes(data), ('JPEG', 'PNG'), 'a compressed picture', 'RGB')


def _pixels_of_file(
    content: bytes, formats: tuple[str, ...], what: str, mode: str = ''
) -> np.ndarray:
    """Pixels of a picture file, converted to a mode of Pillow where one is named."""
    try:
        with Pillow.open(io.BytesIO(content), formats=formats) as picture:
            return np.asarray(picture.convert(mode) if mode else picture)
    except UnidentifiedImageError as error:
        raise ImageError(
            f'{what} of {len(content)} bytes is no {" and no ".join(formats)}'
        ) from error
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError) as error:
        raise ImageError(f'{what} cannot be decoded: {error}') from error


def depth_from(message: Any) -> DepthImage:
    """Depth of a sensor_msgs/Image or CompressedImage, as it arrived.

    Raises ImageError or DepthError.
    """
    if not hasattr(message, 'encoding'):
        return _depth_from_file(bytes(message.data), message.format)
    return depth_from_view(view_of(message), message.encoding)


def _depth_from_file(content: bytes, form: str) -> DepthImage:
    """Depth of a 16-bit PNG, plain or as compressed_depth_image_transport writes it.

    That puts 12 bytes in front (a number, and A and B of the quantisation), and writes 32FC1 as
    inverse depth: ``depth = A / (pixel - B)``, 0 for no measurement.
    """
    encoding = form.partition(';')[0].strip() or '16UC1'
    scale, offset = 0.0, 0.0
    if 'compressedDepth' in form:
        if 'rvl' in form.lower():
            raise DepthError(f'depth in {form!r} is not read; expected PNG, or raw depth')
        if len(content) < _DEPTH_HEADER.size:
            raise DepthError(f'compressed depth has {len(content)} bytes, too few for its header')
        scale, offset = _DEPTH_HEADER.unpack_from(content)
        content = content[_DEPTH_HEADER.size :]
    pixels = _pixels_of_file(content, ('PNG',), 'compressed depth')
    if pixels.ndim != 2 or pixels.dtype != np.uint16:
        raise DepthError(
            f'compressed depth has pixels of {pixels.dtype} in the shape {pixels.shape}, expected '
            'one channel of 16 bits'
        )
    if encoding != '32FC1':
        return depth_from_view(pixels, encoding)
    with np.errstate(divide='ignore', invalid='ignore'):
        metres = np.float32(scale) / (pixels.astype(np.float32) - np.float32(offset))
    return depth_from_view(np.where(pixels > 0, metres, np.float32(np.nan)), '32FC1')


def mask_from(message: Any, size_px: tuple[int, int]) -> np.ndarray:
    """Mask values (H, W) of a picture of `size_px` (width, height). Raises ImageError."""
    if message.encoding not in _MASK_ENCODINGS:
        raise ImageError(
            f'the mask is in {message.encoding!r}; expected one of {", ".join(_MASK_ENCODINGS)}'
        )
    mask = view_of(message)
    if (message.width, message.height) != size_px:
        raise ImageError(
            f'the mask is {message.width}x{message.height}, the picture {size_px[0]}x{size_px[1]}; '
            'they must be of one size'
        )
    return mask


def camera_from(
    info: Any, *, rectified: bool, picture_size_px: tuple[int, int] | None = None
) -> Camera:
    """Camera model. Raises CameraError."""
    roi = info.roi
    return Camera.from_info(
        info.width,
        info.height,
        info.k,
        info.d,
        info.p,
        info.distortion_model,
        rectified=rectified,
        binning=(info.binning_x, info.binning_y),
        roi=(roi.x_offset, roi.y_offset, roi.width, roi.height),
        picture_size_px=picture_size_px,
    )


def pose_from(transform: Any) -> Pose:
    """``target_from_source`` of a geometry_msgs/Transform that tf2 gave for (target, source).

    Raises:
        ValueError: a rotation or translation that is no number.
    """
    q, t = transform.rotation, transform.translation
    translation = np.array([t.x, t.y, t.z])
    rotation = rotation_from_quaternion((q.x, q.y, q.z, q.w))
    if not np.isfinite(translation).all():
        raise ValueError(f'the translation is {translation.tolist()}, expected finite numbers')
    return Pose(rotation, translation)


def rotation_from_quaternion(quaternion_xyzw: Sequence[float]) -> np.ndarray:
    """Rotation matrix (3, 3) of a quaternion (x, y, z, w) of any length but zero.

    Raises ValueError.
    """
    x, y, z, w = (float(value) for value in quaternion_xyzw)
    squared = x * x + y * y + z * z + w * w
    if not (np.isfinite(squared) and squared > 1e-12):
        raise ValueError(f'the rotation {[x, y, z, w]} is no quaternion')
    s = 2.0 / squared
    return np.array(
        [
            [1 - s * (y * y + z * z), s * (x * y - z * w), s * (x * z + y * w)],
            [s * (x * y + z * w), 1 - s * (x * x + z * z), s * (y * z - x * w)],
            [s * (x * z - y * w), s * (y * z + x * w), 1 - s * (x * x + y * y)],
        ]
    )


def seconds_from(duration: Any) -> float:
    """Seconds of a builtin_interfaces/Duration."""
    return float(duration.sec + duration.nanosec * 1e-9)


def nanoseconds_from(time: Any) -> int:
    """Nanoseconds of a builtin_interfaces/Time."""
    return int(time.sec) * 1_000_000_000 + int(time.nanosec)
