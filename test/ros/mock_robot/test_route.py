# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Ways keep clear of things, drives keep their speed, and what cannot be reached is said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from smolrgpt_ros.ros.mock_robot.body import SPEED_M_S, TURN_RAD_S, Stand
from smolrgpt_ros.ros.mock_robot.route import Drive, RouteError, plan_route
from smolrgpt_ros.warehouse.drive import CELL_M, clearance_map
from smolrgpt_ros.warehouse.layout import generate_world

RADIUS_M = 0.5


@pytest.fixture(scope='module')
def clearance() -> np.ndarray:
    return clearance_map(generate_world(3))


def free_stands(clearance: np.ndarray, number: int) -> list[Stand]:
    cells = np.argwhere(clearance > RADIUS_M + 0.1)
    picked = cells[np.random.default_rng(0).integers(len(cells), size=number)]
    return [
        Stand((c + 0.5) * CELL_M, (r + 0.5) * CELL_M, 0.3 * i) for i, (r, c) in enumerate(picked)
    ]


def test_ways_keep_clear(clearance: np.ndarray):
    stands = free_stands(clearance, 12)
    planned = 0
    for start, goal in zip(stands[::2], stands[1::2], strict=True):
        try:
            points = plan_route(clearance, start, goal, RADIUS_M)
        except RouteError:
            continue  # two parts of the floor
        planned += 1
        drive = Drive.along(start, points, goal.yaw)
        while not drive.done:
            drive.advance(0.03)
            cell = int(drive.stand.y / CELL_M), int(drive.stand.x / CELL_M)
            assert clearance[cell] >= RADIUS_M - 1e-9
        assert (drive.stand.x, drive.stand.y) == pytest.approx((goal.x, goal.y))
        assert math.remainder(drive.stand.yaw - goal.yaw, 2 * math.pi) == pytest.approx(0.0)
    assert planned >= 3


@pytest.mark.parametrize(
    ('goal', 'code'),
    [
        pytest.param(Stand(-1.0, 2.0, 0.0), 204, id='outside'),
        pytest.param(Stand(2.0, 900.0, 0.0), 204, id='far outside'),
        pytest.param(Stand(0.1, 0.1, 0.0), 206, id='in a pillar'),
    ],
)
def test_what_cannot_be_reached_has_nav2s_code(clearance: np.ndarray, goal: Stand, code: int):
    with pytest.raises(RouteError) as caught:
        plan_route(clearance, free_stands(clearance, 1)[0], goal, RADIUS_M)
    assert caught.value.code == code


def test_a_drive_keeps_its_speeds():
    drive = Drive.along(Stand(0.0, 0.0, 0.0), [(0.0, 0.0), (0.0, 3.0)], math.pi)
    expected_s = (math.pi / 2) / TURN_RAD_S + 3.0 / SPEED_M_S + (math.pi / 2) / TURN_RAD_S
    assert drive.remaining_s == pytest.approx(expected_s)
    drive.advance(expected_s / 2.0)
    assert drive.remaining_s == pytest.approx(expected_s / 2.0)
    assert drive.remaining_m == pytest.approx(1.5)
    drive.advance(expected_s)
    assert drive.done
    assert drive.stand == Stand(0.0, 3.0, pytest.approx(math.pi))
