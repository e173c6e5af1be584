# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The set-up script: what it says when something is missing, and which ROS it takes."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / 'tools' / 'environment'


@pytest.fixture
def tool(monkeypatch):
    """Import a module of the set-up, which runs as a folder and is no package."""
    monkeypatch.syspath_prepend(str(TOOL))
    return importlib.import_module


def without_ros(path: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ('HOME', 'TMPDIR') if name in os.environ}
    return {**kept, 'PATH': path}


def test_missing_compilers_get_a_sentence_each(tmp_path):
    result = subprocess.run(
        [sys.executable, '-I', TOOL],
        env=without_ros(str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert 'No C compiler was found (looked for cc, gcc, clang); on Debian' in result.stderr
    assert 'No C++ compiler was found (looked for c++, g++, clang++); on Debian' in result.stderr
    assert 'Traceback' not in result.stderr


@pytest.mark.parametrize(
    ('version', 'supported'), [((3, 9), False), ((3, 10), True), ((3, 13), True), ((3, 14), False)]
)
@pytest.mark.parametrize('sourced', [False, True], ids=['wheels', 'sourced ROS'])
def test_python_version(tool, monkeypatch, version, supported, sourced):
    supported = supported or (sourced and version == (3, 14))  # Lyrical's on Ubuntu 26.04
    ros = tool('ros_installation').RosInstallation('lyrical', []) if sourced else None
    checks = tool('checks')
    monkeypatch.setattr(sys, 'version_info', (*version, 0, 'final', 0))
    sentence = checks._python_version(ros)
    assert (sentence is None) == supported


def test_python_without_venv(tool, monkeypatch):
    checks = tool('checks')
    monkeypatch.setattr(checks.importlib.util, 'find_spec', lambda name: None)
    assert '-venv` brings it' in checks._python_venv()


@pytest.fixture
def fake_ros(tmp_path, monkeypatch):
    """Pretend that a ROS 2 with the given packages is sourced."""

    def make(*packages: str) -> None:
        for package in packages:
            folder = tmp_path / 'share' / package
            folder.mkdir(parents=True)
            (folder / 'package.xml').touch()
        monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path))
        monkeypatch.setenv('ROS_DISTRO', 'jazzy')

    return make


def test_a_sourced_ros_is_used(tool, fake_ros):
    fake_ros(
        'rclpy', 'nav2_msgs', 'tf2_msgs', 'vision_msgs', 'message_filters', 'tf2_ros_py',
        'tf_transformations',
    )  # fmt: skip
    ros = tool('ros_installation').sourced_ros()
    assert ros.distribution == 'jazzy'
    paths = tool('settings').python_paths(ros)
    assert not [path for path in paths if 'standins' in path.parts]
    variables = tool('settings').variables(ros)
    assert '_ROS_WHEELS_BOOTSTRAP_COMPLETE' not in tool('settings')._fixed(ros)
    assert variables['FASTRTPS_DEFAULT_PROFILES_FILE'].endswith('fastdds.xml')


def test_a_sourced_ros_that_lacks_packages_is_named(tool, fake_ros):
    fake_ros('rclpy', 'nav2_msgs', 'tf2_msgs', 'message_filters', 'tf2_ros_py')
    with pytest.raises(
        tool('layout').SetupError, match='jazzy lacks vision_msgs, tf_transformations'
    ):
        tool('ros_installation').sourced_ros()


def test_our_own_environment_is_no_sourced_ros(tool, monkeypatch):
    layout = tool('layout')
    monkeypatch.setenv(
        'AMENT_PREFIX_PATH', os.pathsep.join([str(layout.INSTALL), str(layout.VENV)])
    )
    assert tool('ros_installation').sourced_ros() is None


def test_a_step_is_repeated_when_a_file_changes(tool, tmp_path, monkeypatch):
    layout = tool('layout')
    monkeypatch.setattr(layout, 'ROOT', tmp_path)
    file = tmp_path / 'definition'
    file.write_text('one')
    stamp = layout.Stamp(tmp_path / 'stamp', layout.fingerprint([file], 'fact'))
    assert not stamp.is_current()
    stamp.remember()
    assert layout.Stamp(tmp_path / 'stamp', layout.fingerprint([file], 'fact')).is_current()
    assert not layout.Stamp(tmp_path / 'stamp', layout.fingerprint([file], 'other')).is_current()
    file.write_text('two')
    assert not layout.Stamp(tmp_path / 'stamp', layout.fingerprint([file], 'fact')).is_current()


def test_a_failing_command_shows_its_last_lines(tool, tmp_path):
    layout = tool('layout')
    script = 'print("why it failed"); raise SystemExit(3)'
    with pytest.raises(layout.SetupError, match=r'the step failed[^$]*why it failed'):
        layout.run([sys.executable, '-c', script], 'the step', tmp_path / 'log')
