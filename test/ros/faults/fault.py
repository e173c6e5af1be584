# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a row of the fault table states."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from smolrgpt_ros.srv import SpatialQuery

if TYPE_CHECKING:
    from bench import Bench

RECOVERY_BOUND_S = 2.0

Response = SpatialQuery.Response
Injection = Callable[['Bench'], AbstractContextManager[Response | None]]
"""Brings a fault about; leaving it ends the fault.

It may give the response of a question that was asked in the middle, where asking again would come
too late.
"""


@dataclass(frozen=True)
class Told:
    """What /diagnostics says of a fault: level, report, words of its message."""

    level: str
    report: str
    words: tuple[str, ...]


def warn(report: str, *words: str) -> Told:
    return Told('WARN', report, words)


def error(report: str, *words: str) -> Told:
    return Told('ERROR', report, words)


def value(report: str, *words: str) -> Told:
    """Nothing is wrong with the node: it is said among the values, the level stays OK."""
    return Told('OK', report, words)


@dataclass(frozen=True)
class Fault:
    """A row.

    Attributes:
        name: what happens, as an operator would say it.
        injected: how the test brings it about.
        status: what a question is answered with while it lasts.
        said: words of the response's message.
        told: what /diagnostics says.
        on: which running node it happens to, see `benches`.
        ends: what ends it, where that is not just the end of its cause.
        meanwhile: what may be answered for a moment, besides.
        at_once: it is over as soon as it has happened: the time counts from there.
        final: what the injection itself times, '' where the time until all is well is taken.
        check: what else holds of the response.
        lacks: package without which it is a fault.
    """

    name: str
    injected: str
    inject: Injection
    status: str
    said: tuple[str, ...]
    told: Told
    on: str = 'measuring'
    ends: str = ''
    meanwhile: tuple[str, ...] = ()
    at_once: bool = False
    final: str = ''
    lacks: str = ''
    check: Callable[[Bench, Response], None] | None = field(default=None)
