# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Answers to one question about several pictures, until one is clearly ahead.

A detector leaves objects out now and then, so a single picture may name the wrong one. Votes are
counted until one choice leads by a number of votes (Wald's sequential test): where a picture is
right with probability p, a lead of k is wrong with probability ``1 / (1 + (p / (1 - p))**k)``: 1 in
82 for p = 3/4 and k = 4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import Generic, TypeVar

Choice = TypeVar('Choice', bound=Hashable)


class Ballot(Generic[Choice]):
    """Votes for choices."""

    def __init__(self, lead: int):
        """Begin without votes; `lead` votes ahead of the second decide."""
        if lead < 1:
            raise ValueError(f'a lead of {lead} decides nothing; at least 1')
        self._lead = lead
        self._votes: Counter[Choice] = Counter()

    def add(self, choice: Choice) -> Choice | None:
        """Count a vote; returns the winner, None while there is none."""
        self._votes[choice] += 1
        ranked = self._votes.most_common(2)
        second = ranked[1][1] if len(ranked) > 1 else 0
        return ranked[0][0] if ranked[0][1] - second >= self._lead else None

    @property
    def count(self) -> int:
        """Votes so far."""
        return sum(self._votes.values())

    def __str__(self) -> str:
        """The votes in words, for a report."""
        return ', '.join(f'{choice}: {votes}' for choice, votes in self._votes.most_common())
