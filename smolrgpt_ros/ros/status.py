# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Why a question got no answer, as the service says it.

The one place where reasons become statuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from smolrgpt_ros.action import AskSpatial
from smolrgpt_ros.language.answer import Reason
from smolrgpt_ros.srv import PickTarget, SpatialQuery

STATUS_NAMES: Mapping[int, str] = MappingProxyType(
    {
        getattr(SpatialQuery.Response, name): name
        for name in (
            'OK',
            'INACTIVE',
            'NO_FRAME',
            'STALE',
            'UNKNOWN_OBJECT',
            'AMBIGUOUS',
            'NOT_UNDERSTOOD',
            'NO_DEPTH',
            'NO_TRANSFORM',
            'BUSY',
            'TIMEOUT',
            'ENGINE_FAILED',
        )
    }
)
"""Name of every status constant of SpatialQuery.srv."""

OUTCOME_NAMES: Mapping[int, str] = MappingProxyType(
    {
        **STATUS_NAMES,
        AskSpatial.Result.CANCELLED: 'CANCELLED',
        PickTarget.Response.NO_FREE_SIDE: 'NO_FREE_SIDE',
    }
)
"""Name of every status that a question, a goal or a request for a pick target may end with."""

_STATUS_OF_REASON: Mapping[Reason, int] = MappingProxyType(
    {reason: getattr(SpatialQuery.Response, reason.value) for reason in Reason}
)


class QueryError(Exception):
    """A question that gets no answer.

    Attributes:
        status: a constant of SpatialQuery.srv, or one of PickTarget.srv.
        message: a sentence that says what was wrong and what would help.
    """

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status
        self.message = message


def status_of(reason: Reason) -> int:
    """Status constant for an engine's or a parser's reason."""
    return _STATUS_OF_REASON[reason]
