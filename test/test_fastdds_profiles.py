# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The Fast DDS profiles: the shipped one, and the one for tests that keeps to loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

TEST = Path(__file__).resolve().parent
SHIPPED = TEST.parent / 'config' / 'fastdds.xml'
LOOPBACK = TEST / 'fastdds_loopback.xml'
NAMES = {'dds': 'http://www.eprosima.com'}

# A 1280x720 colour picture has 2.6 MiB; at 30 Hz with depth, the segment holds a quarter of a
# second.
SEGMENT_BYTES = 32 * 1024 * 1024
MESSAGE_BYTES = 16 * 1024 * 1024
# Fast DDS takes a process that gets no processor for so long for dead.
PATIENCE_MS = 1_500
ANNOUNCED_EVERY_NS = 250_000_000


def transports(profile: Path) -> dict[str, ElementTree.Element]:
    root = ElementTree.parse(profile).getroot()
    found = root.iterfind('.//dds:transport_descriptor', NAMES)
    return {element.findtext('dds:type', '', NAMES): element for element in found}


@pytest.mark.parametrize('profile', [SHIPPED, LOOPBACK], ids=['shipped', 'loopback'])
def test_pictures_fit_into_shared_memory(profile):
    shared_memory = transports(profile)['SHM']
    assert shared_memory.findtext('dds:segment_size', '', NAMES) == str(SEGMENT_BYTES)
    assert shared_memory.findtext('dds:maxMessageSize', '', NAMES) == str(MESSAGE_BYTES)
    patience_ms = shared_memory.findtext('dds:healthy_check_timeout_ms', '', NAMES)
    assert patience_ms == str(PATIENCE_MS)


@pytest.mark.parametrize('profile', [SHIPPED, LOOPBACK], ids=['shipped', 'loopback'])
def test_processes_say_often_that_they_are_there(profile):
    """What is lost of the first words between two processes waits for the next announcement."""
    path = './/dds:discovery_config/dds:leaseAnnouncement'
    period = ElementTree.parse(profile).getroot().find(path, NAMES)
    assert period is not None
    assert period.findtext('dds:sec', '', NAMES) == '0'
    assert period.findtext('dds:nanosec', '', NAMES) == str(ANNOUNCED_EVERY_NS)


def test_only_the_profile_for_tests_is_bound_to_loopback():
    path = 'dds:interfaceWhiteList/dds:address'
    assert transports(LOOPBACK)['UDPv4'].findtext(path, '', NAMES) == '127.0.0.1'
    assert transports(SHIPPED)['UDPv4'].find(path, NAMES) is None


NODE = """
import rclpy
rclpy.init()
rclpy.create_node('n')
print(rclpy.get_rmw_implementation_identifier())
"""


def start_a_node(profile: Path) -> subprocess.CompletedProcess[str]:
    pytest.importorskip('rclpy')
    return subprocess.run(
        [sys.executable, '-c', NODE],
        env={**os.environ, 'FASTDDS_DEFAULT_PROFILES_FILE': str(profile)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize('profile', [SHIPPED, LOOPBACK], ids=['shipped', 'loopback'])
def test_fast_dds_takes_the_profile(profile, ros_domain):
    result = start_a_node(profile)
    if 'fastrtps' not in result.stdout:
        pytest.skip(f'the middleware is {result.stdout.strip()}, not Fast DDS')
    assert result.returncode == 0
    assert 'Error' not in result.stderr
    assert 'Error' not in result.stdout


def test_fast_dds_says_when_a_profile_is_wrong(tmp_path, ros_domain):
    """Without this, the test above could not fail."""
    broken = tmp_path / 'broken.xml'
    broken.write_text(SHIPPED.read_text().replace('<type>SHM</type>', '<type>PIGEON</type>'))
    result = start_a_node(broken)
    if result.returncode == 0 and 'fastrtps' not in result.stdout:
        pytest.skip(f'the middleware is {result.stdout.strip()}, not Fast DDS')
    assert 'Error' in result.stdout + result.stderr
