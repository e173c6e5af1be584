# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The rule by which message_filters' ApproximateTimeSynchronizer gathers sets, without ROS."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

from smolrgpt_ros.messages.stamped import Stamped


class ApproximateMatcher:
    """Keeps the newest messages of each topic and hands on the sets that they make."""

    def __init__(
        self,
        topics: Sequence[str],
        slop_s: float,
        queue_size: int,
        on_match: Callable[..., None],
    ):
        """Start with empty queues; `on_match` gets one item a topic, in their order."""
        self._places = {topic: place for place, topic in enumerate(topics)}
        self._slop_ns = round(slop_s * 1e9)
        self._queue_size = queue_size
        self._on_match = on_match
        self._queues: list[dict[int, Stamped]] = [{} for _ in topics]

    def add(self, item: Stamped) -> None:
        """Take one message; hands on the set that it completes, if it does."""
        place = self._places[item.topic]
        queue = self._queues[place]
        queue[item.stamp_ns] = item
        while len(queue) > self._queue_size:
            del queue[min(queue)]
        stamps_ns = nearest_set(self._queues, item.stamp_ns, place, self._slop_ns)
        if stamps_ns is not None:
            self._on_match(
                *(waiting.pop(stamp_ns) for waiting, stamp_ns in zip(self._queues, stamps_ns))
            )

    def forget_before(self, topic: str, stamp_ns: int) -> None:
        """Let go of what waits of a topic with an older stamp."""
        queue = self._queues[self._places[topic]]
        for older_ns in [waiting_ns for waiting_ns in queue if waiting_ns < stamp_ns]:
            del queue[older_ns]

    def clear(self) -> None:
        """Let go of what waits for a partner."""
        for queue in self._queues:
            queue.clear()


def nearest_set(
    queues: Sequence[Mapping[int, object]], stamp_ns: int, place: int | None, slop_ns: int
) -> tuple[int, ...] | None:
    """Stamps of the best set around a new one, one of each queue; None where there is none.

    A message is matched when it arrives, with those of the other queues nearest to its own stamp;
    a set counts when its newest and oldest stamp differ by less than the slop.

    Args:
        queues: what waits, by stamp.
        place: the queue in which the new message is.
    """
    candidates = []
    for position, queue in enumerate(queues):
        if position == place:
            candidates.append([stamp_ns])
            continue
        near = [other for other in queue if abs(other - stamp_ns) <= slop_ns]
        if not near:
            return None
        candidates.append(sorted(near, key=lambda other: abs(other - stamp_ns)))
    for stamps_ns in itertools.product(*candidates):
        # The new message itself may be gone: a full queue gives up its oldest stamp first.
        present = all(stamp in queue for queue, stamp in zip(queues, stamps_ns))
        if present and max(stamps_ns) - min(stamps_ns) < slop_ns:
            return stamps_ns
    return None
