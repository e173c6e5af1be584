# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A node whose process hears nobody any more notices, and tells for how long it has been so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from robot import Robot

from smolrgpt_ros.process.hearing import Hearing
from smolrgpt_ros.process.listening import Listening

LOST = 'a queue has been replaced'


class TurnedOff(Hearing):
    """Finds what it is told to find."""

    def __init__(self) -> None:
        super().__init__()
        self.finds = ''

    def look(self) -> str:
        self.doubtful = bool(self.finds)
        return self.finds


@pytest.fixture
def robot(ros_domain: int) -> Iterator[Robot]:
    robot = Robot()
    yield robot
    robot.close()


@pytest.mark.parametrize(
    ('renews', 'advice'),
    [(False, 'start the node anew if this stays'), (True, 'the node is made anew if this stays')],
    ids=['nobody renews it', 'somebody renews it'],
)
def test_what_is_wrong_is_told_until_it_is_well_again(robot: Robot, renews: bool, advice: str):
    hearing, lasted_s = TurnedOff(), []
    listening = Listening(robot.node, hearing)
    if renews:
        listening.on_deaf = lasted_s.append
    hearing.finds = LOST
    robot.wait_for(lambda: listening.deaf, 'the loss to be noticed')
    assert listening.deaf == f'{LOST}; {advice}'
    if renews:
        robot.wait_for(lambda: len(lasted_s) >= 3, 'three looks')
        assert lasted_s[0] == 0.0
        assert lasted_s == sorted(set(lasted_s))
    hearing.finds = ''
    robot.wait_for(lambda: not listening.deaf, 'the end to be noticed')
    looks = len(lasted_s)
    hearing.finds = LOST
    if renews:
        robot.wait_for(lambda: len(lasted_s) > looks, 'the second loss to be noticed')
        assert lasted_s[looks] == 0.0, 'time counts from the second loss'


def test_the_nodes_report_says_so(robot: Robot):
    hearing = TurnedOff()
    robot.node.listening = Listening(robot.node, hearing)
    hearing.finds = LOST
    assert robot.hear(': node', LOST, 'start the node anew').level == 2
    hearing.finds = ''
    assert robot.hear(': node', 'not active').level == 0
