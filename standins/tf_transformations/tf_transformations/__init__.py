# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The part of tf_transformations that smolrgpt_ros uses, for machines without a ROS installation.

Quaternions are in ROS order, (x, y, z, w); transforms3d, which does the work as in the original,
has w first. Matrices are 4 x 4, homogeneous. Euler angles are radians about the axes that `axes`
names: 's' for static or 'r' for rotating, then the order; 'sxyz' is roll, pitch, yaw.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from transforms3d import affines, euler, quaternions

Matrix = NDArray[np.float64]
Quaternion = tuple[float, float, float, float]

__all__ = [
    'concatenate_matrices',
    'euler_from_matrix',
    'euler_from_quaternion',
    'euler_matrix',
    'identity_matrix',
    'inverse_matrix',
    'quaternion_about_axis',
    'quaternion_conjugate',
    'quaternion_from_euler',
    'quaternion_from_matrix',
    'quaternion_inverse',
    'quaternion_matrix',
    'quaternion_multiply',
    'translation_from_matrix',
    'translation_matrix',
]


def identity_matrix() -> Matrix:
    """Return the 4 x 4 identity."""
    return np.identity(4)


def translation_matrix(direction: ArrayLike) -> Matrix:
    """Return the matrix that moves by a vector of 3."""
    return _homogeneous(np.identity(3), direction)


def translation_from_matrix(matrix: ArrayLike) -> NDArray[np.float64]:
    """Return the vector of 3 that a matrix moves the origin to."""
    return np.array(matrix, dtype=np.float64)[:3, 3]


def inverse_matrix(matrix: ArrayLike) -> Matrix:
    """Return the inverse of a square matrix; numpy.linalg.LinAlgError where there is none."""
    return np.asarray(np.linalg.inv(np.asarray(matrix, dtype=np.float64)), dtype=np.float64)


def concatenate_matrices(*matrices: ArrayLike) -> Matrix:
    """Return the product of matrices, from left to right."""
    result = np.identity(4)
    for matrix in matrices:
        result = result @ np.asarray(matrix, dtype=np.float64)
    return result


def euler_matrix(ai: float, aj: float, ak: float, axes: str = 'sxyz') -> Matrix:
    """Return the rotation by three angles."""
    return _homogeneous(euler.euler2mat(ai, aj, ak, axes=axes))


def euler_from_matrix(matrix: ArrayLike, axes: str = 'sxyz') -> tuple[float, float, float]:
    """Return the three angles of a rotation."""
    return euler.mat2euler(np.asarray(matrix, dtype=np.float64), axes=axes)


def euler_from_quaternion(
    quaternion: Sequence[float], axes: str = 'sxyz'
) -> tuple[float, float, float]:
    """Return the three angles of a quaternion."""
    return euler_from_matrix(quaternion_matrix(quaternion), axes)


def quaternion_from_euler(ai: float, aj: float, ak: float, axes: str = 'sxyz') -> Quaternion:
    """Return the quaternion of three angles."""
    return _w_last(euler.euler2quat(ai, aj, ak, axes=axes))


def quaternion_about_axis(angle: float, axis: Sequence[float]) -> Quaternion:
    """Return the quaternion of a rotation by an angle about an axis of any length but 0."""
    return _w_last(quaternions.axangle2quat(axis, angle))


def quaternion_matrix(quaternion: Sequence[float]) -> Matrix:
    """Return the rotation of a quaternion of any length; the identity for length 0."""
    return _homogeneous(quaternions.quat2mat(_w_first(quaternion)))


def quaternion_from_matrix(matrix: ArrayLike) -> Quaternion:
    """Return the quaternion, with w >= 0, of a matrix's rotation; zoom and shear are left out."""
    rotation = affines.decompose(np.asarray(matrix, dtype=np.float64))[1]
    return _w_last(quaternions.mat2quat(rotation))


def quaternion_multiply(quaternion1: Sequence[float], quaternion0: Sequence[float]) -> Quaternion:
    """Return the rotation by `quaternion0` followed by the one by `quaternion1`."""
    return _w_last(quaternions.qmult(_w_first(quaternion1), _w_first(quaternion0)))


def quaternion_conjugate(quaternion: Sequence[float]) -> NDArray[np.float64]:
    """Return the quaternion with its vector part negated."""
    x, y, z, w = quaternion
    return np.array((-x, -y, -z, w), dtype=np.float64)


def quaternion_inverse(quaternion: Sequence[float]) -> NDArray[np.float64]:
    """Return the quaternion that multiplied by the given one is 1."""
    return quaternion_conjugate(quaternion) / np.dot(quaternion, quaternion)


def _homogeneous(rotation: ArrayLike, translation: ArrayLike = (0.0, 0.0, 0.0)) -> Matrix:
    result = np.identity(4)
    result[:3, :3] = rotation
    result[:3, 3] = translation
    return result


def _w_first(quaternion: Sequence[float]) -> Quaternion:
    x, y, z, w = quaternion
    return w, x, y, z


def _w_last(quaternion: Sequence[float]) -> Quaternion:
    w, x, y, z = quaternion
    return x, y, z, w
