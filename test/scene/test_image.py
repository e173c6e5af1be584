# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures of every encoding, byte order and step, decoded to exactly the pixels that went in."""

from __future__ import annotations

import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smolrgpt_ros.scene.image import KNOWN_ENCODINGS, ImageError, image_view, to_rgb

TYPES = {
    'rgb8': ('u1', 3), 'bgr8': ('u1', 3), 'rgba8': ('u1', 4), 'bgra8': ('u1', 4), 'mono8': ('u1',
    1),
    '8UC1': ('u1', 1), '8UC3': ('u1', 3), '8UC4': ('u1', 4), 'rgb16': ('u2', 3), 'bgr16': ('u2', 3),
    'mono16': ('u2', 1), '16UC1': ('u2', 1), '32FC1': ('f4', 1),
}  # fmt: skip


def packed(pixels: np.ndarray, padding: int, big_endian: bool) -> tuple[bytes, int]:
    """Bytes and step of pixels (H, W, C) with that many bytes after each row."""
    ordered = pixels.astype(pixels.dtype.newbyteorder('>' if big_endian else '<'))
    rows = [row.tobytes() + b'\xa5' * padding for row in ordered]
    return b''.join(rows), len(rows[0])


def test_every_encoding_of_the_table_is_tested():
    assert set(TYPES) == set(KNOWN_ENCODINGS)


@settings(max_examples=120, deadline=None)
@given(
    encoding=st.sampled_from(sorted(TYPES)),
    height=st.integers(1, 9),
    width=st.integers(1, 9),
    padding=st.integers(0, 7),
    big_endian=st.booleans(),
    seed=st.integers(0, 999),
)
def test_pixels_come_out_as_they_went_in(encoding, height, width, padding, big_endian, seed):
    code, channels = TYPES[encoding]
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 250 if code == 'u1' else 60000, (height, width, channels)).astype(
        code
    )
    data, step = packed(pixels, padding, big_endian)
    view = image_view(
        data, height=height, width=width, encoding=encoding, step=step, big_endian=big_endian
    )
    assert np.array_equal(view.reshape(height, width, channels), pixels)


@pytest.mark.parametrize('wrap', [bytes, bytearray, memoryview, lambda data: array.array('B',
data)],
                         ids=['bytes', 'bytearray', 'memoryview', 'array'])  # fmt: skip
def test_views_share_the_buffer_and_cannot_write_to_it(wrap):
    buffer = wrap(bytes(range(24)))
    view = image_view(buffer, height=2, width=4, encoding='rgb8', step=12)
    assert np.shares_memory(view, np.frombuffer(buffer, np.uint8))
    with pytest.raises(ValueError, match='read-only'):
        view[0, 0] = 1


def test_the_last_rows_padding_may_be_missing():
    view = image_view(bytes(10 + 6), height=2, width=2, encoding='rgb8', step=10)
    assert view.shape == (2, 2, 3)


@pytest.mark.parametrize(
    ('changes', 'words'),
    [
        pytest.param({'data': bytes(100)}, 'has 100 bytes.*need 480', id='truncated'),
        pytest.param({'data': b''}, 'has 0 bytes', id='empty'),
        pytest.param({'step': 30}, 'step is 30 bytes.*needs 48', id='step-too-small'),
        pytest.param({'step': 0}, 'step is 0', id='step-zero'),
        pytest.param(
            {'encoding': 'rgb9'}, "unknown encoding 'rgb9'.*known are rgb8", id='unknown-encoding'
        ),
        pytest.param({'encoding': ''}, "unknown encoding ''", id='no-encoding'),
        pytest.param({'width': 0}, '0x10', id='no-width'),
        pytest.param({'height': 0}, '16x0', id='no-height'),
    ],
)
def test_bad_pictures_are_refused_by_name(changes, words):
    good = {'data': bytes(480), 'height': 10, 'width': 16, 'encoding': 'rgb8', 'step': 48}
    with pytest.raises(ImageError, match=words):
        image_view(**{**good, **changes})


@pytest.mark.parametrize(
    ('encoding', 'pixel', 'rgb'),
    [
        ('rgb8', [1, 2, 3], [1, 2, 3]),
        ('bgr8', [3, 2, 1], [1, 2, 3]),
        ('rgba8', [1, 2, 3, 9], [1, 2, 3]),
        ('bgra8', [3, 2, 1, 9], [1, 2, 3]),
        ('8UC3', [3, 2, 1], [1, 2, 3]),
        ('mono8', [7], [7, 7, 7]),
        ('rgb16', [256, 512, 1023], [1, 2, 3]),
        ('mono16', [2048], [8, 8, 8]),
    ],
)
def test_colours_in_rgb_order(encoding, pixel, rgb):
    data, step = packed(np.array([[pixel]], dtype=TYPES[encoding][0]), 0, True)
    view = image_view(data, height=1, width=1, encoding=encoding, step=step, big_endian=True)
    colour = to_rgb(view, encoding)
    assert colour.dtype == np.uint8
    assert colour.shape == (1, 1, 3)
    assert colour[0, 0].tolist() == rgb


@pytest.mark.parametrize('encoding', ['16UC1', '32FC1', 'yuv422'])
def test_depth_has_no_colour(encoding):
    with pytest.raises(ImageError, match='no colour'):
        to_rgb(np.zeros((2, 2), np.uint16), encoding)
