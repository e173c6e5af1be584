# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Halls are sensible places: nothing stands in anything else, and a camera can drive through."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.warehouse.drive import (
    CELL_M,
    ROBOT_RADIUS_M,
    SPEED_M_S,
    clearance_map,
    drive,
    period_s,
    plan_loop,
)
from smolrgpt_ros.warehouse.layout import INSIDE_MARGIN_M, footprints_overlap, generate_world
from smolrgpt_ros.warehouse.viewpoint import Viewpoint, camera_pose
from smolrgpt_ros.warehouse.world import Thing, World

SEEDS = range(8)


@pytest.mark.parametrize('seed', SEEDS)
def test_nothing_stands_in_anything_else(seed):
    world = generate_world(seed)
    standing = [t for t in world.things if t.class_id != 'buffer' and not t.carried_by]
    for a, b in combinations(standing, 2):
        assert not footprints_overlap(a, b), (a.id, b.id)
    for a, b in combinations(world.of_class('buffer'), 2):
        assert not footprints_overlap(a, b), (a.id, b.id)
    for thing in world.things:
        assert (thing.corners[:, :2] >= 0).all()
        assert (thing.corners[:, :2] <= np.array(world.size[:2])).all()
        assert thing.corners[:, 2].min() >= -1e-9


@pytest.mark.parametrize('seed', SEEDS)
def test_ids_are_stable_and_unique(seed):
    world = generate_world(seed)
    ids = [thing.id for thing in world.things if thing.id]
    assert len(set(ids)) == len(ids)
    assert all(i.startswith(world.thing(i).class_id + '_') for i in ids)
    assert ids == [thing.id for thing in generate_world(seed).things if thing.id]


@pytest.mark.parametrize('seed', SEEDS)
def test_inside_is_never_a_coin_toss(seed):
    world = generate_world(seed)
    for pallet in world.of_class('pallet'):
        for buffer in world.of_class('buffer'):
            if not pallet.carried_by:
                assert abs(buffer.inset_m(np.array(pallet.centre[:2]))) >= INSIDE_MARGIN_M - 1e-9


@pytest.mark.parametrize('seed', SEEDS)
def test_loads_stand_on_their_transporter(seed):
    world = generate_world(seed)
    for pallet in world.of_class('pallet'):
        if pallet.carried_by:
            transporter = world.thing(pallet.carried_by)
            assert transporter.inset_m(np.array(pallet.centre[:2])) > 0.2
            assert pallet.corners[:, 2].min() == pytest.approx(0.30)
        else:
            assert pallet.corners[:, 2].min() == pytest.approx(0.0)


def test_seeds_show_every_kind_of_thing():
    worlds = [generate_world(seed) for seed in SEEDS]
    things = [thing for world in worlds for thing in world.things]
    assert {'pallet', 'transporter', 'buffer', 'shelf', 'person'} <= {t.class_id for t in things}
    pallets = [t for t in things if t.class_id == 'pallet']
    assert any(t.carried_by for t in pallets)
    heights = [t.size[2] for t in pallets]
    assert min(heights) < 0.2
    assert max(heights) > 1.0
    straddling = [
        pallet
        for world in worlds
        for pallet in world.of_class('pallet')
        for buffer in world.of_class('buffer')
        if not pallet.carried_by
        and buffer.inset_m(np.array(pallet.centre[:2])) > 0
        and min(buffer.inset_m(corner) for corner in pallet.footprint) < 0
    ]
    assert straddling


rectangles = st.builds(
    lambda x, y, a, b, yaw: Thing('', '', (x, y, 0.0), (a, b, 0.0), yaw),
    *(st.floats(-2, 2), st.floats(-2, 2), st.floats(0.2, 3), st.floats(0.2, 3), st.floats(-4, 4)),
)


@given(rectangles, rectangles)
def test_overlap_is_symmetric_and_finds_inner_points(a, b):
    assert footprints_overlap(a, b) == footprints_overlap(b, a)
    grid = np.stack(np.meshgrid(np.linspace(-0.49, 0.49, 9), np.linspace(-0.49, 0.49, 9)), -1)
    points = grid.reshape(-1, 2) * np.array(a.size[:2]) @ a.rotation[:2, :2].T + a.centre[:2]
    if any(b.inset_m(point) > 1e-6 for point in points):
        assert footprints_overlap(a, b)


@given(st.floats(-3, 3), st.floats(-1.2, 1.5), st.floats(-0.5, 0.5))
def test_camera_pose_is_a_rotation_that_looks_there(heading, pitch_down, roll):
    pose = camera_pose(1.0, 2.0, 3.0, heading, pitch_down, roll)
    np.testing.assert_allclose(pose.rotation @ pose.rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(pose.rotation) == pytest.approx(1.0)
    forward = pose.apply(np.array([0.0, 0.0, 1.0])) - [1.0, 2.0, 3.0]
    assert forward[2] == pytest.approx(-np.sin(pitch_down))
    level = np.array([np.cos(heading), np.sin(heading)]) * np.cos(pitch_down)
    np.testing.assert_allclose(forward[:2], level, atol=1e-12)
    # Without roll the picture's x axis is level, and down is down.
    if roll == 0.0:
        assert pose.rotation[2, 0] == pytest.approx(0.0)
        assert pose.rotation[2, 1] <= 0.0


@pytest.mark.parametrize('seed', SEEDS)
def test_drive_is_smooth_closed_and_clear_of_things(seed):
    world = generate_world(seed)
    clearance, period = clearance_map(world), period_s(world)
    times = np.arange(0.0, period, 0.1)
    poses = [drive(world, float(t)) for t in times]
    places = np.array([pose.translation for pose in poses])
    cells = (places[:, :2] / CELL_M).astype(int)
    assert (clearance[cells[:, 1], cells[:, 0]] > 0.7 * ROBOT_RADIUS_M).all()
    steps = np.linalg.norm(np.diff(places, axis=0, append=places[:1]), axis=1)
    assert steps.max() < 1.6 * SPEED_M_S * 0.1
    turns = [
        np.arccos(np.clip(a.rotation[:, 2] @ b.rotation[:, 2], -1, 1)) for a, b in pairwise(poses)
    ]
    assert max(turns) < np.radians(6)
    np.testing.assert_allclose(
        drive(world, period + 1.3).translation, drive(world, 1.3).translation, atol=1e-6
    )


def test_crane_stays_in_the_hall():
    world = generate_world(1)
    for t in np.arange(0.0, 40.0, 1.0):
        place = drive(world, float(t), Viewpoint.HIGH).translation
        assert (place > 0).all()
        assert (place < np.array(world.size)).all()


def test_full_hall_has_no_loop():
    block = Thing('', '', (5.0, 5.0, 1.0), (9.9, 9.9, 2.0), 0.0)
    with pytest.raises(ValueError, match='clear of everything'):
        plan_loop(World((block,), (10.0, 10.0, 5.0)))
