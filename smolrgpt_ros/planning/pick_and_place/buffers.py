# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The buffer: where it is, what stands in it, and how both look from near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from smolrgpt_ros.planning.pick_and_place.asking import NothingNewError, UnansweredError
from smolrgpt_ros.planning.pick_and_place.crew import Crew
from smolrgpt_ros.planning.pick_and_place.knowing import know_buffer_by_place
from smolrgpt_ros.planning.pick_and_place.places import Area, lookouts, shared_area
from smolrgpt_ros.planning.pick_and_place.reporting import StepError
from smolrgpt_ros.planning.pick_and_place.things import Wanted, first_id, median_place, place_of

# What is narrower holds no pallet: most of it is hidden, or outside of the picture.
_LEAST_SIDE_M = 1.0


def find_buffer(crew: Crew, buffer: Wanted) -> Area:
    """Ask where the buffer is; words become its id. Raises StepError."""
    with crew.report.step('find_buffer', f'where is {buffer}?') as done:
        area, said = crew.looking_round(lambda after_ns: _measured(crew, buffer, after_ns))
        done.append(said)
    return area


def look_at_buffer(crew: Crew, buffer: Wanted, area: Area, before: Sequence[Area]) -> Area:
    """Measure the buffer again from near, until two looks agree.

    One look may miss a hidden border; what all looks have in common is inside in any case.

    Args:
        before: looks that count as well; without them the views beside the robot are left out.

    Raises:
        StepError: nothing was measured, or the looks have nothing in common.
    """
    looks = list(before)
    with crew.report.step('look_at_buffer', f'where is {buffer}, seen from near?') as done:
        problem = 'no place to look from could be reached'
        views = lookouts(area.centre, crew.where(), area.view_m)
        for view in views if before else views[2:]:
            if len(looks) > crew.settings.attempts:
                break
            if not crew.drive(view).arrived:
                continue
            try:
                nearer, said = _measured(crew, buffer, crew.now_ns())
            except UnansweredError as error:
                problem = str(error)
            else:
                if any(nearer.agrees_with(other) for other in looks):
                    done.append(said)
                    return nearer
                looks.append(nearer)
                problem = f'{said}, and otherwise before'
            crew.report.recovering(f'looking from elsewhere: {problem}')
        common = shared_area(looks) if looks else None
        if common is None:
            raise StepError(f'where {buffer} is was measured differently each time: {problem}')
        done.append(f'the part that {len(looks)} looks have in common')
    return common


def _measured(crew: Crew, buffer: Wanted, after_ns: int) -> tuple[Area, str]:
    """The buffer and what stands in it, and that in words. Raises UnansweredError."""
    try:
        poll = crew.asking.poll(f'where is {buffer}?', first_id, after_ns=after_ns)
    except NothingNewError:
        raise
    except UnansweredError:
        if not know_buffer_by_place(crew, buffer):
            raise
        poll = crew.asking.poll(f'where is {buffer}?', first_id, after_ns=after_ns)
    found = [answer.objects[0] for answer in poll.answers if answer.objects]
    area = Area(
        median_place((o.position.x, o.position.y) for o in found),
        median_place((o.size.x, o.size.y) for o in found),
    )
    if not np.isfinite((*area.centre, *area.size)).all():
        raise UnansweredError(f'{buffer} was seen but not measured')
    if min(area.size) < _LEAST_SIDE_M:
        raise UnansweredError(
            f'of {buffer} only {area.size[0]:.1f} m by {area.size[1]:.1f} m were seen', poll.answers
        )
    buffer.name, buffer.place = str(poll.winner), area.centre
    held = crew.asking.poll(
        f'how many pallets are in {buffer}?', lambda answer: answer.normalized, after_ns=after_ns
    )
    # Whatever was seen there in any picture is in the way, where most pictures show it.
    seen: dict[str, list[tuple[float, float]]] = {}
    for answer in held.answers:
        for o in answer.objects:
            place = place_of(o)
            if o.id != buffer.name and place is not None:
                seen.setdefault(o.id, []).append(place)
    occupied = tuple(median_place(places) for places in seen.values())
    said = f'{buffer}, {area.size[0]:.1f} m by {area.size[1]:.1f} m, holds {held.winner}'
    return replace(area, occupied=occupied), said
