# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from smolrgpt_ros.models.smolrgpt import CheckpointError, relative_depth
from smolrgpt_ros.models.smolrgpt.preprocess import colour_input, depth_input, points_input
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing, read_preprocessing

DEPTHS = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
    elements=st.sampled_from([0.0, np.nan, np.inf, -1.0, 0.5, 1.0, 2.5, 8.0]),
)


@given(DEPTHS)
def test_depth_is_linear_near_dark_far_bright(depth_m):
    measured = np.isfinite(depth_m) & (depth_m > 0)
    if not measured.any():
        with pytest.raises(ValueError, match='none of the'):
            relative_depth(depth_m)
        return
    near, far = depth_m[measured].min(), depth_m[measured].max()
    wanted = np.rint((depth_m[measured] - near) * 255 / max(far - near, 1e-9))
    result = relative_depth(depth_m)
    assert result.dtype == np.uint8
    assert result.shape == depth_m.shape
    np.testing.assert_allclose(result[measured], wanted, atol=1)


@pytest.mark.parametrize(
    ('depth_m', 'wanted'),
    [
        ([[1, 0, 0, 3]], [[0, 255, 255, 255]]),
        ([[3, np.nan, 1, 0]], [[255, 255, 0, 0]]),
        ([[0, 2, 0, 1]], [[255, 255, 255, 0]]),
        (
            [[0, 0], [1, 2], [0, 0], [0, 0], [2, 1]],
            [[0, 255], [0, 255], [0, 255], [255, 0], [255, 0]],
        ),
        ([[4, 4], [4, 0]], [[0, 0], [0, 0]]),
    ],
    ids=['background between', 'one side', 'edges', 'empty rows', 'flat'],
)
def test_holes_take_the_background(depth_m, wanted):
    assert relative_depth(np.array(depth_m, np.float32)).tolist() == wanted


@pytest.mark.parametrize('shape', [(4,), (4, 4, 1)])
def test_depth_is_a_plane(shape):
    with pytest.raises(ValueError, match='expected'):
        relative_depth(np.ones(shape))


@pytest.mark.parametrize(
    'picture',
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3)),
        np.zeros((0, 4, 3), np.uint8),
    ],
    ids=lambda p: f'{p.dtype}{p.shape}',
)
def test_colour_of_another_kind_is_refused(picture):
    with pytest.raises(ValueError, match='expected uint8'):
        colour_input(picture, 64)


@pytest.mark.parametrize(
    'picture',
    [np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.uint16), np.zeros((4, 0), np.uint8)],
    ids=lambda p: f'{p.dtype}{p.shape}',
)
def test_depth_of_another_kind_is_refused(picture):
    with pytest.raises(ValueError, match='expected uint8'):
        depth_input(picture, 64)


def test_an_unknown_convention_is_refused():
    with pytest.raises(ValueError, match='metric'):
        depth_input(np.zeros((4, 4), np.uint8), 64, 'metric')


def test_inputs_span_their_ranges():
    ramp = np.tile(np.arange(256, dtype=np.uint8), (256, 1))
    assert (depth_input(ramp, 256).min(), depth_input(ramp, 256).max()) == (0, 1)
    assert (depth_input(ramp, 256, 'rgb').min(), depth_input(ramp, 256, 'rgb').max()) == (-1, 1)
    colour = colour_input(np.dstack([ramp, 255 - ramp, ramp]), 256)
    assert colour.shape == (3, 256, 256)
    assert float(colour[0, 0, 255]) == float(colour[1, 0, 0]) == 1


def _rays(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    return (np.arange(width)[None] - 79.5) / 120.0, (np.arange(height)[:, None] - 44.5) / 120.0


def test_points_lie_where_the_camera_sees_them():
    depth_m = np.full((90, 160), 4.0, np.float32)
    points = points_input(depth_m, _rays(90, 160), 16, 10.0)
    assert points.shape == (3, 16, 16)
    assert np.allclose(points[2], -0.6)
    assert points[0, 0, 0] == pytest.approx((5 - 79.5) / 120 * 0.4, abs=1e-6)
    assert points[1, 15, 0] == pytest.approx((87 - 44.5) / 120 * 0.4, abs=1e-6)


@pytest.mark.parametrize('hole', [0.0, -1.0, np.nan, np.inf], ids=str)
def test_holes_take_the_closest_depth(hole):
    depth_m = np.full((64, 64), 3.0, np.float32)
    depth_m[:, 40:] = 5.0
    depth_m[10:20, 10:20] = hole
    points = points_input(depth_m, _rays(64, 64), 64, 10.0)
    assert np.allclose(points[2, 10:20, 10:20], -0.7)


@pytest.mark.parametrize(
    ('depth_m', 'what'),
    [
        (np.zeros((4, 4), np.float32), 'no'),
        (np.ones((4, 4, 3), np.float32), r'\(4, 4, 3\)'),
        (np.ones((0, 4), np.float32), r'\(0, 4\)'),
    ],
    ids=['no measurement', 'three channels', 'empty'],
)
def test_no_points_without_depth(depth_m, what):
    with pytest.raises(ValueError, match=what):
        points_input(depth_m, _rays(4, 4), 8, 10.0)


@pytest.mark.parametrize(
    ('text', 'what'),
    [
        ('{', 'JSON'),
        ('[]', 'list'),
        ('{"depth_convention": "metres"}', 'metres'),
        ('{"points_scale_m": 0}', '0'),
        ('{"points_scale_m": "10"}', "'10'"),
        ('{"points_scale_m": true}', 'True'),
    ],
)
def test_bad_preprocessing_is_named(tmp_path, text, what):
    (tmp_path / 'preprocessor_config.json').write_text(text)
    with pytest.raises(CheckpointError, match=what):
        read_preprocessing(tmp_path)


def test_preprocessing_is_optional_and_read_back(tmp_path):
    assert read_preprocessing(tmp_path) == Preprocessing()
    own = Preprocessing('points', 12.5)
    (tmp_path / 'preprocessor_config.json').write_text(own.to_json())
    assert read_preprocessing(tmp_path) == own
