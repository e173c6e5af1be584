# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The mission: which pallet, where to, drive, look again, dock, lift, bring, set down, count."""

from __future__ import annotations

from smolrgpt_ros.planning.pick_and_place.approaching import approach
from smolrgpt_ros.planning.pick_and_place.bringing import bring, set_down
from smolrgpt_ros.planning.pick_and_place.buffers import find_buffer
from smolrgpt_ros.planning.pick_and_place.choosing import choose_pallet
from smolrgpt_ros.planning.pick_and_place.confirming import confirm
from smolrgpt_ros.planning.pick_and_place.crew import Crew
from smolrgpt_ros.planning.pick_and_place.picking import pick
from smolrgpt_ros.planning.pick_and_place.places import FloorPose
from smolrgpt_ros.planning.pick_and_place.reporting import MISSION, StepError
from smolrgpt_ros.planning.pick_and_place.things import Wanted

# A loaded robot that is still so near to where it lifted has found no way out.
_STUCK_M = 0.3


def run_mission(crew: Crew) -> str:
    """Do one mission; always ends. Returns the sentence of its success.

    Raises:
        StepError: it failed; already reported.
    """
    settings, report = crew.settings, crew.report
    with report.step(MISSION, f'fetch a pallet to {settings.buffer}') as done:
        if not settings.buffer:
            raise StepError('the parameter buffer is empty; name where to bring the pallet')
        pallet = choose_pallet(crew)
        report.object_id = pallet.name
        buffer = Wanted(settings.buffer)
        area = find_buffer(crew, buffer)
        staging = approach(crew, pallet)
        half_m = pick(crew, pallet, staging)
        lifted = crew.where()
        try:
            area, stands = bring(crew, pallet, buffer, area, half_m)
        except StepError as error:
            if error.fatal or crew.where().distance_m(lifted) > _STUCK_M:
                raise
            half_m = _take_otherwise(crew, pallet, lifted, str(error))
            area, stands = bring(crew, pallet, buffer, area, half_m)
        counted = confirm(crew, pallet, buffer, area, stands)
        done.append(f'{pallet} was brought to {settings.buffer}; {counted}')
    return done[0]


def _take_otherwise(crew: Crew, pallet: Wanted, lifted: FloorPose, problem: str) -> float:
    """Take the pallet from another side, where the loaded robot cannot get away from this one.

    A load makes the robot wider: it may come in where it does not come out.
    """
    crew.report.recovering(f'the loaded robot cannot leave: {problem}')
    try:
        set_down(crew, f'set {pallet} down where it was')
    except StepError as error:
        raise StepError(f'{pallet} is still on the fork: {error}', fatal=error.fatal) from error
    crew.drive(lifted.moved(crew.settings.reach - crew.settings.staging))
    return pick(crew, pallet, approach(crew, pallet, avoided=[lifted]), avoided=[lifted])
