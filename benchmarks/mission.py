# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pick and place missions in random synthetic warehouses, over the real middleware.

``python -m benchmarks.mission [--json] [--missions 100] [--faults]``. Mock robot, query node and
`pick_and_place` run as processes of their own, once for all missions; between two missions the
robot is put into another hall and the clock jumps a minute ahead. Depth and boxes have the noise
of a stereo camera and a detector. Each errand has one right answer, by the true poses
(`smolrgpt_ros.ros.mock_robot.errand` says which are drawn).

`mission.success`: the mission says that it succeeded, and by truth the right pallet stands in the
right buffer. `mission.unreported`: it says so and it is not true. `mission.hung`: it did not end
within `--limit` seconds. With `--faults` a quarter of the detections is left out, TF has gaps of
2 s, drives get stuck, the fork jams, and the query node is killed now and then and started again as
by a launch file; `mission.recovered_or_reported` is then the share that succeeds or says that it
failed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from benchmarks.command import concluded
from benchmarks.result import Result
from smolrgpt_ros.ros.mock_robot.errand import Errand, NoErrandError, draw_errand
from smolrgpt_ros.ros.mock_robot.stage import Outcome, Stage

FIRST_SEED = 1000
SUCCESS_AT_LEAST, RECOVERED_AT_LEAST = 0.97, 0.90
ROBOT = {'speed_factor': 20.0, 'rate': 8.0, 'driving_rate': 2.0, 'errand': 1}
FAULTS = {
    'fault.missed': 0.25,
    'fault.tf_gap_rate': 0.1,
    'fault.tf_gap': 2.0,
    'fault.navigation_abort': 0.15,
    'fault.fork': 0.1,
}
KILLED_SHARE = 0.25
_DRAWN_AHEAD = 4


def drawn(first: int, number: int) -> Iterator[Errand]:
    """Errands, drawn in another process while missions run; seeds without any are skipped."""
    # Forked later than ROS starts, a process would share its sockets.
    with ProcessPoolExecutor(1, mp_context=get_context('spawn')) as pool:
        waiting: list[Future[Errand]] = []
        seed, done = first, 0
        while done < number:
            while len(waiting) < _DRAWN_AHEAD:
                waiting.append(pool.submit(draw_errand, seed))
                seed += 1
            try:
                errand = waiting.pop(0).result()
            except NoErrandError as error:
                print(error, file=sys.stderr)
                continue
            done += 1
            yield errand
        for future in waiting:
            future.cancel()


class Killer:
    """Kills the query node once in some missions, at a random moment."""

    def __init__(self, stage: Stage, chance: random.Random):
        self._stage = stage
        self._wait = chance.randrange(3, 60) if chance.random() < KILLED_SHARE else -1
        self.killed = False

    def __call__(self) -> None:
        self._wait -= 1
        if self._wait == 0:
            self._stage.kill_query()
            self.killed = True


def told(outcome: Outcome) -> str:
    """One line on a mission."""
    end = 'hung' if outcome.hung else 'succeeded' if outcome.claimed else 'failed'
    right = 'right' if outcome.right else 'not right'
    return (
        f'errand {outcome.errand.seed}: {end}, {right}, {outcome.took_s:.1f} s: {outcome.message}'
    )


def measure(missions: int, *, faults: bool, first: int, limit_s: float) -> list[Result]:
    """Run the missions and count."""
    outcomes: list[Outcome] = []
    killed = 0
    parameters: dict[str, Any] = {**ROBOT, **(FAULTS if faults else {})}
    with Stage(robot=parameters) as stage:
        stage.activate()
        for errand in drawn(first, missions):
            killer = Killer(stage, random.Random(errand.seed)) if faults else None
            outcome = stage.run(
                errand, limit_s=limit_s, meanwhile=killer if killer else lambda: None
            )
            killed += killer.killed if killer else 0
            outcomes.append(outcome)
            print(told(outcome), file=sys.stderr, flush=True)
    return results(outcomes, faults=faults, killed=killed)


def results(outcomes: list[Outcome], *, faults: bool, killed: int) -> list[Result]:
    """The figures of some missions."""
    number = len(outcomes)
    hung = sum(o.hung for o in outcomes)
    success = sum(o.claimed and o.right for o in outcomes)
    unreported = sum(o.claimed and not o.right for o in outcomes)
    reported = number - success - unreported - hung
    took = statistics.median(o.took_s for o in outcomes)
    further: dict[str, Any] = {
        'missions': number,
        'succeeded': success,
        'reported_failed': reported,
    }
    further |= {'median_s': took}
    name = 'mission.faults' if faults else 'mission'
    found = [
        Result(
            f'{name}.success',
            success / number,
            '',
            at_least=None if faults else SUCCESS_AT_LEAST,
            further=further,
        ),
        Result(f'{name}.hung', hung, '', at_most=0),
        Result(f'{name}.unreported', unreported, '', at_most=None if faults else 0),
    ]
    if faults:
        found.append(
            Result(
                f'{name}.recovered_or_reported',
                (success + reported) / number,
                '',
                at_least=RECOVERED_AT_LEAST,
                further={'query_node_killed': killed},
            )
        )
    return found


def main() -> int:
    """The exit code of `concluded`."""
    parser = argparse.ArgumentParser(prog='smolrgpt bench mission')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument('--missions', type=int, default=100, help='how many (default %(default)s)')
    parser.add_argument('--faults', action='store_true', help='with injected faults')
    parser.add_argument('--first', type=int, default=FIRST_SEED, help='seed of the first errand')
    parser.add_argument(
        '--limit', type=float, default=300.0, help='seconds after which a mission counts as hung'
    )
    arguments = parser.parse_args()
    if arguments.missions < 1:
        parser.error(f'--missions is {arguments.missions}; at least 1')
    return concluded(
        'mission',
        lambda: measure(
            arguments.missions,
            faults=arguments.faults,
            first=arguments.first,
            limit_s=arguments.limit,
        ),
        as_json=arguments.json,
    )


if __name__ == '__main__':
    sys.exit(main())
