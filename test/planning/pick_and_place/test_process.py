# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node as a process: what ends it ends the drive, and a deaf one is made anew."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest
from lost_queues import lost_queues
from scripted_robot import QUICK, ScriptedRobot

from smolrgpt_ros.msg import MissionStep
from smolrgpt_ros.ros.running import NodeProcess

NODE = 'smolrgpt_ros.planning.pick_and_place.node'


@pytest.fixture
def robot(ros_domain: int) -> Iterator[ScriptedRobot]:
    robot = ScriptedRobot(without=('planner',))
    yield robot
    robot.close()


@pytest.fixture
def process(robot: ScriptedRobot) -> Iterator[NodeProcess]:
    # Without a signal the drive would go on for a minute.
    patient = QUICK | {'navigation_timeout': 60.0, 'navigation_silence': 60.0}
    with NodeProcess(NODE, parameters=patient) as process:
        yield process


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
def test_a_signal_ends_the_drive(
    robot: ScriptedRobot, process: NodeProcess, number: signal.Signals
):
    robot.drive = lambda x, y: None
    robot.start()
    robot.wait_for(lambda: robot.goals, 'a drive')
    os.kill(process.pid, number)
    robot.wait_for(robot.cancelled.is_set, f'the drive to be cancelled\n{process.log_end()}')
    assert process.wait(10.0) == 0, process.log_end()
    end = robot.ended()
    assert end.state == MissionStep.FAILED
    assert 'cancelled' in end.message


def test_without_a_mission_it_ends_at_once(robot: ScriptedRobot, process: NodeProcess):
    assert not robot.call('cancel').success
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(5.0) == 0, process.log_end()


@pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')
def test_a_deaf_one_is_made_anew_and_fetches(robot: ScriptedRobot, process: NodeProcess):
    assert not robot.call('cancel').success
    with lost_queues(process.pid) as has_others:
        robot.wait_for(has_others, 'other queues')
        robot.wait_for(lambda: robot.begun_within(0.5), 'a mission')
    assert robot.ended().state == MissionStep.SUCCEEDED, process.log_end()
