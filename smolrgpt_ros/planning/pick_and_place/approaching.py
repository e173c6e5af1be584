# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Driving to where the pallet can be looked at closely, wherever it turns out to be."""

from __future__ import annotations

from collections.abc import Sequence

from smolrgpt_ros.planning.pick_and_place.asking import NothingNewError, UnansweredError
from smolrgpt_ros.planning.pick_and_place.crew import Crew
from smolrgpt_ros.planning.pick_and_place.knowing import know_pallet_by_place
from smolrgpt_ros.planning.pick_and_place.places import FloorPose, lookouts
from smolrgpt_ros.planning.pick_and_place.reporting import StepError
from smolrgpt_ros.planning.pick_and_place.sides import too_doubtful, usable_sides
from smolrgpt_ros.planning.pick_and_place.things import Wanted, place_of
from smolrgpt_ros.planning.replies import PickTarget

_NEAR_M = 3.0


def approach(crew: Crew, pallet: Wanted, *, avoided: Sequence[FloorPose] = ()) -> FloorPose:
    """Drive to where the pallet can be looked at closely; returns the pose.

    Args:
        avoided: what did not lead to the pallet before; sides elsewhere are tried first, those
            that looked occupied among them.

    Raises:
        StepError: there is no way to any side, or the pallet was lost.
    """
    attempts = crew.settings.attempts
    with crew.report.step('navigate_to_pallet', f'drive to {pallet}') as done:
        after_ns, problem = 0, ''
        for attempt in range(attempts):
            target, problem = _target(crew, pallet, after_ns)
            if target is not None:
                late = 2 * (attempt + 1) >= attempts
                problem = too_doubtful(target.thing)
                sides = usable_sides(
                    target, occupied_too=late or bool(avoided), nearer_too=late, avoided=avoided
                )
                for pose in () if problem else sides:
                    result = crew.drive(pose)
                    if result.arrived:
                        done.append('arrived')
                        return pose
                    problem = result.message
                problem = problem or f'no side of {pallet} is known to have room'
            if attempt + 1 < attempts:
                crew.report.recovering(f'looking at {pallet} from nearer or elsewhere: {problem}')
                _look_at(crew, pallet, attempt, lost=target is None)
                after_ns = crew.now_ns()
        raise StepError(problem)


def _target(crew: Crew, pallet: Wanted, after_ns: int) -> tuple[PickTarget | None, str]:
    """Where the pallet can be approached, or None and why it was not found.

    Raises:
        UnansweredError: it was not found, and where to look for it is not known either.
    """
    try:
        found = crew.asking.targets(
            pallet.name, crew.settings.staging, after_ns=after_ns, number=1
        )[-1]
    except NothingNewError:
        raise
    except UnansweredError as error:
        if pallet.place is None:
            raise
        return None, str(error)
    pallet.place = place_of(found.thing) or pallet.place
    return found, ''


def _look_at(crew: Crew, pallet: Wanted, attempt: int, *, lost: bool) -> None:
    """Look at the pallet from near, each time from another direction.

    One that was lost is turned to first, and known by its place where it has another id now.
    """
    if pallet.place is None:
        return
    here = crew.where()
    views = lookouts(pallet.place, here, _NEAR_M)[2 * attempt :]
    for pose in [here.towards(pallet.place), *views] if lost and not attempt else views:
        if crew.navigator.drive(pose).arrived:
            break
    if lost:
        know_pallet_by_place(crew, pallet)
