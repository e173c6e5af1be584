# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""tf_transformations against scipy: the stand-in, or the real package where it is installed."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tf_transformations as tft
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

angles = st.floats(-math.pi, math.pi)
pitches = st.floats(-1.5, 1.5)  # away from the poles, where roll and yaw are one
quaternions = (
    st.tuples(*[st.floats(-1.0, 1.0)] * 4)
    .filter(lambda q: np.linalg.norm(q) > 0.1)
    .map(lambda q: tuple(np.array(q) / np.linalg.norm(q)))
)


@given(angles, pitches, angles)
def test_euler_angles(roll, pitch, yaw):
    ours = tft.quaternion_from_euler(roll, pitch, yaw)
    expected = Rotation.from_euler('xyz', [roll, pitch, yaw])
    assert np.allclose(Rotation.from_quat(ours).as_matrix(), expected.as_matrix())
    again = tft.quaternion_from_euler(*tft.euler_from_quaternion(ours))
    assert np.isclose(abs(np.dot(again, ours)), 1.0)


@given(quaternions)
def test_quaternion_and_matrix(quaternion):
    matrix = tft.quaternion_matrix(quaternion)
    assert matrix.shape == (4, 4)
    assert np.allclose(matrix[:3, :3], Rotation.from_quat(quaternion).as_matrix())
    back = tft.quaternion_from_matrix(matrix)
    assert np.isclose(abs(np.dot(back, quaternion)), 1.0)


@given(quaternions, quaternions)
def test_product_is_second_then_first(first, second):
    ours = tft.quaternion_multiply(first, second)
    expected = (Rotation.from_quat(first) * Rotation.from_quat(second)).as_quat()
    assert np.isclose(abs(np.dot(ours, expected)), 1.0)


@given(quaternions)
def test_inverse_undoes(quaternion):
    assert np.allclose(
        tft.quaternion_multiply(tft.quaternion_inverse(quaternion), quaternion),
        (0, 0, 0, 1),
        atol=1e-9,
    )


def test_order_is_x_y_z_w():
    half = math.sqrt(0.5)
    assert np.allclose(tft.quaternion_from_euler(0, 0, math.pi / 2), (0, 0, half, half))
    assert np.allclose(tft.quaternion_about_axis(math.pi / 2, (0, 0, 2)), (0, 0, half, half))


def test_matrices():
    moved = tft.translation_matrix((1.0, 2.0, 3.0))
    turned = tft.euler_matrix(0.0, 0.0, math.pi / 2)
    both = tft.concatenate_matrices(moved, turned)
    assert np.allclose(both @ (1, 0, 0, 1), (1, 3, 3, 1))
    assert np.allclose(tft.translation_from_matrix(both), (1, 2, 3))
    assert np.allclose(
        tft.concatenate_matrices(tft.inverse_matrix(both), both), tft.identity_matrix()
    )
    assert np.allclose(tft.euler_from_matrix(turned), (0, 0, math.pi / 2))


@pytest.mark.parametrize('quaternion', [(0, 0, 1), (0, 0, 0, 0, 1)], ids=['three', 'five'])
def test_wrong_length_raises(quaternion):
    with pytest.raises(ValueError, match='unpack'):
        tft.quaternion_matrix(quaternion)
