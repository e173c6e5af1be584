# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""message_filters as the matcher of `FrameSynchroniser`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from message_filters import ApproximateTimeSynchronizer, SimpleFilter
from rclpy.clock import ClockType
from rclpy.time import Time

from smolrgpt_ros.messages.stamped import Stamped


class FilterMatcher:
    """Hands messages to an ApproximateTimeSynchronizer, and on what it matches."""

    def __init__(
        self,
        topics: Sequence[str],
        slop_s: float,
        queue_size: int,
        on_match: Callable[..., None],
    ):
        """Start with empty queues; `on_match` gets one item a topic, in their order."""
        self._filters = {topic: SimpleFilter() for topic in topics}
        self._places = {topic: place for place, topic in enumerate(topics)}
        self._synchroniser = ApproximateTimeSynchronizer(
            list(self._filters.values()), queue_size, slop_s
        )
        self._synchroniser.registerCallback(
            lambda *messages: on_match(*(message.item for message in messages))
        )

    def add(self, item: Stamped) -> None:
        """Take one message; hands on the set that it completes, if it does."""
        self._filters[item.topic].signalMessage(_Message(item))

    def forget_before(self, topic: str, stamp_ns: int) -> None:
        """Let go of what waits of a topic with an older stamp."""
        queue = self._synchroniser.queues[self._places[topic]]
        for key in [key for key, waiting in queue.items() if waiting.item.stamp_ns < stamp_ns]:
            del queue[key]

    def clear(self) -> None:
        """Let go of what waits for a partner."""
        for queue in self._synchroniser.queues:
            queue.clear()


class _Message:
    """What message_filters reads of a message: ``header.stamp``."""

    __slots__ = ('item', 'stamp')

    def __init__(self, item: Stamped):
        self.item = item
        self.stamp = Time(nanoseconds=item.stamp_ns, clock_type=ClockType.ROS_TIME)

    @property
    def header(self) -> _Message:
        """This object, which has a `stamp` as a header has."""
        return self
