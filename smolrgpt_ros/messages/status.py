# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How a question may end, and the error that ends one. The place where reasons become statuses."""

from __future__ import annotations

from enum import IntEnum

from smolrgpt_ros.language.answer import Reason


class Status(IntEnum):
    """The constants of SpatialQuery.srv, known without ROS; a test compares the two."""

    OK = 0
    INACTIVE = 1
    NO_FRAME = 2
    STALE = 3
    UNKNOWN_OBJECT = 4
    AMBIGUOUS = 5
    NOT_UNDERSTOOD = 6
    NO_DEPTH = 7
    NO_TRANSFORM = 8
    BUSY = 9
    TIMEOUT = 10
    ENGINE_FAILED = 11


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


def status_of(reason: Reason) -> Status:
    """Status for an engine's or a parser's reason."""
    return Status[reason.value]
