# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The hall and the engine, made once for all tests of this folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from smolrgpt_ros.reasoning.geometric import GeometricEngine
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.warehouse.render import Frame, as_scene

# pytest's importlib mode does not make a test folder's own helpers importable.
sys.path.insert(0, str(Path(__file__).parent))

from known_hall import hall_frame


@pytest.fixture(scope='session')
def hall() -> Frame:
    """The rendered hall with its true poses."""
    return hall_frame()


@pytest.fixture(scope='session')
def scene(hall: Frame) -> Scene:
    """The hall as a detector with masks sees it."""
    return as_scene(hall)


@pytest.fixture(scope='session')
def engine() -> GeometricEngine:
    """The engine under test; it keeps nothing between questions."""
    return GeometricEngine()
