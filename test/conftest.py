# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What all tests share: the data folder, ROS domains of their own, what is installed."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from smolrgpt_ros.ros.own_domain import own_domain

TEST = Path(__file__).resolve().parent
ROOT = TEST.parent
SHARED = ROOT.parent / 'shared'

HAS_ROS = importlib.util.find_spec('rclpy') is not None
HAS_TORCH = importlib.util.find_spec('torch') is not None

# Read by Fast DDS when the first node of a process starts, hence set before any test.
os.environ['FASTDDS_DEFAULT_PROFILES_FILE'] = str(TEST / 'fastdds_loopback.xml')
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'

# How long an example takes says how busy the machine is; what must be quick is in benchmarks/.
settings.register_profile('untimed', deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile('untimed')

# Test files of one folder share helpers (`from hall import ask`). pytest's importlib mode, which
# allows the same file name in several folders, leaves the folders out of the path; helpers need
# names of their own.
sys.path += [str(folder) for folder in sorted(TEST.glob('**/')) if folder.name != '__pycache__']

# Without ROS or torch (`pip install .[...]` on a workstation) the rest is still worth testing.
NEED_ROS = (
    'ros', 'planning', 'process', 'standins', 'launch', 'messages/test_conversions.py',
)  # fmt: skip
NEED_TORCH = ('models', 'training')
collect_ignore = [*(() if HAS_ROS else NEED_ROS), *(() if HAS_TORCH else NEED_TORCH)]


def pytest_report_header() -> list[str]:
    """Say what is missing, so that nobody takes a partial run for a whole one."""
    return [
        *([] if HAS_ROS else ['rclpy is not installed: tests of nodes are left out']),
        *([] if HAS_TORCH else ['torch is not installed: tests of networks are left out']),
        *([] if SHARED.is_dir() else [f'no data folder {SHARED}: tests that need it are skipped']),
    ]


@pytest.fixture(scope='session')
def shared_dir() -> Path:
    """The data folder beside the checkout; the test is skipped where there is none."""
    if not SHARED.is_dir():
        pytest.skip(f'needs the data folder {SHARED}')
    return SHARED


@pytest.fixture
def ros_domain() -> Iterator[int]:
    """A ROS domain for one test; nodes of this and of child processes find only each other."""
    with own_domain() as domain:
        yield domain


@pytest.fixture(scope='module')
def module_ros_domain() -> Iterator[int]:
    """The same for all tests of a file, where starting a node for each would take long."""
    with own_domain() as domain:
        yield domain
