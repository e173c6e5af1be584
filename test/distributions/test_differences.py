# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What differs between distributions, against stand-ins of the old and of the new behaviour."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from nav2_msgs.action import NavigateToPose

from smolrgpt_ros import distribution

SOURCE = Path(distribution.__file__)


def loaded(monkeypatch: pytest.MonkeyPatch, **modules: ModuleType | None) -> ModuleType:
    """distribution.py as it is imported where rclpy has, or lacks (None), these modules."""
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, f'rclpy.{name}', module)
    spec = importlib.util.spec_from_file_location('distribution_elsewhere', SOURCE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_humble_has_the_module_of_events_under_its_old_name(monkeypatch):
    old = ModuleType('rclpy.qos_event')
    old.SubscriptionEventCallbacks = type('SubscriptionEventCallbacks', (), {})  # type: ignore[attr-defined]
    humble = loaded(monkeypatch, event_handler=None, qos_event=old)
    assert humble.SubscriptionEventCallbacks is old.SubscriptionEventCallbacks  # type: ignore[attr-defined]


def test_lyrical_has_the_new_module_alone(monkeypatch):
    lyrical = loaded(monkeypatch, qos_event=None)
    assert lyrical.SubscriptionEventCallbacks is distribution.SubscriptionEventCallbacks


@dataclass
class HumbleResult:
    """nav2_msgs 1.1: `std_msgs/Empty result`."""

    result: object = field(default_factory=object)


@dataclass
class IronResult:
    """nav2_msgs 1.2: a code without words."""

    error_code: int = 0


RESULTS = [
    pytest.param(HumbleResult, (0, ''), id='humble'),
    pytest.param(IronResult, (208, ''), id='iron'),
    pytest.param(NavigateToPose.Result, (208, 'no way there'), id='jazzy and later'),
]


@pytest.mark.parametrize(('kind', 'expected'), RESULTS)
def test_outcomes_of_navigation_survive_as_far_as_there_are_fields(
    kind: Any, expected: tuple[int, str]
):
    result = kind()
    assert distribution.set_navigation_outcome(result, 208, 'no way there') is result
    assert distribution.navigation_outcome(result) == expected


@pytest.mark.parametrize('kind', [HumbleResult, IronResult, NavigateToPose.Result])
def test_success_has_no_code_and_no_words(kind: Any):
    assert distribution.navigation_outcome(kind()) == (0, '')


def test_the_installed_constants_are_those_written_down():
    kinds = NavigateToPose.Result
    for name, value in (
        ('NONE', distribution.NAVIGATION_NO_ERROR),
        ('UNKNOWN', distribution.NAVIGATION_UNKNOWN_ERROR),
    ):
        assert getattr(kinds, name, value) == value


OLD, NEW = 'FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE'
PROFILE = '/opt/profile.xml'


@pytest.mark.parametrize(
    ('ros_distro', 'expected'),
    [
        pytest.param('humble', OLD, id='humble: Fast DDS 2.6'),
        pytest.param('jazzy', OLD, id='jazzy: Fast DDS 2.14'),
        pytest.param('kilted', NEW, id='kilted: Fast DDS 3.2'),
        pytest.param('lyrical', NEW, id='lyrical'),
        pytest.param(None, NEW, id='not said'),
    ],
)
def test_fast_dds_reads_one_name_of_the_profile(ros_distro: str | None, expected: str):
    known = {} if ros_distro is None else {'ROS_DISTRO': ros_distro}
    assert distribution.profile_variables(PROFILE, known) == {expected: PROFILE}
    assert distribution.profile_variables(PROFILE, {**known, expected: '/own.xml'}) == {}
    assert distribution.profile_variables('', known) == {}


@pytest.mark.parametrize(
    ('known', 'expected'),
    [
        pytest.param({'ROS_DISTRO': 'humble'}, {'ROS_LOCALHOST_ONLY': '1'}, id='humble'),
        pytest.param(
            {'ROS_DISTRO': 'jazzy'}, {'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}, id='jazzy'
        ),
        pytest.param({}, {'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}, id='not said'),
        pytest.param(
            {'ROS_DISTRO': 'kilted', 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'SUBNET'},
            {},
            id='decided already',
        ),
        pytest.param(
            {'ROS_DISTRO': 'humble', 'ROS_LOCALHOST_ONLY': '0'}, {}, id='decided on humble'
        ),
    ],
)
def test_discovery_stays_on_this_machine(known: dict[str, str], expected: dict[str, str]):
    assert distribution.discovery_variables(known) == expected
