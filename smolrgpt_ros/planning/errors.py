# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Why a planner got no answer: one typed error for every way it can end."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from smolrgpt_ros.action import AskSpatial
from smolrgpt_ros.srv import PickTarget, SpatialQuery

_Response = SpatialQuery.Response


class Status(IntEnum):
    """How a question, a goal or a request for a pick target ended.

    The numbers are those of the interfaces; from UNREACHABLE on they are the client's own.
    """

    OK = _Response.OK
    INACTIVE = _Response.INACTIVE
    NO_FRAME = _Response.NO_FRAME
    STALE = _Response.STALE
    UNKNOWN_OBJECT = _Response.UNKNOWN_OBJECT
    AMBIGUOUS = _Response.AMBIGUOUS
    NOT_UNDERSTOOD = _Response.NOT_UNDERSTOOD
    NO_DEPTH = _Response.NO_DEPTH
    NO_TRANSFORM = _Response.NO_TRANSFORM
    BUSY = _Response.BUSY
    TIMEOUT = _Response.TIMEOUT
    ENGINE_FAILED = _Response.ENGINE_FAILED
    CANCELLED = AskSpatial.Result.CANCELLED
    NO_FREE_SIDE = PickTarget.Response.NO_FREE_SIDE
    UNREACHABLE = 100
    CLOSED = 101


PASSING = frozenset({Status.BUSY, Status.STALE, Status.NO_FRAME, Status.NO_TRANSFORM})
"""What may be over in a moment: the next picture, transform or free place answers."""


class SpatialQueryError(Exception):
    """A question without an answer.

    Attributes:
        status: what kind of failure.
        message: a sentence that says what was wrong and what would help.
        attempts: how often it was asked.
        known: what the server told all the same; None for nothing.
    """

    def __init__(self, status: Status, message: str, attempts: int = 1, known: Any = None):
        tried = f' (asked {attempts} times)' if attempts > 1 else ''
        super().__init__(f'{status.name}: {message}{tried}')
        self.status = status
        self.message = message
        self.attempts = attempts
        self.known = known


class PickTargetError(SpatialQueryError):
    """An object without a pick target.

    `known` is a `PickTarget` where the object was measured and no side is free (NO_FREE_SIDE).
    """
