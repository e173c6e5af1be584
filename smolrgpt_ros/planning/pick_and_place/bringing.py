# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Bringing the pallet to the buffer and setting it down in a free place."""

from __future__ import annotations

from smolrgpt_ros.planning.pick_and_place.buffers import look_at_buffer
from smolrgpt_ros.planning.pick_and_place.crew import Crew
from smolrgpt_ros.planning.pick_and_place.places import Area, FloorPose, set_down_poses, spread
from smolrgpt_ros.planning.pick_and_place.reporting import StepError
from smolrgpt_ros.planning.pick_and_place.things import Wanted

_MOST_PLACES = 40


def bring(
    crew: Crew, pallet: Wanted, buffer: Wanted, area: Area, half_m: float
) -> tuple[Area, FloorPose]:
    """Bring the pallet and set it down; returns the buffer and where the pallet stands.

    What hides a part of the buffer from one side hides the same from beside it: where no place is
    left, two looks from other sides may show more of it.

    Args:
        half_m: half of the pallet's depth.

    Raises:
        StepError: the pallet is still on the fork.
    """
    near = look_at_buffer(crew, buffer, area, [area])
    try:
        return near, _bring_to_free_place(crew, pallet, near, half_m)
    except StepError as error:
        if error.fatal:
            raise
        crew.report.recovering(f'looking at the buffer from other sides: {error}')
    near = look_at_buffer(crew, buffer, area, [])
    return near, _bring_to_free_place(crew, pallet, near, half_m)


def _bring_to_free_place(crew: Crew, pallet: Wanted, area: Area, half_m: float) -> FloorPose:
    """Drive to a free place and set the pallet down; returns where it stands."""
    settings = crew.settings
    reach_m = settings.reach + half_m
    places = set_down_poses(area, crew.where(), reach_m=reach_m, clearance_m=settings.loaded_radius)
    problem = f'{settings.buffer} has no free place for {pallet}'
    # What Nav2 refuses at once costs nothing; what is tried in vain takes its time.
    tried = 0
    for place in spread(places)[:_MOST_PLACES]:
        if tried == settings.attempts:
            break
        try:
            said = f'bring {pallet} to {settings.buffer}'
            with crew.report.step('navigate_to_buffer', said, place) as done:
                result = crew.drive(place)
                tried += not result.hopeless
                if not result.arrived:
                    raise StepError(result.message)
                done.append('arrived')
            set_down(crew, f'set {pallet} down')
            return place.moved(reach_m)
        except StepError as error:
            if error.fatal:
                raise
            problem = str(error)
            crew.report.recovering(f'another place in {settings.buffer}: {problem}')
    raise StepError(f'{pallet} is still on the fork: {problem}')


def set_down(crew: Crew, message: str) -> None:
    """Lower the fork. Raises StepError."""
    with crew.report.step('set_down', message) as done:
        success, said = crew.fork(up=False)
        if not success:
            raise StepError(said)
        done.append(said)
