# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What one input has delivered: rate, frames that never arrived, silence."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from statistics import median

# Two publishers, or a bag played again: stamps that lie this far back are another run of time.
JUMP_BACK_NS = 500_000_000
# A gap of more is a publisher that paused: nothing was sent that could have been lost.
_PAUSE_NS, _PAUSE_PERIODS = 1_000_000_000, 5
_LATELY_S, _MOST_LATELY = 1.0, 200
_RECENT = 64
_STEPS_FOR_PERIOD = 31


class Arrivals:
    """Counts the messages of one input by their stamps.

    Attributes:
        received: messages taken so far.
        missing: messages that must have been sent in between and never arrived, by gaps in the
            stamps.
        pauses: gaps so long that nothing can have been sent meanwhile, and jumps of time ahead.
        newest_ns: newest stamp; None before the first message.
        last_arrived_s: when the last one was taken, monotonic clock; None before the first.
    """

    def __init__(self) -> None:
        self.received = 0
        self.missing = 0
        self.pauses = 0
        self.newest_ns: int | None = None
        self.last_arrived_s: float | None = None
        self._recent_ns: deque[int] = deque(maxlen=_RECENT)
        self._lately: deque[tuple[float, int]] = deque(maxlen=_MOST_LATELY)
        self._steps_ns: deque[int] = deque(maxlen=_STEPS_FOR_PERIOD)

    def jumps_back(self, stamp_ns: int) -> bool:
        """Whether a stamp belongs to another run of time than what came before."""
        return self.newest_ns is not None and stamp_ns < self.newest_ns - JUMP_BACK_NS

    def add(self, stamp_ns: int, arrived_s: float) -> None:
        """Count one message."""
        self.received += 1
        self.last_arrived_s = arrived_s
        lost = 0
        if self.newest_ns is not None:
            step_ns = stamp_ns - self.newest_ns
            if step_ns <= 0:
                return
            lost = self._lost_in(step_ns)
            self.missing += lost
            self._steps_ns.append(step_ns)
        self._lately.append((arrived_s, lost))
        self.newest_ns = stamp_ns
        self._recent_ns.append(stamp_ns)

    def restart(self) -> None:
        """Time has jumped: forget the stamps, keep the counts."""
        self.newest_ns = None
        self._recent_ns.clear()
        self._steps_ns.clear()

    def lately(self, now_s: float) -> tuple[int, int]:
        """Messages received in the last second before `now_s`, and those lost between them."""
        losses = [lost for at_s, lost in tuple(self._lately) if at_s >= now_s - _LATELY_S]
        return len(losses), sum(losses)

    @property
    def period_ns(self) -> float | None:
        """Usual time from one stamp to the next; None before it can be told."""
        return median(self._steps_ns) if len(self._steps_ns) >= 5 else None

    @property
    def rate_hz(self) -> float:
        """Rate at which the publisher stamps; 0 before it can be told."""
        period_ns = self.period_ns
        return 1e9 / period_ns if period_ns else 0.0

    def nearest_offset_ns(self, stamp_ns: int) -> int | None:
        """Stamp of the recent message nearest to `stamp_ns`, minus it.

        None where none has arrived.
        """
        recent = self._recent_ns
        if not recent:
            return None
        position = bisect_left(recent, stamp_ns)
        candidates = [
            recent[i] - stamp_ns for i in (position - 1, position) if 0 <= i < len(recent)
        ]
        return min(candidates, key=abs)

    def _lost_in(self, step_ns: int) -> int:
        """Messages that must have been sent between two stamps so far apart."""
        period_ns = self.period_ns
        if not period_ns or step_ns <= 1.5 * period_ns:
            return 0
        if step_ns > max(_PAUSE_NS, _PAUSE_PERIODS * period_ns):
            self.pauses += 1
            return 0
        return round(step_ns / period_ns) - 1
