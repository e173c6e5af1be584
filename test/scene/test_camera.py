# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Cameras from CameraInfo values: what counts, what is refused.

And that projecting undoes back-projecting.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smolrgpt_ros.scene.camera import Camera, CameraError

K = [600.0, 0.0, 320.0, 0.0, 610.0, 240.0, 0.0, 0.0, 1.0]
P = [580.0, 0.0, 315.0, 0.0, 0.0, 590.0, 235.0, 0.0, 0.0, 0.0, 1.0, 0.0]
PLUMB_BOB = [-0.28, 0.09, 0.0005, -0.0003, -0.01]
RATIONAL = [0.5, -2.6, 0.0006, -0.0002, 1.5, 0.4, -2.4, 1.4]
FISHEYE = [-0.02, 0.01, -0.008, 0.002]


def info(
    width=640, height=480, k=K, d=(), p=P, distortion_model='plumb_bob', rectified=False, **more
):
    return Camera.from_info(width, height, k, d, p, distortion_model, rectified=rectified, **more)


def test_rectified_pictures_use_p_and_no_distortion():
    camera = info(d=PLUMB_BOB, rectified=True)
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (580.0, 590.0, 315.0, 235.0)
    assert not camera.is_distorted


def test_raw_pictures_use_k_and_d():
    camera = info(d=PLUMB_BOB)
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (600.0, 610.0, 320.0, 240.0)
    assert camera.distortion == tuple(PLUMB_BOB)
    assert camera.is_distorted


def test_zero_distortion_takes_the_fast_path():
    camera = info(d=[0.0] * 5)
    assert not camera.is_distorted
    x, y = camera.rays((0, 0, 640, 480), 2)
    assert x.shape == (1, 320)
    assert y.shape == (240, 1)


def test_region_of_interest_is_cut_before_binning():
    camera = info(1280, 960, binning=(2, 2), roi=(100, 50, 640, 480), picture_size_px=(320, 240))
    assert (camera.width, camera.height) == (320, 240)
    assert camera.fx == pytest.approx(300.0)
    assert camera.cx == pytest.approx((320.0 - 100.0) / 2.0)
    assert camera.cy == pytest.approx((240.0 - 50.0) / 2.0)


@pytest.mark.parametrize(
    ('changes', 'words'),
    [
        pytest.param({'k': [0.0] * 9}, 'only zeros in K', id='not-calibrated'),
        pytest.param({'p': [0.0] * 12, 'rectified': True}, 'only zeros in P', id='not-rectified'),
        pytest.param({'k': [math.nan, *K[1:]]}, 'fx = nan', id='nan'),
        pytest.param({'k': [*K[:5], math.inf, *K[6:]]}, 'cy = inf', id='inf'),
        pytest.param({'k': [-600.0, *K[1:]]}, 'fx = -600', id='negative-focal-length'),
        pytest.param({'k': K[:4]}, '4 values in K', id='short-k'),
        pytest.param({'p': P[:9], 'rectified': True}, '9 values in P', id='short-p'),
        pytest.param({'width': 0, 'height': 0}, 'width 0', id='no-size'),
        pytest.param({'picture_size_px': (1280, 720)}, '1280x720', id='another-size'),
        pytest.param({'d': [0.1], 'distortion_model': 'magic'}, "'magic'", id='unknown-model'),
        pytest.param({'d': [math.nan] * 5}, 'non-finite', id='nan-distortion'),
        pytest.param({'d': [0.1, 0.2]}, '2 coefficients', id='too-few-coefficients'),
        pytest.param(
            {'d': [0.1] * 14, 'distortion_model': 'rational_polynomial'},
            '14 coefficients',
            id='tilted',
        ),
        pytest.param({'roi': (-1, 0, 10, 10)}, 'region of interest', id='negative-roi'),
    ],
)
def test_what_cannot_be_measured_with_is_refused_by_name(changes, words):
    with pytest.raises(CameraError, match=words):
        info(**changes)


CAMERAS = [
    pytest.param(info(), id='pinhole'),
    pytest.param(info(d=PLUMB_BOB), id='plumb-bob'),
    pytest.param(info(d=RATIONAL, distortion_model='rational_polynomial'), id='rational'),
    pytest.param(
        info(d=[*RATIONAL, 1e-3, -5e-4, 8e-4, 2e-4], distortion_model='rational_polynomial'),
        id='thin-prism',
    ),
    pytest.param(
        info(d=FISHEYE, distortion_model='equidistant', k=[400, 0, 320, 0, 400, 240, 0, 0, 1]),
        id='fisheye',
    ),
]


@pytest.mark.parametrize('camera', CAMERAS)
def test_every_pixel_survives_the_way_out_and_back(camera):
    columns, rows = np.meshgrid(np.arange(0, 640, 16.0), np.arange(0, 480, 16.0))
    pixels = np.stack([columns, rows], axis=-1)
    points = camera.back_project(pixels, np.full(pixels.shape[:2], 3.0))
    assert np.abs(camera.project(points) - pixels).max() < 1e-6
    assert points[..., 2] == pytest.approx(3.0)


@pytest.mark.parametrize('camera', CAMERAS)
def test_rays_of_a_window_are_those_of_its_pixels(camera):
    x, y = np.broadcast_arrays(*camera.rays((10, 20, 90, 60), 7))
    columns, rows = np.meshgrid(np.arange(10, 90, 7), np.arange(20, 60, 7))
    single = camera.directions(np.stack([columns, rows], axis=-1))
    assert np.allclose(np.stack([x, y], axis=-1), single[..., :2], atol=1e-9)


def test_plumb_bob_agrees_with_the_formula_written_out():
    camera = info(d=PLUMB_BOB)
    x, y = 0.3, -0.2
    k1, k2, p1, p2, k3 = PLUMB_BOB
    r2 = x * x + y * y
    radial = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3
    seen_x = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    seen_y = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    assert camera.project(np.array([x, y, 1.0])) == pytest.approx(
        [600 * seen_x + 320, 610 * seen_y + 240]
    )


def test_fisheye_without_coefficients_is_angle_times_focal_length():
    camera = info(d=[], distortion_model='equidistant')
    angle = math.radians(50.0)
    assert camera.project(np.array([math.sin(angle), 0.0, math.cos(angle)]))[0] == pytest.approx(
        600 * angle + 320
    )


def test_where_a_lens_folds_over_there_is_no_ray():
    camera = info(d=[-0.5, 0.0, 0.0, 0.0, 0.0], k=[200, 0, 320, 0, 200, 240, 0, 0, 1])
    assert np.isnan(camera.directions(np.array([0.0, 0.0]))[0])
    assert np.isfinite(camera.directions(np.array([320.0, 240.0]))).all()


def test_nothing_is_seen_behind_the_camera():
    assert np.isnan(info().project(np.array([[0.1, 0.1, -1.0], [0.0, 0.0, 0.0]]))).all()


@settings(max_examples=60, deadline=None)
@given(
    x=st.floats(-0.45, 0.45),
    y=st.floats(-0.35, 0.35),
    z=st.floats(0.2, 30.0),
    k1=st.floats(-0.3, 0.2),
    k2=st.floats(-0.05, 0.1),
)
def test_projecting_undoes_back_projecting(x, y, z, k1, k2):
    camera = info(d=[k1, k2, 0.0005, -0.0005, 0.0])
    point = np.array([x * z, y * z, z])
    assert np.allclose(camera.back_project(camera.project(point), z), point, atol=1e-7 * z)
