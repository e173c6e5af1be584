# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with a camera, its detector and TF over time, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

DURATIONS_S: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        'camera unplugged': (0.5, 4.0),
        'no detections': (0.2, 3.0),
        'empty detections': (0.2, 2.0),
        'no depth': (0.2, 3.0),
        'no transforms': (0.5, 3.0),
        'detector renumbers': (0.2, 3.0),
        'depth truncated': (0.1, 1.0),
        'unknown encoding': (0.1, 1.0),
        'depth late': (0.2, 2.0),
        'clock back': (0.05, 0.2),
        'smaller pictures': (0.5, 3.0),
    }
)
"""How long each fault lasts, seconds, at least and at most."""

PAUSES_S = (2.0, 10.0)
"""How long nothing is wrong between two faults, seconds, at least and at most."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong for a while; seconds from the start."""

    kind: str
    from_s: float
    until_s: float


def drawn(seed: int) -> Iterator[Fault]:
    """Faults one after the other, without end; every kind comes once before any comes again."""
    chance = random.Random(seed)
    now_s = 0.0
    while True:
        for kind in chance.sample(sorted(DURATIONS_S), len(DURATIONS_S)):
            from_s = now_s + chance.uniform(*PAUSES_S)
            now_s = from_s + chance.uniform(*DURATIONS_S[kind])
            yield Fault(kind, from_s, now_s)


class Faults:
    """The faults of a seed as time goes on.

    Attributes:
        happened: kinds so far, in order.
    """

    def __init__(self, seed: int):
        self._drawn = drawn(seed)
        self._next = next(self._drawn)
        self._begun = False
        self.happened: list[str] = []

    def at(self, now_s: float) -> str:
        """What is wrong now, '' for nothing; `now_s` never goes back."""
        while self._next.until_s <= now_s:
            self._next, self._begun = next(self._drawn), False
        if now_s < self._next.from_s:
            return ''
        if not self._begun:
            self._begun = True
            self.happened.append(self._next.kind)
        return self._next.kind
