# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Taking the pallet: look again, correct, dock, lift."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from smolrgpt_ros.planning.pick_and_place.approaching import approach
from smolrgpt_ros.planning.pick_and_place.asking import NothingNewError, UnansweredError
from smolrgpt_ros.planning.pick_and_place.crew import Crew
from smolrgpt_ros.planning.pick_and_place.places import FloorPose, middle
from smolrgpt_ros.planning.pick_and_place.reporting import StepError
from smolrgpt_ros.planning.pick_and_place.sides import floor_pose
from smolrgpt_ros.planning.pick_and_place.things import Wanted

_SMALL_M, _SMALL_AHEAD_M, _SMALL_YAW = 0.2, 0.45, math.radians(8.0)
_MOVED_M = 1.0
_PICTURES = 3
# A look that led to a wrong dock would mislead again; from farther back it shows more.
_STEP_BACK_M = 0.4
# So much farther than its usual reach a fork takes a load, too.
_LONGER_REACH_M = 0.15


def pick(
    crew: Crew, pallet: Wanted, staging: FloorPose, *, avoided: Sequence[FloorPose] = ()
) -> float:
    """Look again, correct, dock, lift; returns half of the pallet's depth, metres.

    What misled once would mislead again: each further look is from farther back, and after
    two docks that the fork refused another side is tried.

    Args:
        avoided: poses that led to nothing before.

    Raises:
        StepError: the pallet is not on the fork.
    """
    settings, report = crew.settings, crew.report
    problem, refusals, vain = '', 0, list(avoided)
    for attempt in range(settings.attempts):
        if refusals:
            with report.step('back_off', problem, staging) as done:
                arrived = _back_off(crew, staging, refusals)
                done.append('back where it can be seen' if arrived else 'looking from here')
        if refusals > 1:
            vain.append(staging)
            staging = approach(crew, pallet, avoided=vain)
        pictures = min(_PICTURES * (1 + refusals), max(settings.most_asks // 2, _PICTURES))
        checked, half_m = _check(crew, pallet, staging, pictures)
        if not half_m:
            problem = f'{pallet} is not where it was'
            staging = approach(crew, pallet, avoided=vain)
            continue
        staging = checked
        last = attempt + 1 == settings.attempts
        problem = _dock(crew, pallet, staging, last=last)
        if problem:
            vain.append(staging)
            staging = approach(crew, pallet, avoided=vain)
            continue
        with report.step('lift', f'lift {pallet}') as done:
            success, problem = crew.fork(up=True)
            if success:
                done.append(problem)
                return half_m
            if last:
                raise StepError(f'the fork does not lift: {problem}')
            refusals += 1
            report.recovering(f'backing off to look again: {problem}')
            done.append('not lifted yet')
    raise StepError(f'lift: {problem}')


def _dock(crew: Crew, pallet: Wanted, staging: FloorPose, *, last: bool) -> str:
    """Drive up to the pallet; '' where the fork is before it, else why not."""
    dock = staging.moved(crew.settings.staging - crew.settings.reach)
    with crew.report.step('dock', f'drive up to {pallet}', dock) as done:
        result = crew.drive(dock)
        if result.hopeless:
            # What stands beside the pallet may leave room a bit farther back.
            result = crew.drive(dock.moved(-_LONGER_REACH_M))
        if not result.arrived and last:
            raise StepError(result.message)
        done.append('the fork is before it' if result.arrived else 'not reached')
    return '' if result.arrived else result.message


def _back_off(crew: Crew, staging: FloorPose, refusals: int) -> bool:
    """Away from the pallet, farther each time where there is room."""
    return any(
        crew.drive(staging.moved(-_STEP_BACK_M * steps)).arrived
        for steps in range(refusals, -1, -1)
    )


def _check(
    crew: Crew, pallet: Wanted, expected: FloorPose, pictures: int
) -> tuple[FloorPose, float]:
    """Ask again on arrival, and correct; returns the staging pose and half of the depth.

    A small correction is made on the way to the dock, as is one along the way; a large one
    needs another look. The depth is 0 where the pallet is somewhere else, or not to be seen.
    """
    with crew.report.step('check_pallet', f'where is {pallet} now?', expected) as done:
        for _ in range(crew.settings.attempts):
            try:
                measured, half_m = _measured(crew, pallet, expected, pictures)
            except NothingNewError:
                raise
            except UnansweredError as error:
                crew.report.recovering(str(error))
                break
            off_m, off = measured.distance_m(expected), measured.angle_to(expected)
            small = off_m <= _SMALL_M or (
                off_m <= _SMALL_AHEAD_M and measured.aside_m(expected) <= _SMALL_M
            )
            said = f'corrected by {100 * off_m:.0f} cm and {math.degrees(off):.0f} degrees'
            if small and off <= _SMALL_YAW:
                done.append(f'it is where it was measured, {said}')
                return measured, half_m
            crew.report.recovering(said)
            if off_m > _MOVED_M or not crew.drive(measured).arrived:
                break
            expected = measured
        done.append('another approach is needed')
    return expected, 0.0


def _measured(
    crew: Crew, pallet: Wanted, expected: FloorPose, pictures: int
) -> tuple[FloorPose, float]:
    """The staging pose by some new pictures, and half of the pallet's depth."""
    staging_m = crew.settings.staging
    responses = crew.asking.targets(pallet.name, staging_m, after_ns=crew.now_ns(), number=pictures)
    poses, halves = [], []
    for response in responses:
        # The floor under the robot is not in the picture: whether it is free was asked before.
        sides = [floor_pose(side.pose) for side in response.sides]
        pose = min(sides, key=lambda side: side.angle_to(expected))
        at = response.thing.position
        poses.append(pose)
        halves.append(math.dist((pose.x, pose.y), (at.x, at.y)) - staging_m)
    return middle(poses), float(np.median(halves))
