# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions about several pictures, until their answers agree; what is missing is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Protocol

from builtin_interfaces.msg import Time

from smolrgpt_ros.planning.pick_and_place.ballot import Ballot
from smolrgpt_ros.planning.pick_and_place.settings import Settings
from smolrgpt_ros.planning.pick_and_place.waiting import NoReplyError, NoServerError, Waiting
from smolrgpt_ros.srv import SpatialQuery

_Status = SpatialQuery.Response
# What may be otherwise in a moment: a picture, TF, the node, its queue, its engine.
PASSING = frozenset(
    (
        _Status.INACTIVE,
        _Status.NO_FRAME,
        _Status.STALE,
        _Status.NO_TRANSFORM,
        _Status.BUSY,
        _Status.TIMEOUT,
        _Status.ENGINE_FAILED,
    )
)
_MEANINGLESS = (_Status.NOT_UNDERSTOOD,)
_MEASURED = 'geometric'
_RETRY_S = 0.1
_NEXT_PICTURE_S = 0.03


class Source(Protocol):
    """Where answers come from."""

    def ask(self, question: str, engine: str) -> Any:
        """A response with status, message and answer; raises NoServerError or NoReplyError."""

    def pick_target(self, object_id: str, standoff_m: float) -> Any:
        """A response with status, message, pose, object and sides; raises as `ask`."""


class UnansweredError(RuntimeError):
    """No answer that one could act on; the message says what was wrong."""


@dataclass
class Poll:
    """What a question about several pictures gave.

    Attributes:
        winner: what the answers agree on.
        answers: those that said so.
        votes: all of them, in words.
    """

    winner: Any
    answers: list[Any] = field(default_factory=list)
    votes: str = ''


class Asking:
    """Asks again and again; used in the mission's thread."""

    def __init__(
        self,
        source: Source,
        waiting: Waiting,
        settings: Settings,
        recovering: Callable[[str], None],
    ):
        """Remember whom to ask; `recovering` hears why something is asked again."""
        self._source = source
        self._waiting = waiting
        self._settings = settings
        self._recovering = recovering

    def poll(
        self,
        question: str,
        read: Callable[[Any], Hashable],
        *,
        after_ns: int,
        lead: int | None = None,
    ) -> Poll:
        """Ask about picture after picture until one reading of the answers is clearly ahead.

        Args:
            read: what an answer says.
            after_ns: only pictures taken later count.

        Raises:
            UnansweredError: the answers do not agree, or there are none.
            StoppedError: the mission was cancelled.
        """
        engine = self._settings.engine

        def ask() -> Any:
            return self._source.ask(question, engine)

        ballot: Ballot[Any] = Ballot(lead or self._settings.lead)
        said: list[tuple[Any, Any]] = []
        refusal, disagreement = '', ''
        for response in self._responses(ask, lambda r: r.answer.header.stamp, after_ns):
            if response.status != _Status.OK:
                refusal = response.message
                if response.status in _MEANINGLESS:
                    break
                continue
            if not (response.answer.verified or response.answer.engine == _MEASURED):
                # What geometry contradicts, or nobody measured, is not driven by.
                disagreement = response.answer.text
                continue
            choice = read(response.answer)
            said.append((choice, response.answer))
            winner = ballot.add(choice)
            if winner is not None:
                return Poll(winner, [a for c, a in said if c == winner], str(ballot))
        raise UnansweredError(_why(question, ballot, refusal, disagreement))

    def targets(self, object_id: str, standoff_m: float, *, after_ns: int, number: int) -> list:
        """Responses that measured the object in `number` pictures.

        Raises:
            UnansweredError: it was not found in so many.
            StoppedError: the mission was cancelled.
        """
        found, refusal = [], ''

        def ask() -> Any:
            return self._source.pick_target(object_id, standoff_m)

        for response in self._responses(ask, lambda r: r.pose.header.stamp, after_ns):
            if response.sides:
                found.append(response)
                if len(found) >= number:
                    return found
            else:
                refusal = response.message
        raise UnansweredError(
            f'{object_id} was measured in {len(found)} of {self._settings.most_asks} pictures'
            f'{f"; the last refusal: {refusal}" if refusal else ""}'
        )

    def _responses(
        self, ask: Callable[[], Any], stamp_of: Callable[[Any], Time], after_ns: int
    ) -> Any:
        """Responses about different pictures, at most `most_asks`.

        Those that something missing explains are left out while there is patience.
        """
        asked, missing_since_s, newest_ns = 0, None, after_ns
        while asked < self._settings.most_asks:
            try:
                response = ask()
                problem = response.message if response.status in PASSING else ''
            except (NoServerError, NoReplyError) as error:
                problem, response = str(error), None
            if problem:
                now_s = time.monotonic()
                if missing_since_s is None:
                    missing_since_s = now_s
                    self._recovering(f'asked again: {problem}')
                if now_s - missing_since_s > self._settings.patience:
                    raise UnansweredError(
                        f'nothing better within {self._settings.patience:g} s: {problem}'
                    )
                self._waiting.pause(_RETRY_S)
                continue
            missing_since_s = None
            stamp = stamp_of(response)
            stamp_ns = stamp.sec * 1_000_000_000 + stamp.nanosec
            # A refusal may know no picture.
            if 0 < stamp_ns <= newest_ns:
                self._waiting.pause(_NEXT_PICTURE_S)
                continue
            newest_ns = max(newest_ns, stamp_ns)
            asked += 1
            yield response
            if not stamp_ns:
                self._waiting.pause(_RETRY_S)


def _why(question: str, ballot: Ballot[Any], refusal: str, disagreement: str) -> str:
    parts = [f'{question!r} has no clear answer']
    if ballot.count:
        parts.append(f'the answers were {ballot}')
    if refusal:
        parts.append(f'the last refusal: {refusal}')
    if disagreement:
        parts.append(f'network and geometry disagree: {disagreement}')
    return '; '.join(parts)
