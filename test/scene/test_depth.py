# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Depth of every encoding in metres, and depth of another camera in the colour camera's pixels."""

from __future__ import annotations

import numpy as np
import pytest

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthError, DepthImage, depth_from_view
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.registration import register

COLOUR = Camera(320, 240, 300.0, 300.0, 159.5, 119.5)


@pytest.mark.parametrize(
    ('encoding', 'dtype', 'raw'),
    [
        ('16UC1', '<u2', [1500, 0, 65535]),
        ('16UC1', '>u2', [1500, 0, 65535]),
        ('mono16', '<u2', [1500, 0, 65535]),
        ('32FC1', '<f4', [1.5, np.nan, 65.535]),
        ('32FC1', '>f4', [1.5, np.inf, 65.535]),
        ('32FC1', '<f4', [1.5, -1.0, 65.535]),
        ('32FC1', '<f4', [1.5, -np.inf, 65.535]),
    ],
)
def test_metres_by_encoding_and_nan_where_nothing_was_measured(encoding, dtype, raw):
    depth = depth_from_view(np.array([raw], dtype=dtype), encoding)
    assert depth.metres()[0] == pytest.approx([1.5, np.nan, 65.535], nan_ok=True)
    assert depth.metres().dtype == np.float32


@pytest.mark.parametrize('encoding', ['rgb8', '8UC1', '', '64FC1'])
def test_what_is_no_depth_is_refused(encoding):
    with pytest.raises(DepthError, match='16UC1'):
        depth_from_view(np.zeros((2, 2), np.uint16), encoding)


def test_crops_are_strided_parts_of_the_whole():
    depth = DepthImage(np.arange(1, 121, dtype=np.uint16).reshape(10, 12), 0.001)
    assert np.array_equal(depth.crop_m((2, 3, 11, 10), 3), depth.metres()[3:10:3, 2:11:3])


def plane(camera: Camera, z0: float = 3.0, slope: float = 0.4) -> np.ndarray:
    """Depth (H, W) of the plane z = z0 + slope x, metres."""
    x, _ = camera.rays((0, 0, camera.width, camera.height))
    return np.broadcast_to(z0 / (1.0 - slope * x), (camera.height, camera.width)).astype(np.float32)


def test_depth_of_the_same_camera_is_left_alone():
    depth = DepthImage(plane(COLOUR), 1.0)
    assert register(depth, COLOUR, COLOUR, None) is depth
    assert register(depth, None, COLOUR, None) is depth


@pytest.mark.parametrize('scale', [0.5, 0.4, 1.0, 2.0], ids=lambda scale: f'x{scale}')
def test_a_plane_stays_a_plane_at_any_size_and_without_holes(scale):
    width, height = int(320 * scale), int(240 * scale)
    camera = Camera(width, height, 300.0 * scale, 300.0 * scale, width / 2 - 0.5, height / 2 - 0.5)
    shift = Pose(np.eye(3), np.array([0.05, 0.0, 0.0]))
    registered = register(DepthImage(plane(camera), 1.0), camera, COLOUR, shift).metres()
    # The plane in the colour camera's frame: z = 3 + 0.4 (x - 0.05)
    expected = plane(COLOUR, 3.0 - 0.4 * 0.05)
    inner = np.s_[6:-6, 12:-12]
    assert np.isfinite(registered[inner]).mean() > 0.995
    error = np.abs(registered - expected)[inner]
    assert np.nanmedian(error) < 0.01
    assert np.nanmax(error) < 0.03


def test_the_nearer_of_two_surfaces_hides_the_other_and_no_third_is_invented():
    camera = Camera(160, 120, 150.0, 150.0, 79.5, 59.5)
    z = np.full((120, 160), 4.0, np.float32)
    z[40:80, 60:100] = 1.5
    shift = Pose(np.eye(3), np.array([0.1, 0.0, 0.0]))
    registered = register(DepthImage(z, 1.0), camera, COLOUR, shift).metres()
    seen = registered[np.isfinite(registered)]
    assert ((np.abs(seen - 1.5) < 1e-3) | (np.abs(seen - 4.0) < 1e-3)).all()
    # The box's middle pixel, 1.5 m away, moves by 0.1 m * 300 px / 1.5 m = 20 px.
    assert registered[120, 160 + 20] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ('camera', 'pose', 'words'),
    [
        pytest.param(None, None, "depth camera's own camera_info", id='no-model'),
        pytest.param(Camera(64, 48, 50.0, 50.0, 32.0, 24.0), None, 'describes 64x48',
        id='model-of-another-size'),
        pytest.param(
            Camera(160, 120, 150.0, 150.0, 79.5, 59.5), Pose(np.diag([-1.0, 1.0, -1.0]),
            np.zeros(3)),
            'sees nothing', id='looks-backwards',
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_registered_is_refused(camera, pose, words):
    depth = DepthImage(np.full((120, 160), 2.0, np.float32), 1.0)
    with pytest.raises(DepthError, match=words):
        register(depth, camera, COLOUR, pose)
