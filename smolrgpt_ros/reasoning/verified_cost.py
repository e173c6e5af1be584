# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How long a network will take, by how long it has taken."""

from __future__ import annotations

import threading
import weakref

from smolrgpt_ros.scene.frame import Scene

# Weight of the newest time in the running average, and how much of an estimate is left after it
# has kept a question from the network: one that was too high is tried again in the end.
_NEWEST = 0.3
_RELENTING = 0.97
# A question that was broken off takes longer than it had; nobody knows by how much.
_BROKEN_OFF = 1.5


class Costs:
    """Running averages for a picture that is new to the network, and for one it has seen.

    The network keeps the picture it saw last, and reading a picture takes most of its time.
    """

    def __init__(self) -> None:
        """Expect nothing: the first question is tried whatever its deadline."""
        self._lock = threading.Lock()
        self._seconds: dict[bool, float] = {}  # by whether the picture was known
        self._last: weakref.ref[Scene] | None = None

    def expected_s(self, scene: Scene) -> float:
        """How long questions about a scene will take, seconds; 0 where nothing is known yet."""
        with self._lock:
            return self._seconds.get(self._knows(scene), 0.0)

    def took(self, scene: Scene, seconds: float, *, finished: bool) -> None:
        """Learn how long questions about a scene took, or that they were broken off by then."""
        with self._lock:
            known = self._knows(scene)
            before = self._seconds.get(known)
            if not finished:
                self._seconds[known] = max(before or 0.0, _BROKEN_OFF * seconds)
            elif before is None:
                self._seconds[known] = seconds
            else:
                self._seconds[known] = before + _NEWEST * (seconds - before)
            self._last = weakref.ref(scene)

    def relent(self) -> None:
        """An estimate has kept a question from being asked: trust it a little less."""
        with self._lock:
            self._seconds = {key: _RELENTING * value for key, value in self._seconds.items()}

    def _knows(self, scene: Scene) -> bool:
        return self._last is not None and self._last() is scene
