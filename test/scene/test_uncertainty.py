# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What makes a measured centre doubtful, and in which direction."""

from __future__ import annotations

import math

import numpy as np
import pytest

from smolrgpt_ros.scene.measured import Floor
from smolrgpt_ros.scene.rectangle import Rectangle
from smolrgpt_ros.scene.uncertainty import painted_stddev, standing_stddev, touches_border

# A level camera 2 m above the floor that looks along +z; floor coordinates are (x, z).
FLOOR = Floor(np.array([0.0, -1.0, 0.0]), 2.0, np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), 0.002)
AHEAD = np.array([0.0, 1.5, 6.0])
USUAL = {
    'class_id': 'pallet', 'noise_m': 0.01, 'sample_m': 0.01, 'pushed_m': 0.0, 'trusted': True,
    'cut': False, 'count': 400,
}  # fmt: skip


def footprint(width_m, depth_m, centre=(0.0, 6.0)):
    return Rectangle(np.array(centre), np.eye(2), np.array([width_m, depth_m]))


def standing(rectangle, centre=AHEAD, **changes):
    return standing_stddev(centre, rectangle, FLOOR, **(USUAL | changes))


WHOLE = footprint(1.2, 1.0)


def test_along_the_ray_it_is_less_sure_than_across():
    across, up, along = standing(WHOLE)
    assert along > 1.2 * across
    assert up > 0.0


@pytest.mark.parametrize(
    ('change', 'axis'),
    [
        ({'noise_m': 0.1}, 2),
        ({'noise_m': 0.1}, 0),
        ({'trusted': False}, 2),
        ({'pushed_m': 0.3}, 2),
        ({'cut': True}, 0),
        ({'count': 8}, 0),
    ],
    ids=['noise along', 'noise across', 'a box alone', 'a hidden side', 'cut', 'few samples'],
)
def test_each_cause_adds_doubt(change, axis):
    assert standing(WHOLE, **change)[axis] > 1.05 * standing(WHOLE)[axis]


def test_a_pallet_seen_by_half_may_go_on_to_either_side():
    # 0.6 m of some 1.0 m are seen: its centre lies up to half of the rest away.
    across, _, along = standing(footprint(0.6, 1.2))
    assert 0.1 < across < 0.3
    assert along < 0.5 * across
    assert across > 4.0 * standing(WHOLE)[0]


def test_a_pallet_too_deep_has_something_else_in_its_box():
    deep = standing(footprint(1.2, 2.4), trusted=False)
    assert deep[2] > 3.0 * standing(WHOLE, trusted=False)[2]
    assert deep[0] < 0.5 * deep[2]


def test_nobody_knows_how_long_an_unknown_thing_is():
    short, long = (standing(footprint(size, size), class_id='crate') for size in (0.3, 3.0))
    assert long[0] < 6.0 * short[0]


def test_a_turned_ray_turns_the_doubt():
    # Seen 45 degrees to the right: what is along the ray is as much to the right as ahead.
    centre = np.array([6.0, 1.5, 6.0])
    stddev = standing(footprint(1.2, 1.0, (6.0, 6.0)), centre, noise_m=0.1)
    assert stddev[0] == pytest.approx(stddev[2], rel=0.1)


def test_an_area_too_small_for_its_kind_goes_on_beneath_something():
    def painted(width_m, depth_m):
        return painted_stddev(
            footprint(width_m, depth_m), FLOOR, np.array([0.0, 2.0, 6.0]),
            pixel_m=0.01, noise_m=0.01, trusted=True, cut=False,
        )  # fmt: skip

    assert painted(1.0, 2.0)[0] > 3.0 * painted(2.5, 2.0)[0]
    assert painted(2.5, 0.8)[2] > 3.0 * painted(2.5, 2.0)[2]


@pytest.mark.parametrize('count', [0, 1, 10_000])
def test_it_is_finite_and_positive(count):
    stddev = standing(footprint(0.0, 0.0), np.zeros(3), count=count)
    assert np.isfinite(stddev).all()
    assert (stddev > 0.0).all()
    assert math.isfinite(float(np.linalg.norm(stddev)))


@pytest.mark.parametrize(
    ('box', 'touches'),
    [
        ((10, 10, 50, 50), False),
        ((1, 10, 50, 50), True),
        ((10, 1, 50, 50), True),
        ((10, 10, 639, 50), True),
        ((10, 10, 50, 479), True),
    ],
    ids=['inside', 'left', 'top', 'right', 'bottom'],
)
def test_touches_border(box, touches):
    assert touches_border(box, (640, 480)) is touches
