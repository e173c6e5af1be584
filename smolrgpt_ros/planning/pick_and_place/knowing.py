# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is called otherwise now is known by its place: trackers may lose an id, places stay."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from smolrgpt_ros.planning.pick_and_place.asking import NothingNewError, UnansweredError
from smolrgpt_ros.planning.pick_and_place.crew import Crew
from smolrgpt_ros.planning.pick_and_place.things import Wanted, holds, place_of, stands_at

ALL_PALLETS = 'how many pallets are there?'
ALL_BUFFERS = 'how many buffers are there?'
"""What names each of them in the picture, with its place."""


def know_pallet_by_place(crew: Crew, pallet: Wanted) -> bool:
    """Take the id of the pallet that stands where the wanted one was measured; whether it is new.

    Raises:
        NothingNewError: no new picture came.
    """
    if not _renamed(crew, pallet, ALL_PALLETS, stands_at):
        return False
    crew.report.object_id = pallet.name
    return True


def know_buffer_by_place(crew: Crew, buffer: Wanted) -> bool:
    """Take the id of the buffer that lies where the wanted one was measured; whether it is new.

    Raises:
        NothingNewError: no new picture came.
    """
    return _renamed(crew, buffer, ALL_BUFFERS, holds)


def _renamed(
    crew: Crew,
    wanted: Wanted,
    question: str,
    there: Callable[[Any, tuple[float, float]], bool],
) -> bool:
    place = wanted.place
    if place is None:
        return False

    def named(answer: Any) -> str:
        found = [
            (math.dist(at, place), str(o.id))
            for o in answer.objects
            if (at := place_of(o)) is not None and there(o, place)
        ]
        return min(found)[1] if found else ''

    try:
        name = crew.asking.poll(question, named, after_ns=crew.now_ns()).winner
    except NothingNewError:
        raise
    except UnansweredError:
        return False
    if not name or name == wanted.name:
        return False
    crew.report.recovering(f'{wanted} is called {name} now: it is where that was')
    wanted.name = name
    return True
