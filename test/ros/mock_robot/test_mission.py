# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A whole mission: mock robot, query node and pick_and_place as processes, judged by the truth."""

from __future__ import annotations

from smolrgpt_ros.msg import MissionStep
from smolrgpt_ros.ros.mock_robot.errand import draw_errand
from smolrgpt_ros.ros.mock_robot.plot import draw_mission
from smolrgpt_ros.ros.mock_robot.stage import Stage


def test_the_right_pallet_ends_in_the_right_buffer(ros_domain: int):
    errand = draw_errand(4)
    with Stage(robot={'errand': 4, 'speed_factor': 20.0, 'driving_rate': 2.0}) as stage:
        stage.activate()
        outcome = stage.run(errand, limit_s=150.0)
    assert not outcome.hung
    assert outcome.claimed, outcome.message
    assert outcome.right
    assert outcome.steps[0].state == MissionStep.STARTED
    assert len(outcome.path) > 3
    moved = [
        name
        for name, thing in outcome.things.items()
        if thing.centre[:2] != tuple(float(v) for v in errand.world.thing(name).centre[:2])
    ]
    assert errand.pallet_id in moved
    picture = draw_mission(outcome)
    assert min(picture.size) > 500
    assert len(picture.getcolors(1 << 24) or ()) > 10
