# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Records that were left out: how many, and which the first ones were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_KEPT = 100


class Problems:
    """Counts problems and keeps the first sentences."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        """Start empty, or with the `values` of another one."""
        self.count: int = values['count'] if values else 0
        self.first: list[str] = list(values['first']) if values else []

    def add(self, sentences: Iterable[str]) -> None:
        """Count `sentences`."""
        for sentence in sentences:
            self.count += 1
            if len(self.first) < _KEPT:
                self.first.append(sentence)

    def add_all(self, others: Problems | None) -> None:
        """Count what another one counted."""
        if others is not None:
            self.count += others.count
            self.first = [*self.first, *others.first][:_KEPT]

    def values(self) -> dict[str, Any]:
        """All there is to it, for a file."""
        return {'count': self.count, 'first': list(self.first)}

    @classmethod
    def joined(cls, several: Iterable[Mapping[str, Any]]) -> Problems:
        """The problems of several processes."""
        result = cls()
        for values in several:
            result.count += values['count']
            result.first += values['first']
        return result

    def lines(self, most: int = 10) -> list[str]:
        """The first problems, and how many more there are."""
        more = self.count - min(most, len(self.first))
        return [*self.first[:most], *([f'and {more} more'] if more > 0 else [])]
