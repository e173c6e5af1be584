# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Sides of an object with room for a robot, against the true hall."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from smolrgpt_ros.reasoning.approach import Lane, Robot, Side, sides
from smolrgpt_ros.reasoning.polygon import depth_inside
from smolrgpt_ros.reasoning.world import SceneWorld
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import NoDepthError

ROBOT = Robot(standoff_m=1.0, width_m=0.8, length_m=1.0)


def index_of(scene: Scene, object_id: str) -> int:
    return next(i for i, region in enumerate(scene.regions) if region.id == object_id)


def sides_of(scene: Scene, object_id: str, robot: Robot = ROBOT) -> tuple[Side, ...]:
    return sides(SceneWorld(scene), index_of(scene, object_id), robot)


def towards(found: tuple[Side, ...], scene: Scene, object_id: str) -> Side:
    """The side whose base is the nearest to another object."""
    other = SceneWorld(scene).floor_centre(index_of(scene, object_id))
    return min(found, key=lambda side: math.dist(side.base, other))


@pytest.mark.parametrize('object_id', ['pallet_1', 'pallet_3', 'pallet_4', 'transporter_2'])
@pytest.mark.parametrize('standoff_m', [0.6, 1.5])
def test_every_base_stands_off_its_side_and_looks_at_it(scene, object_id, standoff_m):
    world = SceneWorld(scene)
    found = sides_of(scene, object_id, replace(ROBOT, standoff_m=standoff_m))
    centre = np.array(world.floor_centre(index_of(scene, object_id)))
    assert len(found) == 4
    for side in found:
        base, facing = np.array(side.base), np.array(side.facing)
        assert np.linalg.norm(facing) == pytest.approx(1.0)
        ahead = (centre - base) / np.linalg.norm(centre - base)
        assert ahead == pytest.approx(facing, abs=1e-9)
        edge = tuple((base + standoff_m * facing).tolist())
        footprint = world.footprint(index_of(scene, object_id))
        assert depth_inside(edge, footprint) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ('object_id', 'near', 'lane', 'by'),
    [
        pytest.param('pallet_4', 'buffer_2', Lane.FREE, [], id='open floor'),
        pytest.param(
            'pallet_4', 'transporter_1', Lane.OCCUPIED, ['transporter_1'], id='a transporter'
        ),
        pytest.param(
            'transporter_1', 'pallet_4', Lane.OCCUPIED, ['pallet_4'], id='and the other way'
        ),
        pytest.param('pallet_4', 'transporter_2', Lane.UNSEEN, [], id='behind it'),
    ],
)
def test_lanes(scene, object_id, near, lane, by):
    found = sides_of(scene, object_id)
    if lane is Lane.UNSEEN:
        side = max(found, key=lambda side: side.base[1])  # away from the camera
    else:
        side = towards(found, scene, near)
    assert side.lane is lane
    assert [scene.regions[other].id for other in side.occupied_by] == by


def test_free_sides_come_first_and_near_ones_before_far_ones(scene):
    found = sides_of(scene, 'pallet_4')
    order = [Lane.FREE, Lane.UNSEEN, Lane.OCCUPIED]
    ranks = [order.index(side.lane) for side in found]
    assert ranks == sorted(ranks)
    free = [math.hypot(*side.base) for side in found if side.lane is Lane.FREE]
    assert free == sorted(free)
    assert len(free) == 2


def test_an_obstacle_without_a_detection_counts(scene):
    seen = replace(scene, regions=tuple(r for r in scene.regions if r.id != 'transporter_1'))
    side = towards(sides_of(seen, 'pallet_4'), scene, 'transporter_1')
    assert side.lane is Lane.OCCUPIED
    assert side.occupied_by == ()


def test_a_wider_robot_finds_less_room(scene):
    def free(robot: Robot) -> int:
        return sum(side.lane is Lane.FREE for side in sides_of(scene, 'pallet_2', robot))

    assert free(replace(ROBOT, width_m=3.5)) < free(ROBOT)


def test_where_the_robot_stands_is_free_though_it_hides_it(scene):
    """As on arrival: the near lane is below the picture, and the robot stands in it."""
    near = sides_of(scene, 'pallet_4')[0]
    world = SceneWorld(scene)
    raw = scene.depth.raw.copy()
    base = world.floor.points(np.array(near.base))
    column, row = np.round(scene.camera.project(base)).astype(int)
    raw[row - 25 : row + 60, column - 60 : column + 60] = 0
    hidden = replace(scene, depth=DepthImage(raw, scene.depth.metres_per_unit))

    def at_base(seen: Scene) -> Side:
        return min(sides_of(seen, 'pallet_4'), key=lambda side: math.dist(side.base, near.base))

    before, after = at_base(hidden), at_base(replace(hidden, viewer_camera=base))
    assert before.lane is Lane.UNSEEN
    assert after.seen > before.seen


def test_covariance_grows_with_doubt_and_turns_with_the_side(scene):
    for side in sides_of(scene, 'pallet_4'):
        assert np.linalg.eigvalsh(side.covariance).min() > 0.0
        # The base of a robot that looks along the object's axis goes aside when the axis turns.
        aside = side.covariance[:2, 2]
        assert aside @ np.array(side.facing) == pytest.approx(0.0, abs=1e-12)
        assert np.linalg.norm(aside) > 0.0


def test_samples_of_the_pose_have_the_covariance(scene):
    """Draw centre and direction with their errors; the bases scatter as said."""
    world, index = SceneWorld(scene), index_of(scene, 'pallet_4')
    side = sides(world, index, ROBOT)[0]
    measured, sigma_m = world.measured(index), world.floor_stddev_m(index)
    random = np.random.default_rng(5)
    shifts = random.normal(size=(200_000, 3)) * measured.stddev_camera @ world.floor.axes.T
    turns = random.normal(size=200_000) * math.sqrt(2.0) * sigma_m / measured.size[:2].max()
    arm = np.array(side.base) - np.array(world.floor_centre(index))
    turned = np.stack(
        [
            arm[0] * np.cos(turns) - arm[1] * np.sin(turns),
            arm[0] * np.sin(turns) + arm[1] * np.cos(turns),
        ],
        axis=1,
    )
    samples = np.column_stack([shifts + turned, turns])
    assert np.cov(samples.T) == pytest.approx(side.covariance, rel=0.03, abs=2e-5)


def test_without_depth_or_floor_it_says_so(scene):
    with pytest.raises(NoDepthError, match='depth'):
        sides_of(replace(scene, depth=None), 'pallet_4')
