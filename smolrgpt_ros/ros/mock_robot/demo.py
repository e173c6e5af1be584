# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One errand from beginning to end, told step by step, and drawn from above."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console

from smolrgpt_ros.distribution import discovery_variables, profile_variables
from smolrgpt_ros.msg import MissionStep
from smolrgpt_ros.ros.mock_robot.errand import NoErrandError, draw_errand
from smolrgpt_ros.ros.mock_robot.plot import draw_mission
from smolrgpt_ros.ros.mock_robot.stage import Stage, seconds_of
from smolrgpt_ros.ros.own_domain import NoDomainError, keep_own_domain
from smolrgpt_ros.ros.running import RunningError

OUT = Path('demo_out') / 'pick_and_place.png'
LIMIT_S = 300.0
_PROFILE = Path(__file__).parents[3] / 'config' / 'fastdds.xml'
_STATES = {
    MissionStep.STARTED: ('begins', 'dim'),
    MissionStep.SUCCEEDED: ('done', 'green'),
    MissionStep.FAILED: ('FAILED', 'red'),
    MissionStep.RECOVERING: ('recovers', 'yellow'),
}


def main() -> int:
    """0 when the right pallet stands in the right buffer and the mission says so, 1 otherwise."""
    parser = argparse.ArgumentParser(prog='make demo-pick')
    parser.add_argument('--errand', type=int, default=4, help='which (default %(default)s)')
    parser.add_argument('--speed', type=float, default=4.0, help='of driving (default x4)')
    parser.add_argument('--out', type=Path, default=OUT, help='picture (default %(default)s)')
    arguments = parser.parse_args()
    console = Console(highlight=False)
    os.environ.update(discovery_variables())
    if _PROFILE.is_file():
        os.environ.update(profile_variables(str(_PROFILE)))
    try:
        # Two demos, or a robot on the same network, must not answer each other's questions.
        if 'ROS_DOMAIN_ID' not in os.environ:
            keep_own_domain()
        return _run(console, arguments)
    except (RunningError, NoErrandError, NoDomainError, OSError) as error:
        console.print(f'demo-pick: {error}', style='red', markup=False)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(console: Console, arguments: argparse.Namespace) -> int:
    errand = draw_errand(arguments.errand)
    console.print('demo-pick: starting mock robot, query node and pick_and_place ...')
    first: list[float] = []

    def tell(step: MissionStep) -> None:
        state, style = _STATES[step.state]
        first.append(seconds_of(step))
        console.print(
            f'{first[-1] - first[0]:6.1f} s  {step.step:19} {state:8}  {step.message}',
            style=style,
            markup=False,
            soft_wrap=True,
        )

    with Stage(robot={'errand': errand.seed, 'speed_factor': arguments.speed}) as stage:
        stage.activate()
        stage.on_step = tell
        outcome = stage.run(errand, limit_s=LIMIT_S)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    draw_mission(outcome).save(arguments.out)
    told = 'did not end' if outcome.hung else 'succeeded' if outcome.claimed else 'failed'
    truth = 'stands' if outcome.right else 'does not stand'
    console.print(
        f'the mission {told}; by truth {errand.pallet_id}, the closest to '
        f'{errand.transporter_id}, {truth} in {errand.buffer_id}',
        soft_wrap=True,
        style='green' if outcome.claimed and outcome.right else 'red',
    )
    console.print(f'drive from above: {arguments.out.resolve()}', soft_wrap=True)
    return 0 if outcome.claimed and outcome.right else 1


if __name__ == '__main__':
    sys.exit(main())
