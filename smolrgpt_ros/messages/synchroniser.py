# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Matching of all inputs by their stamps, with a reason for every loss.

A matcher matches; what it leaves out it leaves out silently. This module keeps the books beside
it.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Protocol

from smolrgpt_ros.messages.arrivals import JUMP_BACK_NS, Arrivals
from smolrgpt_ros.messages.frame_set import FrameSet
from smolrgpt_ros.messages.matching import ApproximateMatcher
from smolrgpt_ros.messages.stamped import Stamped

SPOKEN = {
    'image': 'colour',
    'depth': 'depth',
    'camera_info': 'camera_info',
    'detections': 'detections',
    'mask': 'mask',
}


class Matcher(Protocol):
    """Gathers messages to sets by their stamps."""

    def add(self, item: Stamped) -> None:
        """Take one message; hands on the set that it completes, if it does."""

    def forget_before(self, topic: str, stamp_ns: int) -> None:
        """Let go of what waits of a topic with an older stamp."""

    def clear(self) -> None:
        """Let go of what waits for a partner."""


MakeMatcher = Callable[[Sequence[str], float, int, Callable[..., None]], Matcher]
"""Topics, slop in seconds, length of the queues, and what gets each set: one item a topic."""


class FrameSynchroniser:
    """Feeds a matcher and knows what became of every colour picture.

    Attributes:
        arrivals: what came in, by input.
        matched: sets handed on so far.
        dropped: colour pictures that found no set.
        drop_reasons: how often each reason applied; the numbers in it are those of the latest
            such drop.
        restarts: how often time has jumped back.
    """

    def __init__(
        self,
        topics: Sequence[str],
        *,
        slop_s: float,
        queue_size: int,
        on_frame: Callable[[FrameSet], None],
        on_restart: Callable[[str], None],
        make_matcher: MakeMatcher = ApproximateMatcher,
    ):
        """Start with empty queues.

        Args:
            topics: inputs to match, 'image' first; from 'image', 'depth', 'camera_info',
                'detections', 'mask'.
            slop_s: stamps of one set differ by less than this; nothing ever matches with 0.
            on_frame: gets each set; runs under the matcher's lock, so it must be trivial and
                never raise.
            on_restart: gets a sentence when time has jumped back and everything was cleared.
            make_matcher: what does the matching.
        """
        self._topics = tuple(topics)
        self._slop_s = slop_s
        self._queue_size = queue_size
        self._on_frame = on_frame
        self._on_restart = on_restart
        self._make_matcher = make_matcher
        self._lock = threading.RLock()
        self.arrivals = {topic: Arrivals() for topic in self._topics}
        self.matched = 0
        self.dropped = 0
        self.restarts = 0
        self.drop_reasons: Counter[str] = Counter()
        self.latest_drop: dict[str, str] = {}
        self._failed: Exception | None = None
        self._pending: deque[int] = deque()
        self._newest_match_ns: int | None = None
        self._matcher = self._new_matcher()

    def add(self, item: Stamped) -> None:
        """Take one message. Any thread may call it.

        Raises what `on_frame` raises.
        """
        with self._lock:
            arrivals = self.arrivals[item.topic]
            if arrivals.jumps_back(item.stamp_ns):
                self._restart(item, arrivals.newest_ns or 0)
            arrivals.add(item.stamp_ns, item.arrived_s)
            if item.topic == 'image':
                self._pending.append(item.stamp_ns)
            self._matcher.add(item)
            self._settle()
            failed, self._failed = self._failed, None
        if failed is not None:
            raise failed

    def clear(self) -> None:
        """Drop everything that waits for a partner."""
        with self._lock:
            self._start()

    def missing_inputs(self) -> list[str]:
        """Inputs that have delivered nothing yet."""
        return [topic for topic, arrivals in self.arrivals.items() if not arrivals.received]

    def _start(self) -> None:
        self._pending.clear()
        self._newest_match_ns = None
        # Filters refer to each other: their pictures would stay until garbage is collected.
        self._matcher.clear()
        # A new object also gets rid of a lock that an exception inside message_filters left taken.
        self._matcher = self._new_matcher()

    def _new_matcher(self) -> Matcher:
        return self._make_matcher(self._topics, self._slop_s, self._queue_size, self._on_match)

    def _restart(self, item: Stamped, newest_ns: int) -> None:
        self.restarts += 1
        self._start()
        for arrivals in self.arrivals.values():
            if arrivals.newest_ns is not None and arrivals.newest_ns > item.stamp_ns + JUMP_BACK_NS:
                arrivals.restart()
        back_s = (newest_ns - item.stamp_ns) / 1e9
        self._on_restart(
            f'time jumped back by {back_s:.3f} s on {item.topic}; everything waiting for a '
            'partner was cleared'
        )

    def _on_match(self, *items: Stamped) -> None:
        self.matched += 1
        self._newest_match_ns = items[0].stamp_ns
        try:
            self._on_frame(FrameSet(**dict(zip(self._topics, items, strict=True))))
        except Exception as error:
            # Inside of message_filters it would leave a lock taken for ever; `add` raises it.
            self._failed = error

    def _settle(self) -> None:
        """Strike off matched pictures; judge those that can no longer be matched."""
        match_ns = self._newest_match_ns
        if match_ns is not None:
            while self._pending and self._pending[0] <= match_ns:
                stamp_ns = self._pending.popleft()
                if stamp_ns != match_ns:
                    self._drop(stamp_ns, evicted=False)
            self._forget_before(match_ns)
            self._newest_match_ns = None
        while len(self._pending) > self._queue_size:
            self._drop(self._pending.popleft(), evicted=True)

    def _forget_before(self, match_ns: int) -> None:
        """Let go of what can only belong to pictures older than the one just matched.

        A queue alone gives up what found no partner only when it is full, and while all goes well
        it never fills again: after one gap in the detections, ten pictures with their depth would
        stay for good.
        """
        self._matcher.forget_before('image', match_ns)
        for topic in self._topics[1:]:
            self._matcher.forget_before(topic, match_ns - round(self._slop_s * 1e9) + 1)

    def _drop(self, stamp_ns: int, *, evicted: bool) -> None:
        self.dropped += 1
        kind, sentence = self._reason(stamp_ns, evicted)
        self.drop_reasons[kind] += 1
        self.latest_drop[kind] = sentence

    def _reason(self, stamp_ns: int, evicted: bool) -> tuple[str, str]:
        """Why the colour picture of `stamp_ns` found no set.

        A short key, and a sentence with numbers.
        """
        worst: tuple[int, str] | None = None
        for topic in self._topics[1:]:
            offset_ns = self.arrivals[topic].nearest_offset_ns(stamp_ns)
            if offset_ns is None:
                return f'no {topic}', f'no {topic} has arrived for it'
            if evicted and (lag_ns := self._lag_ns(topic, stamp_ns)):
                silent_s = self._silent_s(topic)
                if silent_s > lag_ns / 2e9:
                    return f'{topic} silent', f'no {SPOKEN[topic]} has come for {silent_s:.1f} s'
                return self._late(topic, lag_ns)
            if worst is None or abs(offset_ns) > abs(worst[0]):
                worst = (offset_ns, topic)
        assert worst is not None
        offset_ns, topic = worst
        name, slop_ms = SPOKEN[topic], self._slop_s * 1e3
        if abs(offset_ns) < self._slop_s * 1e9:
            return self._outpaced()
        side = 'behind' if offset_ns < 0 else 'ahead of'
        return (
            f'{topic} {side}',
            f'{name} is {abs(offset_ns) / 1e6:.0f} ms {side} colour, slop is {slop_ms:.0f} ms',
        )

    def _lag_ns(self, topic: str, stamp_ns: int) -> int:
        """How far an input is behind colour; 0 where it has come to the picture of `stamp_ns`."""
        newest_ns, colour_ns = self.arrivals[topic].newest_ns, self.arrivals['image'].newest_ns
        if newest_ns is None or colour_ns is None or newest_ns >= stamp_ns - self._slop_s * 1e9:
            return 0
        return colour_ns - newest_ns

    def _silent_s(self, topic: str) -> float:
        """How long colour has gone on arriving without an input."""
        last_s, colour_s = (
            self.arrivals[topic].last_arrived_s,
            self.arrivals['image'].last_arrived_s,
        )
        return 0.0 if last_s is None or colour_s is None else colour_s - last_s

    def _late(self, topic: str, lag_ns: int) -> tuple[str, str]:
        rate_hz = self.arrivals['image'].rate_hz
        holds = f' ({self._queue_size / rate_hz * 1e3:.0f} ms)' if rate_hz else ''
        return (
            f'{topic} late',
            f'{SPOKEN[topic]} of a picture come {lag_ns / 1e6:.0f} ms after it, the queue holds '
            f'{self._queue_size} '
            f'pictures{holds}; raise sync.queue',
        )

    def _outpaced(self) -> tuple[str, str]:
        slowest = min(self._topics, key=lambda topic: self.arrivals[topic].rate_hz)
        return (
            f'{slowest} slow',
            f'its partners belong to another picture: {SPOKEN[slowest]} comes at '
            f'{self.arrivals[slowest].rate_hz:.1f} Hz, colour at '
            f'{self.arrivals["image"].rate_hz:.1f} Hz',
        )
