# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Shift, floor and focal length of rendered relative depth against the true ones."""

from __future__ import annotations

import numpy as np
import pytest

from smolrgpt_ros.scene.relative import shape_of
from smolrgpt_ros.warehouse.render import relative_depth
from smolrgpt_ros.warehouse.synthesis import asked_frame


@pytest.fixture(scope='module', params=range(6))
def frame(request):
    """Rendered halls, from under the roof and from a robot in turn."""
    return asked_frame(5, request.param, per_category=1).frame


def true_shift(depth_m: np.ndarray) -> float:
    return float(255.0 * depth_m.min() / (depth_m.max() - depth_m.min()))


def test_the_shape_is_found_without_intrinsics(frame):
    shape = shape_of(relative_depth(frame.depth_m))
    shift = true_shift(frame.depth_m)
    assert shape is not None
    assert shape.shift + 128.0 == pytest.approx(shift + 128.0, rel=0.01)
    assert shape.camera.fx == pytest.approx(frame.camera.fx, rel=0.1)
    metres_per_level = (frame.depth_m.max() - frame.depth_m.min()) / 255.0
    true_height = frame.world_from_camera.translation[2]
    assert shape.height * metres_per_level == pytest.approx(true_height, rel=0.1)


def test_given_intrinsics_are_kept(frame):
    shape = shape_of(relative_depth(frame.depth_m), frame.camera)
    assert shape is not None
    assert shape.camera is frame.camera
    up = -shape.plane / np.linalg.norm(shape.plane)
    true_up = frame.world_from_camera.rotation[2]
    assert np.degrees(np.arccos(min(1.0, float(up @ true_up)))) < 0.5


def test_the_same_picture_gives_the_same_shape(frame):
    levels = relative_depth(frame.depth_m)
    assert shape_of(levels).shift == shape_of(levels).shift
