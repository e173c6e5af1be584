# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The books of those who ask: what was asked, what came back, what never did or came twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

Key = tuple[Hashable, ...]
"""Of a question: what tells its client from others, and its number there."""


@dataclass(frozen=True)
class Entry:
    """A question under way.

    Attributes:
        kind: of the question, for the statuses that it may end with.
        sent_s: when, monotonic clock.
        timed: whether how long it takes counts.
    """

    kind: str
    sent_s: float
    timed: bool = False


@dataclass(frozen=True)
class Answered:
    """A question that has been answered: its entry, and how long that took, seconds."""

    entry: Entry
    took_s: float


@dataclass
class Ledger:
    """Counts every question once and every response to it.

    Attributes:
        sent: questions.
        answered: those with a response.
        doubled: responses to a question that had one, or that carry another answer's `query_id`.
        abandoned: questions whose asker left; a response to them could not be heard.
        statuses: how many ended with each status, by name.
    """

    sent: int = 0
    answered: int = 0
    doubled: int = 0
    abandoned: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    _open: dict[Key, Entry] = field(default_factory=dict)
    _query_ids: set[str] = field(default_factory=set)

    @property
    def open(self) -> int:
        """Questions without a response so far; once nothing can come any more, those are lost."""
        return len(self._open)

    def ask(self, key: Key, entry: Entry) -> None:
        """Note a question under a key of its own. Raises ValueError for a key that is in use."""
        if key in self._open:
            raise ValueError(f'a question under {key!r} is under way already')
        self.sent += 1
        self._open[key] = entry

    def answer(self, key: Key, status: str, query_id: str, now_s: float) -> Answered | None:
        """Note a response; None where nothing had been asked, or it had been answered before."""
        entry = self._open.pop(key, None)
        if entry is None or (query_id and query_id in self._query_ids):
            self.doubled += 1
        if entry is None:
            return None
        self.answered += 1
        self.statuses[status] += 1
        if query_id:
            self._query_ids.add(query_id)
        return Answered(entry, now_s - entry.sent_s)

    def abandon(self, client: tuple[Hashable, ...]) -> None:
        """Note that a client has left: nobody waits for responses to its questions any more."""
        left = [key for key in self._open if key[: len(client)] == client]
        for key in left:
            del self._open[key]
        self.abandoned += len(left)

    def figures(self) -> dict[str, Any]:
        """The counts, ready for JSON."""
        return {
            'sent': self.sent,
            'answered': self.answered,
            'lost': self.open,
            'doubled': self.doubled,
            'abandoned': self.abandoned,
            'statuses': dict(self.statuses),
        }
