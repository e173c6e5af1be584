# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How old a picture may be that somebody is answered from."""

from __future__ import annotations

import time

from smolrgpt_ros.messages.frame_set import FrameSet
from smolrgpt_ros.messages.status import QueryError
from smolrgpt_ros.srv import SpatialQuery

_CLOCKS_DIFFER_S = 0.1


def require_fresh(frame_set: FrameSet, now_ns: int, max_age_s: float) -> None:
    """Raise QueryError(STALE) for a picture older than `max_age_s`, with its age.

    A stamp from the future would look fresh until that time has come: where the clocks differ, the
    age is the time since the picture arrived.
    """
    age_s, how = (now_ns - frame_set.stamp_ns) / 1e9, 'is'
    if age_s < -_CLOCKS_DIFFER_S:
        how = f'has a stamp {-age_s:.3f} s in the future and arrived'
        age_s = time.monotonic() - frame_set.image.arrived_s
    if age_s > max_age_s:
        raise QueryError(
            SpatialQuery.Response.STALE,
            f'the newest matched picture {how} {age_s:.3f} s '
            f'{"old" if how == "is" else "ago"}, max_age is {max_age_s:g} s; '
            'see /diagnostics for the input that has stopped, or allow an older picture',
        )
