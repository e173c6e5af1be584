# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures and depth of sensor_msgs/CompressedImage, whoever deserialised it."""

from __future__ import annotations

import io
import struct
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from smolrgpt_ros.messages.conversions import colour_from, depth_from
from smolrgpt_ros.scene.depth import DepthError
from smolrgpt_ros.scene.image import ImageError

COLOUR = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
NOISE = np.random.default_rng(0).integers(0, 65536, (40, 60), np.uint16)
DEPTH_MM = np.array([[0, 1000, 2500], [65535, 1, 42]], np.uint16)


def file_of(pixels: np.ndarray, form: str = 'PNG', **options) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, form, **options)
    return stream.getvalue()


def message(data: bytes, form: str) -> SimpleNamespace:
    return SimpleNamespace(data=data, format=form)


def test_png_is_exact():
    found = colour_from(message(file_of(COLOUR), 'rgb8; png compressed bgr8'))
    np.testing.assert_array_equal(found, COLOUR)


def test_jpeg_of_a_flat_picture_keeps_its_colour_and_order():
    flat = np.full((16, 16, 3), (200, 100, 20), np.uint8)
    found = colour_from(message(file_of(flat, 'JPEG', quality=95), 'rgb8; jpeg compressed bgr8'))
    assert np.abs(found.astype(int) - flat).max() <= 3


def test_grey_becomes_rgb():
    found = colour_from(message(file_of(COLOUR[..., 0]), 'mono8; png compressed '))
    np.testing.assert_array_equal(found, np.repeat(COLOUR[..., :1], 3, axis=2))


@pytest.mark.parametrize(
    ('form', 'front'),
    [
        ('16UC1; png compressed ', b''),
        ('16UC1; compressedDepth png', struct.pack('<iff', 0, 0.0, 0.0)),
        ('16UC1; compressedDepth', struct.pack('<iff', 0, 0.0, 0.0)),
    ],
)
def test_depth_in_millimetres(form: str, front: bytes):
    depth = depth_from(message(front + file_of(DEPTH_MM), form))
    expected = np.where(DEPTH_MM == 0, np.nan, DEPTH_MM / np.float32(1000)).astype(np.float32)
    np.testing.assert_allclose(depth.metres(), expected, rtol=1e-6)


def test_depth_in_metres_is_written_as_its_inverse():
    # As compressed_depth_image_transport writes it, with its usual depth_quantization of 100 and a
    # depth_max of 10 m.
    scale = 100.0 * 101.0
    offset = 1.0 - scale / 10.0
    metres = np.array([[0.5, 1.0], [3.0, np.nan]], np.float32)
    pixels = np.where(np.isnan(metres), 0, scale / metres + offset).astype(np.uint16)
    content = struct.pack('<iff', 0, scale, offset) + file_of(pixels)
    depth = depth_from(message(content, '32FC1; compressedDepth png'))
    np.testing.assert_allclose(depth.metres(), metres, rtol=2e-3)


@pytest.mark.parametrize(
    ('data', 'form', 'words'),
    [
        pytest.param(b'', '16UC1; png compressed ', 'no PNG', id='nothing'),
        pytest.param(b'123', '16UC1; compressedDepth png', 'too few', id='no header'),
        pytest.param(bytes(12) + b'no', '16UC1; compressedDepth png', 'no PNG', id='no PNG'),
        pytest.param(bytes(40), '16UC1; compressedDepth rvl', 'is not read', id='RVL'),
        pytest.param(file_of(COLOUR), '16UC1; png compressed ', 'one channel', id='colour'),
        pytest.param(file_of(NOISE)[:2000], '16UC1; png', 'cannot be decoded', id='cut off'),
    ],
)
def test_what_is_no_depth_says_why(data: bytes, form: str, words: str):
    with pytest.raises((DepthError, ImageError), match=words):
        depth_from(message(data, form))


@pytest.mark.parametrize('data', [b'', b'GIF89a' + bytes(20), file_of(NOISE)[:2000]])
def test_what_is_no_picture_says_why(data: bytes):
    with pytest.raises(ImageError):
        colour_from(message(data, 'jpeg'))
