# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Footprints of what stands on the floor: which way they are turned, over a corner as well."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from smolrgpt_ros.scene.rectangle import fitted_rectangle, rectangle_along, smallest_rectangle
from smolrgpt_ros.warehouse.noise import noisy_detections, with_noise
from smolrgpt_ros.warehouse.objects import build_pallet
from smolrgpt_ros.warehouse.render import as_scene, render
from smolrgpt_ros.warehouse.viewpoint import camera_pose, make_camera
from smolrgpt_ros.warehouse.world import World

CORNER_DEGREES = (37.0, 45.0, 52.0)
DISTANCES_M = (2.3, 2.8)
SEEDS = range(5)


def off_square_degrees(axes: np.ndarray, degrees: float) -> float:
    found = math.degrees(math.atan2(axes[1], axes[0]))
    return abs((found - degrees + 45.0) % 90.0 - 45.0)


@cache
def seen_over_a_corner(degrees: float, distance_m: float, seed: int) -> tuple[float, float, float]:
    """How a loaded pallet is measured in noise: degrees off, longest side and centre off, metres.

    From a robot's camera, in a box, turned by so much to the line of sight.
    """
    rng = np.random.default_rng([seed, int(degrees), int(10 * distance_m)])
    x, y, yaw = 5.0 + distance_m, 5.0, math.radians(degrees)
    pallet = build_pallet('pallet_1', x, y, yaw, rng, empty=False)
    pose = camera_pose(5.0, 5.0, 2.4, 0.0, math.radians(25.0))
    camera = make_camera(320, 240, math.radians(80.0))
    frame = render(World((pallet,), (14.0, 10.0, 5.0), seed), camera, pose)
    regions = tuple(noisy_detections(frame, rng, masks=False))
    scene = as_scene(with_noise(frame, rng), regions, with_relative_depth=False, in_world=True)
    measured = scene.measurements.of(0)
    axis = pose.rotation @ measured.rotation[:, 0]
    centre = pose.apply(measured.centre_camera)
    return (
        off_square_degrees(axis, degrees),
        float(max(measured.size[:2])),
        math.dist(centre[:2], (x, y)),
    )


@pytest.mark.parametrize('distance_m', DISTANCES_M)
@pytest.mark.parametrize('degrees', CORNER_DEGREES)
def test_the_diagonal_of_a_pallet_is_not_taken_for_a_side(degrees: float, distance_m: float):
    looks = [seen_over_a_corner(degrees, distance_m, seed) for seed in SEEDS]
    turned = [off for off, _, _ in looks]
    assert max(turned) < 10.0, turned
    # Diagonals are 1.44 m to 1.56 m long.
    assert np.median([longest_m for _, longest_m, _ in looks]) < 1.35
    assert np.median([off_m for _, _, off_m in looks]) < 0.12


def test_two_clean_faces_are_two_sides():
    steps = np.linspace(0.0, 1.0, 60)
    near = np.array([3.0, 0.0])
    for degrees in range(5, 90, 8):
        first = np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])
        second = np.array([first[1], -first[0]])
        points = np.concatenate(
            [near + steps[:, None] * 1.2 * first, near + steps[:, None] * second]
        )
        found = fitted_rectangle(points.T.astype(np.float32), 0.0)
        assert off_square_degrees(found.axes[0], degrees) < 1.5
        assert sorted(found.size) == pytest.approx([1.0, 1.2], abs=0.06)


@pytest.mark.parametrize('count', [1, 2, 5])
@pytest.mark.parametrize('sigma_m', [0.0, 0.01, 0.1])
def test_few_points_have_a_rectangle(count: int, sigma_m: float):
    points = np.full((2, count), 3.0, dtype=np.float32)
    points[0] += 0.1 * np.arange(count, dtype=np.float32)
    found = fitted_rectangle(points, sigma_m)
    assert np.isfinite(found.corners).all()
    assert max(found.size) == pytest.approx(0.1 * (count - 1), abs=0.01)


def test_the_smallest_rectangle_lies_along_its_points():
    rng = np.random.default_rng(2)
    local = rng.uniform(-0.5, 0.5, (400, 2)) * [2.0, 1.0]
    turn = math.radians(33.0)
    axes = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    found = smallest_rectangle(local @ axes)
    assert off_square_degrees(found.axes[0], 33.0) < 1.5
    along = rectangle_along(local @ axes, axes[0])
    assert along.size == pytest.approx([2.0, 1.0], abs=0.03)
    assert found.size.prod() <= along.size.prod() + 1e-6
