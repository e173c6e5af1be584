# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a request must keep to before it may wait for an answer: how long, how many, how often."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.status import QueryError
from smolrgpt_ros.srv import SpatialQuery

# For how long after a refusal there is less room.
_CROWDED_S, _CROWDED_SHARE = 0.4, 8
# For how long after one pictures are shared, and each for how long. While too many ask, they come
# much closer; who asks alone after that gets the newest picture.
_REFUSING_S, _SHARED_S = 0.15, 0.25
_TEXT, _TEXTS = 'string', 'sequence<string>'
_SHOWN = 40


class Admission:
    """Looks at requests of the service, goals of the action and requests for pick targets."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic):
        """Have seen nobody yet; `clock_s` is a steady clock, seconds."""
        self._rate = _TokenBucket(clock_s)

    def check(self, request: Any, settings: Settings) -> None:
        """Let a request pass.

        Raises:
            QueryError: NOT_UNDERSTOOD where it says more than `question_length` and
                `question_ids` allow, BUSY where more than `question_rate` a second have come.
        """
        # Malformed ones count as well: whoever floods the node with them is no better.
        wait_s = self._rate.take(settings.question_rate)
        if wait_s:
            raise QueryError(
                SpatialQuery.Response.BUSY,
                f'more than {settings.question_rate:g} questions a second have come; ask again in '
                f'{wait_s:.2g} s, or raise question_rate',
            )
        for name, kind in request.get_fields_and_field_types().items():
            if kind == _TEXT:
                _require_short(name, getattr(request, name), settings.question_length)
            elif kind == _TEXTS:
                _require_few(name, getattr(request, name), settings)


def _require_short(name: str, text: str, most: int) -> None:
    if len(text) > most:
        what = 'the question' if name == 'question' else f'{name} ({text[:_SHOWN]!r} ...)'
        raise QueryError(
            SpatialQuery.Response.NOT_UNDERSTOOD,
            f'{what} has {len(text)} characters; at most {most} are read (question_length). Ask '
            'one question at a time',
        )


def _require_few(name: str, texts: Any, settings: Settings) -> None:
    if len(texts) > settings.question_ids:
        raise QueryError(
            SpatialQuery.Response.NOT_UNDERSTOOD,
            f'{name} has {len(texts)} ids; at most {settings.question_ids} are read '
            '(question_ids). Give one for each <mask>',
        )
    for position, text in enumerate(texts):
        _require_short(f'{name}[{position}]', text, settings.question_length)


class Crowding:
    """Whether more is asked than can be answered, and what changes while that is so.

    It is so from a question that found no room until a while after the last such question. A queue
    is there for bursts; one that stays full only makes everybody wait (Nichols and Jacobson,
    "Controlling Queue Delay", 2012).
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic):
        """Have refused nobody yet; `clock_s` is a steady clock, seconds."""
        self._clock_s = clock_s
        self._refused_s = -math.inf

    def note_refusal(self) -> None:
        """Note a question that found no room."""
        self._refused_s = self._clock_s()

    def room(self, most: int) -> int:
        """How many of the `most` questions that may wait may wait now."""
        return max(1, most // _CROWDED_SHARE) if self._within(_CROWDED_S) else most

    @property
    def shared_s(self) -> float:
        """How long after a picture has come it is answered from, though newer ones have come.

        To measure a new picture takes longer than to answer about a known one.
        """
        return _SHARED_S if self._within(_REFUSING_S) else 0.0

    def _within(self, past_s: float) -> bool:
        return self._clock_s() - self._refused_s < past_s


class _TokenBucket:
    """Lets so many pass a second on average, and a second's worth (at least one) at once."""

    def __init__(self, clock_s: Callable[[], float]):
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._rate_hz = 0.0
        self._tokens = 0.0
        self._filled_s = 0.0

    def take(self, rate_hz: float) -> float:
        """0 where one more may pass, else how long until it might, seconds; a rate of 0: always."""
        if rate_hz <= 0.0:
            return 0.0
        with self._lock:
            now_s, most = self._clock_s(), max(1.0, rate_hz)
            if rate_hz != self._rate_hz:
                self._rate_hz, self._tokens = rate_hz, most
            else:
                self._tokens = min(most, self._tokens + (now_s - self._filled_s) * rate_hz)
            self._filled_s = now_s
            if self._tokens < 1.0:
                return (1.0 - self._tokens) / rate_hz
            self._tokens -= 1.0
            return 0.0
