# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions about several pictures, until their answers agree; what is missing is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from smolrgpt_ros.planning.errors import Status
from smolrgpt_ros.planning.pick_and_place.ballot import Ballot
from smolrgpt_ros.planning.pick_and_place.settings import Settings
from smolrgpt_ros.planning.pick_and_place.source import Heard, Source
from smolrgpt_ros.planning.pick_and_place.waiting import Waiting
from smolrgpt_ros.planning.replies import PickTarget, Reply

# What may be otherwise in a moment: a picture, TF, the node, its queue, its engine.
PASSING = frozenset(
    (
        Status.INACTIVE,
        Status.NO_FRAME,
        Status.STALE,
        Status.NO_TRANSFORM,
        Status.BUSY,
        Status.TIMEOUT,
        Status.ENGINE_FAILED,
        Status.UNREACHABLE,
    )
)
_MEASURED = 'geometric'
_RETRY_S = 0.1
_NEXT_PICTURE_S = 0.03
_NO_ANSWER = 'no answer'


class UnansweredError(RuntimeError):
    """No answer that one could act on; the message says what was wrong.

    Attributes:
        doubtful: answers that were not sure enough.
    """

    def __init__(self, message: str, doubtful: Sequence[Reply] = ()):
        """Remember both."""
        super().__init__(message)
        self.doubtful = tuple(doubtful)


class NothingNewError(UnansweredError):
    """Pictures, TF or the query node were missing for too long: looking elsewhere cannot help."""


@dataclass
class Poll:
    """What a question about several pictures gave.

    Attributes:
        winner: what the answers agree on.
        answers: those that said so.
        votes: all of them, in words.
    """

    winner: Any
    answers: list[Reply] = field(default_factory=list)
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
        read: Callable[[Reply], Hashable],
        *,
        after_ns: int,
        least_confidence: float = 0.0,
        refusals_vote: bool = False,
    ) -> Poll:
        """Ask about picture after picture until one reading of the answers is clearly ahead.

        Args:
            read: what an answer says.
            after_ns: only pictures taken later count.
            least_confidence: what is less sure does not count.
            refusals_vote: whether a picture in which there is no answer speaks against those of
                others: a transporter is empty in the few pictures alone whose detector left its
                load out.

        Raises:
            UnansweredError: the answers do not agree, or there are none.
            StoppedError: the mission was cancelled.
        """
        engine = self._settings.engine

        def ask() -> Heard:
            nonlocal engine
            heard = self._source.ask(question, engine)
            if heard.status is Status.ENGINE_FAILED and engine != _MEASURED:
                self._recovering(f'measured instead, without the network: {heard.message}')
                engine = _MEASURED
                heard = self._source.ask(question, engine)
            return heard

        ballot: Ballot[Any] = Ballot(self._settings.lead)
        said: list[tuple[Any, Reply]] = []
        refusal, disagreement = '', ''
        doubtful: list[Reply] = []
        for heard in self._different(ask, after_ns):
            if heard.status is not Status.OK:
                refusal = heard.message
                if heard.status is Status.NOT_UNDERSTOOD or (
                    refusals_vote and ballot.add(_NO_ANSWER) is _NO_ANSWER
                ):
                    break
                continue
            reply: Reply = heard.value
            if not (reply.verified or reply.engine == _MEASURED):
                # What geometry contradicts, or nobody measured, is not driven by.
                disagreement = reply.text
                continue
            if reply.confidence < least_confidence:
                doubtful.append(reply)
                if len(doubtful) >= self._settings.most_doubtful and not said:
                    break
                continue
            choice = read(reply)
            said.append((choice, reply))
            winner = ballot.add(choice)
            if winner not in (None, _NO_ANSWER):
                return Poll(winner, [r for c, r in said if c == winner], str(ballot))
        raise UnansweredError(_why(question, ballot, refusal, disagreement, doubtful), doubtful)

    def targets(
        self, object_id: str, standoff_m: float, *, after_ns: int, number: int
    ) -> list[PickTarget]:
        """What measured the object in `number` pictures, with or without a free side.

        Raises:
            UnansweredError: it was not found in so many.
            StoppedError: the mission was cancelled.
        """
        found: list[PickTarget] = []
        refusal = ''
        ask = partial(self._source.pick_target, object_id, standoff_m)
        for heard in self._different(ask, after_ns):
            if heard.value is None:
                refusal = heard.message
                continue
            found.append(heard.value)
            if len(found) >= number:
                return found
        raise UnansweredError(
            f'{object_id} was measured in {len(found)} of {self._settings.most_asks} pictures'
            f'{f"; the last refusal: {refusal}" if refusal else ""}'
        )

    def _different(self, ask: Callable[[], Heard], after_ns: int) -> Iterator[Heard]:
        """What is heard about different pictures, at most `most_asks`.

        What something missing explains is left out while there is patience.
        """
        asked, newest_ns = 0, after_ns
        missing_since_s = time.monotonic()
        told = False
        while asked < self._settings.most_asks:
            heard = ask()
            missing = heard.message if heard.status in PASSING else ''
            # A refusal may know no picture. Where /clock stands still, an old one is never stale.
            old = 0 < heard.stamp_ns <= newest_ns
            if not missing and not old:
                newest_ns = max(newest_ns, heard.stamp_ns)
                asked += 1
                yield heard
                missing_since_s, told = time.monotonic(), False
                if not heard.stamp_ns:
                    self._waiting.pause(_RETRY_S)
                continue
            if missing and not told:
                self._recovering(f'asked again: {missing}')
                told = True
            if time.monotonic() - missing_since_s > self._settings.patience:
                raise NothingNewError(
                    f'nothing better within {self._settings.patience:g} s: '
                    f'{missing or "no newer picture has come"}'
                )
            self._waiting.pause(_RETRY_S if missing else _NEXT_PICTURE_S)


def _why(
    question: str,
    ballot: Ballot[Any],
    refusal: str,
    disagreement: str,
    doubtful: Sequence[Reply],
) -> str:
    parts = [f'{question!r} has no clear answer']
    if ballot.count:
        parts.append(f'the answers were {ballot}')
    if refusal:
        parts.append(f'the last refusal: {refusal}')
    if doubtful:
        sure = max(reply.confidence for reply in doubtful)
        parts.append(f'{len(doubtful)} answers were doubtful ({sure:.0%}): {doubtful[-1].text}')
    if disagreement:
        parts.append(f'network and geometry disagree: {disagreement}')
    return '; '.join(parts)
