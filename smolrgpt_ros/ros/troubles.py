# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong inside of the node, kept until /diagnostics has told it."""

from __future__ import annotations

import threading

_MOST_KINDS = 5
_LONGEST = 300


class Troubles:
    """Collects sentences from all threads; each is told once, with how often it happened."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: dict[str, tuple[int, str]] = {}

    def add(self, kind: str, sentence: str) -> None:
        """Note something; of a kind, the latest sentence is kept and all are counted."""
        with self._lock:
            count = self._latest.pop(kind, (0, ''))[0]
            self._latest[kind] = (count + 1, shortened(sentence))
            while len(self._latest) > _MOST_KINDS:
                del self._latest[next(iter(self._latest))]

    def take(self) -> dict[str, tuple[int, str]]:
        """How often and what, by kind, since it was taken last."""
        with self._lock:
            taken, self._latest = self._latest, {}
        return taken


def shortened(text: str) -> str:
    """The text, cut where it is longer than a line of diagnostics should be."""
    return text if len(text) <= _LONGEST else f'{text[:_LONGEST]} ...'
