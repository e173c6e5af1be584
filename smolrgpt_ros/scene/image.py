# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures as numpy views of a message's buffer: exact, without a copy."""

from __future__ import annotations

from typing import Any

import numpy as np

# Encoding: (channels, numpy type code of one channel); sensor_msgs/image_encodings.hpp.
_LAYOUTS: dict[str, tuple[int, str]] = {
    'rgb8': (3, 'u1'),
    'bgr8': (3, 'u1'),
    'rgba8': (4, 'u1'),
    'bgra8': (4, 'u1'),
    'mono8': (1, 'u1'),
    '8UC1': (1, 'u1'),
    '8UC3': (3, 'u1'),
    '8UC4': (4, 'u1'),
    'rgb16': (3, 'u2'),
    'bgr16': (3, 'u2'),
    'mono16': (1, 'u2'),
    '16UC1': (1, 'u2'),
    '32FC1': (1, 'f4'),
}
KNOWN_ENCODINGS = tuple(_LAYOUTS)
# OpenCV's channel order for the encodings that leave it open (8UC3, 8UC4).
_BLUE_FIRST = frozenset({'bgr8', 'bgra8', 'bgr16', '8UC3', '8UC4'})


class ImageError(ValueError):
    """A picture that cannot be decoded exactly; the message says what is wrong with it."""


def image_view(
    data: Any, *, height: int, width: int, encoding: str, step: int, big_endian: bool = False
) -> np.ndarray:
    """View of a buffer as (H, W) or (H, W, C) pixels, read-only, in the message's own byte order.

    Args:
        data: bytes, array.array, memoryview or any other contiguous buffer.
        step: bytes from one row's start to the next; need not be a multiple of the pixel size.

    Raises:
        ImageError: unknown encoding, zero size, a step smaller than a row, too few bytes.
    """
    if encoding not in _LAYOUTS:
        raise ImageError(f'unknown encoding {encoding!r}; known are {", ".join(KNOWN_ENCODINGS)}')
    if height <= 0 or width <= 0:
        raise ImageError(f'the picture has the size {width}x{height}, expected at least one pixel')
    channels, code = _LAYOUTS[encoding]
    dtype = np.dtype(('>' if big_endian else '<') + code)
    pixel_bytes = channels * dtype.itemsize
    if step < width * pixel_bytes:
        raise ImageError(
            f'step is {step} bytes, but a row of {width} pixels in {encoding} needs '
            f'{width * pixel_bytes}'
        )
    buffer = memoryview(data)
    needed = (height - 1) * step + width * pixel_bytes
    if buffer.nbytes < needed:
        raise ImageError(
            f'the picture is truncated: it has {buffer.nbytes} bytes, {width}x{height} '
            f'pixels in {encoding} '
            f'with a step of {step} need {needed}'
        )
    shape = (height, width) if channels == 1 else (height, width, channels)
    strides = (step, pixel_bytes) if channels == 1 else (step, pixel_bytes, dtype.itemsize)
    view: np.ndarray = np.ndarray(shape, dtype, buffer, 0, strides)
    view.flags.writeable = False
    return view


def to_rgb(view: np.ndarray, encoding: str) -> np.ndarray:
    """RGB uint8 (H, W, 3) of an `image_view`; a view wherever the pixels already are 8 bit.

    Raises:
        ImageError: depth encodings (16UC1, 32FC1) and unknown ones have no colour.
    """
    if encoding in ('16UC1', '32FC1') or encoding not in _LAYOUTS:
        raise ImageError(
            f'a picture in {encoding!r} has no colour; expected rgb8, bgr8, rgba8, bgra8 or mono8'
        )
    if view.dtype.itemsize == 2:
        view = (view >> 8).astype(np.uint8)
    if view.ndim == 2:
        return np.broadcast_to(view[:, :, None], (*view.shape, 3))
    colour = view[:, :, :3]
    return colour[:, :, ::-1] if encoding in _BLUE_FIRST else colour
