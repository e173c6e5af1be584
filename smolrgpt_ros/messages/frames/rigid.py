# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rigid transforms as plain floats, which are faster than numpy for so few numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]  # x, y, z, w


@dataclass(frozen=True)
class Rigid:
    """Takes points of a child frame to its parent: `rotation`, then `translation` (metres)."""

    translation: Vector
    rotation: Quaternion

    def __matmul__(self, other: Rigid) -> Rigid:
        """Return the transform that does `other` first, then this one."""
        return Rigid(
            _add(rotate(self.rotation, other.translation), self.translation),
            multiply(self.rotation, other.rotation),
        )

    def inverse(self) -> Rigid:
        """Return the transform from parent to child."""
        back = conjugate(self.rotation)
        x, y, z = rotate(back, self.translation)
        return Rigid((-x, -y, -z), back)


IDENTITY = Rigid((0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def interpolate(older: Rigid, newer: Rigid, ratio: float) -> Rigid:
    """Return the transform at `ratio` of the way from `older` (0) to `newer` (1)."""
    x, y, z = (a + (b - a) * ratio for a, b in zip(older.translation, newer.translation))
    return Rigid((x, y, z), slerp(older.rotation, newer.rotation, ratio))


def slerp(first: Quaternion, second: Quaternion, ratio: float) -> Quaternion:
    """Return the rotation at `ratio` of the shorter way, at constant speed (Shoemake 1985)."""
    cosine = sum(a * b for a, b in zip(first, second))
    lengths = math.sqrt(sum(a * a for a in first) * sum(b * b for b in second))
    sign = -1.0 if cosine < 0.0 else 1.0
    angle = math.acos(min(1.0, abs(cosine) / lengths))
    sine = math.sin(angle)
    if sine < 1e-9:  # equal to within a rounding error, where the weights below would be 0 / 0
        weight_first, weight_second = 1.0 - ratio, ratio
    else:
        weight_first = math.sin((1.0 - ratio) * angle) / sine
        weight_second = math.sin(ratio * angle) / sine
    x, y, z, w = (weight_first * a + sign * weight_second * b for a, b in zip(first, second))
    return x, y, z, w


def multiply(first: Quaternion, second: Quaternion) -> Quaternion:
    """Return the rotation by `second` followed by the one by `first` (Hamilton's product)."""
    ax, ay, az, aw = first
    bx, by, bz, bw = second
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def normalised(quaternion: Quaternion) -> Quaternion:
    """Return the quaternion with length 1; NaN for one of length 0."""
    length = math.sqrt(sum(part * part for part in quaternion))
    if length == 0.0:
        return math.nan, math.nan, math.nan, math.nan
    x, y, z, w = quaternion
    return x / length, y / length, z / length, w / length


def conjugate(quaternion: Quaternion) -> Quaternion:
    """Return the opposite rotation of a unit quaternion."""
    x, y, z, w = quaternion
    return -x, -y, -z, w


def rotate(quaternion: Quaternion, vector: Vector) -> Vector:
    """Return a vector turned by a unit quaternion."""
    x, y, z, _ = multiply(multiply(quaternion, (*vector, 0.0)), conjugate(quaternion))
    return x, y, z


def _add(first: Vector, second: Vector) -> Vector:
    return first[0] + second[0], first[1] + second[1], first[2] + second[2]
