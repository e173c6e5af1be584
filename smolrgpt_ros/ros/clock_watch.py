# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Looks whether the node's clock goes on: it may jump, stand still, or not have begun."""

from __future__ import annotations

_JUMP_BACK_S, _JUMP_AHEAD_S = 0.1, 1.0
_FASTEST_SIMULATION = 100.0
_STANDS_AFTER_S = 0.5


class ClockWatch:
    """Compares the node's clock with the monotonic one, from look to look."""

    def __init__(self) -> None:
        self._clock_ns: int | None = None
        self._looked_s = 0.0
        self._moved_s = 0.0
        self._simulated = False

    def look(self, clock_ns: int, now_s: float, *, simulated: bool) -> str:
        """What is wrong with the clock, in a sentence; '' where nothing is.

        Args:
            clock_ns: the node's clock.
            now_s: monotonic clock.
            simulated: whether the node goes by /clock.
        """
        before_ns, before_s = self._clock_ns, self._looked_s
        changed_source = simulated is not self._simulated
        self._clock_ns, self._looked_s, self._simulated = clock_ns, now_s, simulated
        if before_ns is None or changed_source or clock_ns != before_ns:
            self._moved_s = now_s
        if simulated and clock_ns == 0:
            return 'use_sim_time is set, and no time has come on /clock: is it published?'
        if before_ns is None or changed_source:
            return ''
        step_s, passed_s = (clock_ns - before_ns) / 1e9, now_s - before_s
        if step_s < -_JUMP_BACK_S:
            return f"the node's clock jumped back by {-step_s:.3f} s"
        fastest = _FASTEST_SIMULATION if simulated else 1.0
        if step_s > fastest * passed_s + _JUMP_AHEAD_S:
            return f"the node's clock jumped ahead by {step_s - passed_s:.3f} s"
        if simulated and now_s - self._moved_s > _STANDS_AFTER_S:
            return (
                f'use_sim_time is set, and /clock has stood still for {now_s - self._moved_s:.1f} '
                's: questions are answered as of that moment'
            )
        return ''
