# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Robots for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from robot import Robot


@pytest.fixture(scope='module')
def robot(module_ros_domain: int) -> Iterator[Robot]:
    """An active robot, one for all tests of a file: starting one takes a second."""
    robot = Robot()
    robot.activate()
    yield robot
    robot.close()


@pytest.fixture
def fresh_robot(ros_domain: int) -> Iterator[Robot]:
    """An unconfigured robot for one test."""
    robot = Robot()
    yield robot
    robot.close()
