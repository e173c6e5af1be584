# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A robot that answers and a planner that asks, each spun by an executor of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from planner import Planner
from robot import Robot


@pytest.fixture(scope='module')
def robot(module_ros_domain: int) -> Iterator[Robot]:
    """An active robot, one for all tests of a file."""
    robot = Robot()
    robot.activate()
    yield robot
    robot.close()


@pytest.fixture
def planner(robot: Robot) -> Iterator[Planner]:
    """A planner's node with a client, spun by nobody yet."""
    planner = Planner(robot.context)
    yield planner
    planner.close()
