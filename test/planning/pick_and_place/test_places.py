# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where a load is set down, and from where one looks."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smolrgpt_ros.planning.pick_and_place.places import (
    Area,
    FloorPose,
    lookouts,
    middle,
    set_down_poses,
    shared_area,
    spread,
)

REACH_M, CLEARANCE_M = 1.6, 0.8
ROBOT = FloorPose(0.0, 0.0, 0.0)
metres = st.floats(-5.0, 5.0)


def poses(area: Area) -> list[FloorPose]:
    return set_down_poses(area, ROBOT, reach_m=REACH_M, clearance_m=CLEARANCE_M)


def test_an_empty_buffer_is_filled_at_its_middle():
    area = Area((8.0, 0.0), (3.0, 3.0))
    best = poses(area)[0]
    load = best.moved(REACH_M)
    assert (load.x, load.y) == pytest.approx(area.centre, abs=0.35)
    # From the robot's side, looking ahead.
    assert best.yaw == pytest.approx(0.0)


@settings(max_examples=60)
@given(
    size=st.tuples(st.floats(1.0, 5.0), st.floats(1.0, 7.0)),
    occupied=st.lists(st.tuples(metres, metres), max_size=6),
)
def test_a_load_stands_inside_and_beside_nothing(size, occupied):
    area = Area((0.0, 0.0), size, tuple(occupied))
    for pose in poses(area):
        load = pose.moved(REACH_M)
        assert abs(load.x) <= size[0] / 2.0
        assert abs(load.y) <= size[1] / 2.0
        for other in occupied:
            assert math.dist((load.x, load.y), other) >= 1.25 - 1e-9
            assert math.dist((pose.x, pose.y), other) >= CLEARANCE_M + 0.5 - 1e-9


def test_a_full_buffer_has_no_place():
    crowd = tuple((x - 1.5, y - 1.5) for x in range(4) for y in range(4))
    assert poses(Area((0.0, 0.0), (3.0, 3.0), crowd)) == []


def test_a_place_between_two_pallets_that_fits_is_found_and_wider_ones_come_first():
    narrow = Area((8.0, 0.0), (1.2, 2.2), ((8.0, -0.62),))
    assert poses(narrow)
    wide = Area((8.0, 0.0), (1.2, 5.0), ((8.0, -2.0),))
    best = poses(wide)[0].moved(REACH_M)
    assert math.dist((best.x, best.y), (8.0, -2.0)) > 1.8


def test_places_that_differ_are_tried_before_those_beside_a_refused_one():
    found = poses(Area((8.0, 0.0), (3.0, 3.0)))
    order = spread(found)
    assert sorted(map(str, order)) == sorted(map(str, found))
    assert order[0] == found[0]
    second = order[1]
    assert second.distance_m(order[0]) > 0.5 or second.angle_to(order[0]) > 0.5


def test_turning_towards_a_point_and_the_distance_from_a_straight_drive():
    pose = FloorPose(1.0, 1.0, 0.0).towards((1.0, 3.0))
    assert (pose.x, pose.y, pose.yaw) == pytest.approx((1.0, 1.0, math.pi / 2.0))
    assert FloorPose(1.3, 9.0, 0.0).aside_m(pose) == pytest.approx(0.3)


@settings(max_examples=60)
@given(target=st.tuples(metres, metres), distance=st.floats(0.5, 6.0))
def test_lookouts_look_at_the_target_the_nearest_first(target, distance):
    found = lookouts(target, ROBOT, distance)
    for pose in found:
        seen = pose.moved(distance)
        assert (seen.x, seen.y) == pytest.approx(target, abs=1e-6)
    far = [pose.distance_m(ROBOT) for pose in found]
    assert far == sorted(far)


def test_the_middle_of_poses_does_not_mind_an_outlier_nor_the_turn_of_angles():
    found = middle(
        [FloorPose(1.0, 2.0, math.pi - 0.1), FloorPose(1.1, 2.0, -math.pi + 0.1),
         FloorPose(9.0, 2.1, math.pi)]
    )  # fmt: skip
    assert (found.x, found.y) == (1.1, 2.0)
    assert abs(found.yaw) == pytest.approx(math.pi)


@pytest.mark.parametrize(
    ('other', 'agree', 'shared'),
    [
        pytest.param(
            Area((4.1, 5.0), (2.3, 6.1)), True, Area((4.075, 5.0), (2.25, 6.0)), id='same'
        ),
        pytest.param(Area((5.0, 5.0), (5.6, 6.1)), False, Area((4.0, 5.0), (2.4, 6.0)), id='wider'),
        pytest.param(Area((9.0, 5.0), (2.4, 6.0)), False, None, id='elsewhere'),
    ],
)
def test_looks_agree_or_have_something_in_common(other, agree, shared):
    area = Area((4.0, 5.0), (2.4, 6.0))
    assert area.agrees_with(other) is agree
    found = shared_area([area, other])
    if shared is None:
        assert found is None
    else:
        assert found is not None
        assert found.centre == pytest.approx(shared.centre)
        assert found.size == pytest.approx(shared.size)
