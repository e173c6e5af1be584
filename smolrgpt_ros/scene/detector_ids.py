# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How far a detector's own ids are to be believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from smolrgpt_ros.scene.looks import numbered

_BELIEVED = 0.5  # trust from which ids decide between objects that positions allow
_LOST = 0.8  # share of one frame in the trust, where it falls
_WON = 0.02  # where it grows
_RENUMBERED = 0.4  # share of wrong ids in one frame that means that all are new
_DISAGREEING = 0.3  # share of the gate that speaks against a pair whose ids differ


class DetectorIds:
    """Compares where a detector says its ids are with where objects can be.

    A detector that tracks knows more than positions tell, so its ids decide as long as they stay
    where they were. One that numbers anew shows it: ids turn up where their objects cannot be.
    Then, and until its ids have stayed in place again, positions decide alone.
    """

    def __init__(self) -> None:
        """Believe at first."""
        self.trust = 0.8
        self.renumbered = False  # in the newest frame

    def weighed(
        self,
        claims: Sequence[str],
        owners: Sequence[str],
        costs: np.ndarray,
        impossible: np.ndarray,
        gate: float,
    ) -> np.ndarray:
        """Costs (M, N) after hearing the ids.

        Args:
            claims: (M,) what the detector calls the sightings, '' for nothing.
            owners: (N,) what it called the tracked objects when they were seen last.
            impossible: (M, N) where a sighting cannot be the tracked object.
        """
        self.renumbered = False
        if not costs.size or not any(claims):
            return costs
        named, called = numbered(claims, owners)
        named = named[:, None]
        same = (named == called) & (named != 0)
        heard = np.count_nonzero(same)
        if heard:
            self._learn(np.count_nonzero(same & impossible) / heard)
        if self.trust < _BELIEVED:
            return costs
        differing = ~same & (named != 0) & (called != 0)
        weighed = np.where(
            same & ~impossible, -gate, costs + np.where(differing, _DISAGREEING * gate, 0.0)
        )
        return np.where(weighed <= gate, weighed, np.inf)

    def check(self, jumps: int, heard: int) -> None:
        """Learn from how many of the ids heard had jumped, where positions alone decided."""
        if heard and self.trust < _BELIEVED:
            self._learn(jumps / heard)

    def _learn(self, wrong: float) -> None:
        self.renumbered |= wrong >= _RENUMBERED
        target = max(1.0 - 2.0 * wrong, 0.0)
        self.trust += (_LOST if target < self.trust else _WON) * (target - self.trust)


def jumped(
    claims: Sequence[str], owners: Sequence[str], pairs: Mapping[int, int]
) -> list[tuple[int, int]]:
    """(sighting, tracked object) where an id is on another object than it was."""
    place = {name: j for j, name in enumerate(owners) if name}
    return [
        (i, place[name])
        for i, name in enumerate(claims)
        if name in place and pairs.get(i) != place[name]
    ]
