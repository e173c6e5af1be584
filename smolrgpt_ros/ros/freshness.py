# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How old a picture may be that somebody is answered from."""

from __future__ import annotations

from smolrgpt_ros.messages.status import QueryError
from smolrgpt_ros.srv import SpatialQuery


def require_fresh(stamp_ns: int, now_ns: int, max_age_s: float) -> None:
    """Raise QueryError(STALE) for a picture older than `max_age_s`, with its age."""
    age_s = (now_ns - stamp_ns) / 1e9
    if age_s > max_age_s:
        raise QueryError(
            SpatialQuery.Response.STALE,
            f'the newest matched picture is {age_s:.3f} s old, max_age is {max_age_s:g} s; '
            'see /diagnostics for the input that has stopped, or allow an older picture',
        )
