# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Areas whose border something hides, in the hall with known answers."""

from __future__ import annotations

import pytest

from smolrgpt_ros.reasoning.hidden_border import goes_on_beneath
from smolrgpt_ros.reasoning.world import SceneWorld


@pytest.fixture(scope='module')
def world(scene):
    """The hall; pallet_4 stands alone on open floor, its far side hides floor behind it."""
    return SceneWorld(scene)


def beside(world: SceneWorld, region_id: str, right_m: float, ahead_m: float, depth_m: float):
    """An area 1 m wide at an offset from a region's centre; corners in floor coordinates."""
    region = [r.id for r in world.scene.regions].index(region_id)
    x, y = world.floor_centre(region)
    x0, y0 = x + right_m - 0.5, y + ahead_m
    area = ((x0, y0), (x0 + 1.0, y0), (x0 + 1.0, y0 + depth_m), (x0, y0 + depth_m))
    return area, world.footprint(region), (x, y)


@pytest.mark.parametrize(
    ('right_m', 'ahead_m', 'depth_m', 'expected'),
    [
        pytest.param(0.0, -1.55, 1.0, True, id='seen up to its foot'),
        pytest.param(0.0, -2.6, 1.0, False, id='ends a metre before it'),
        pytest.param(2.0, -1.55, 1.0, False, id='ends beside it on open floor'),
        pytest.param(0.0, 0.55, 1.0, False, id='behind it: border on the viewer side'),
        pytest.param(0.0, -0.5, 1.0, False, id='already inside'),
    ],
)
def test_goes_on_beneath(world, right_m, ahead_m, depth_m, expected):
    area, foot, centre = beside(world, 'pallet_4', right_m, ahead_m, depth_m)
    assert goes_on_beneath(world.scene, area, foot, centre, (0.0, 0.0)) is expected
