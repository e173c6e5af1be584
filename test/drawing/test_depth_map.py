# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Depth in colours: lightness alone tells near from far, what is not measured is striped."""

from __future__ import annotations

import numpy as np
import pytest

from smolrgpt_ros.drawing.depth_map import UNKNOWN, cividis, depth_picture, depth_range_m


def lightness(colours: np.ndarray) -> np.ndarray:
    """L* of CIELAB of sRGB colours (..., 3) (IEC 61966-2-1, CIE 15)."""
    linear = colours / 255.0
    linear = np.where(linear <= 0.04045, linear / 12.92, ((linear + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(y > 216 / 24389, 116 * np.cbrt(y) - 16, y * 24389 / 27)


def test_lightness_alone_orders_the_colours():
    steps = np.diff(lightness(cividis(np.linspace(0, 1, 101)).astype(float)))
    assert steps.min() > 0
    assert steps.max() < 4 * np.median(steps)


def test_its_ends_are_those_of_cividis():
    # Dark blue (0, 34, 78) and yellow (254, 232, 56), as published.
    ends = cividis(np.array([0.0, 1.0])).astype(int)
    assert np.abs(ends - [[0, 34, 78], [254, 232, 56]]).max() <= 14


def test_near_is_brighter_than_far_and_unknown_is_striped():
    depth = np.full((32, 32), np.nan, np.float32)
    depth[:8], depth[8:16] = 1.0, 5.0
    picture = depth_picture(depth, (1.0, 5.0))
    near, far = lightness(picture[0, 0].astype(float)), lightness(picture[9, 0].astype(float))
    assert near > far + 40
    unknown = {tuple(colour) for colour in picture[16:].reshape(-1, 3).tolist()}
    assert UNKNOWN in unknown
    assert len(unknown) == 2


@pytest.mark.parametrize('value', [np.nan, 0.0, -1.0, np.inf])
def test_a_picture_without_measurements_has_no_range(value: float):
    assert depth_range_m(np.full((4, 4), value)) is None


def test_one_depth_alone_has_a_range():
    assert depth_range_m(np.full((4, 4), 2.0)) == (2.0, 2.01)
