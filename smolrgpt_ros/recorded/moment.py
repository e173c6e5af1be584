# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where in a recording somebody wants to look."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.recorded.asking import why_no_set
from smolrgpt_ros.recorded.bag import Bag, BagError
from smolrgpt_ros.recorded.playback import Playback
from smolrgpt_ros.recorded.topics import Topics

# Nothing lasts for three years: what is more is a time since 1970.
_ABSOLUTE_S = 100_000_000


def moment_ns(text: str, bag: Bag) -> int:
    """Time by the recording's clock of '12.3' (seconds from its start) or '1767225612.3' (stamp).

    Raises:
        BagError: no number, or outside of the recording.
    """
    try:
        seconds = Decimal(text.strip())
        at_ns = int((seconds * 1_000_000_000).to_integral_value())
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise BagError(
            f'--at is {text!r}, expected seconds from the start of the recording, or a stamp'
        ) from error
    if seconds < _ABSOLUTE_S:
        at_ns += bag.start_ns
    if not bag.start_ns <= at_ns <= bag.end_ns:
        raise BagError(
            f'--at {text} is outside of the recording {bag.path}: it lasts {bag.duration_s:.3f} s, '
            f'from {bag.start_ns / 1e9:.3f} to {bag.end_ns / 1e9:.3f}'
        )
    return at_ns


def playback_at(bag: Bag, topics: Topics, settings: Settings, at_ns: int | None) -> Playback:
    """The recording at the matched set nearest to a moment: before it, else after it.

    Args:
        at_ns: by the recording's clock; None: the first set.

    Raises:
        BagError: there is none within `max_age` of it.
    """
    if at_ns is None:
        playback = Playback(bag, topics, settings)
        if playback.advance_to_next_set(bag.end_ns) is None:
            raise BagError(f'no set of {bag.path} matches: {why_no_set(playback)}')
        return playback
    near_ns = round(settings.max_age * 1e9)
    playback = Playback(bag, topics, settings, start_ns=at_ns - near_ns)
    playback.advance(at_ns)
    if _is_near(playback, near_ns):
        return playback
    before, why = playback.newest, why_no_set(playback)
    if playback.advance_to_next_set(at_ns + near_ns) is not None and _is_near(playback, near_ns):
        return playback
    told = ''
    if before is not None:
        age_s = (at_ns - (playback.now_ns - playback.stamp_clock_ns) - before.stamp_ns) / 1e9
        told = f'; the newest before it is {age_s:.3f} s older'
    after_s = (at_ns - bag.start_ns) / 1e9
    raise BagError(
        f'no set matches within {settings.max_age:g} s (max_age) of {after_s:.3f} s{told}: {why}'
    )


def _is_near(playback: Playback, near_ns: int) -> bool:
    newest = playback.newest
    return newest is not None and playback.stamp_clock_ns - newest.stamp_ns <= near_ns
