# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Confirming by counting: the pallet stands in the buffer, as seen from where all of it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from smolrgpt_ros.planning.pick_and_place.asking import NothingNewError, Poll, UnansweredError
from smolrgpt_ros.planning.pick_and_place.crew import Crew
from smolrgpt_ros.planning.pick_and_place.knowing import ALL_PALLETS, know_buffer_by_place
from smolrgpt_ros.planning.pick_and_place.places import Area, FloorPose, lookouts
from smolrgpt_ros.planning.pick_and_place.reporting import StepError
from smolrgpt_ros.planning.pick_and_place.things import Wanted, stands_at

_BACK_OFF_M = (2.6, 2.0, 1.4)


def confirm(crew: Crew, pallet: Wanted, buffer: Wanted, area: Area, stands: FloorPose) -> str:
    """Count what stands in the buffer; returns that in words.

    The pallet is known by its id, or by the place where the fork has set it down: a tracker may
    take what disappeared here and appeared there for two objects. Once a look has shown it
    outside, two others have to show it inside.

    Args:
        stands: where the pallet was set down.

    Raises:
        StepError: it was not seen in the buffer.
    """
    attempts = crew.settings.attempts

    def among(answer: Any) -> bool:
        return any(
            o.id == pallet.name or stands_at(o, (stands.x, stands.y)) for o in answer.objects
        )

    with crew.report.step('confirm', _question(buffer)) as done:
        here, problem = crew.where(), 'no place to look from could be reached'
        views = lookouts(area.centre, here, area.view_m)
        seen, outside, looks = '', 0, 0
        for view in [*views, *(here.moved(-back) for back in _BACK_OFF_M)]:
            if looks == 2 * attempts or outside == attempts:
                break
            if not crew.drive(view).arrived:
                continue
            looks += 1
            try:
                poll = _counted(crew, buffer, among)
                text = str(poll.answers[-1].text)
                if poll.winner and (not outside or seen):
                    done.append(text)
                    return text
                if poll.winner:
                    seen = text
                    continue
                # What hides behind another pallet is not outside.
                shown = crew.asking.poll(ALL_PALLETS, among, after_ns=0).winner
                outside += bool(shown)
                seen = '' if shown else seen
                where = 'stands outside' if shown else 'is hidden'
                problem = f'{pallet} {where}: {text}'
            except UnansweredError as error:
                problem = str(error)
            crew.report.recovering(f'looking from elsewhere: {problem}')
        raise StepError(f'{pallet} was set down but not seen in {buffer}: {problem}')


def _question(buffer: Wanted) -> str:
    return f'how many pallets are in {buffer}?'


def _counted(crew: Crew, buffer: Wanted, among: Callable[[Any], bool]) -> Poll:
    """Ask; a buffer of another name is known by its place. Raises UnansweredError."""
    try:
        return crew.asking.poll(_question(buffer), among, after_ns=crew.now_ns())
    except NothingNewError:
        raise
    except UnansweredError:
        if not know_buffer_by_place(crew, buffer):
            raise
    return crew.asking.poll(_question(buffer), among, after_ns=crew.now_ns())
