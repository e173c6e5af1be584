# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Filters that hand on sets of messages, one from each input, with matching stamps."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from message_filters.filters import SimpleFilter
from rclpy.clock import ROSClock
from rclpy.duration import Duration
from rclpy.logging import get_logger
from rclpy.time import Time

from smolrgpt_ros.messages.matching import nearest_set

MessageSet = list[Any]


class TimeSynchronizer(SimpleFilter):
    """Hands on messages with equal stamps, one from each input, as `callback(msg1, ..., msgN)`.

    `queues` holds what waits for its counterparts: a `{stamp in ns: message}` for each input, with
    at most `queue_size` messages, of which the oldest stamp goes first.
    """

    def __init__(self, fs: Sequence[SimpleFilter], queue_size: int) -> None:
        super().__init__()
        self.queue_size = queue_size
        self.lock = threading.Lock()
        self.connectInput(fs)

    def connectInput(self, fs: Sequence[SimpleFilter]) -> None:
        """Listen to the filters `fs` (and no longer keep what came from others)."""
        self.queues: list[dict[int, Any]] = [{} for _ in fs]
        self.input_connections = [
            input_filter.registerCallback(self.add, queue, index)
            for index, (input_filter, queue) in enumerate(zip(fs, self.queues))
        ]

    def add(self, msg: Any, my_queue: dict[int, Any], my_queue_index: int | None = None) -> None:
        """Take a message of one input in and hand on the sets that it completes."""
        stamp_ns = self._stamp_ns(msg)
        if stamp_ns is None:
            return
        with self.lock:
            my_queue[stamp_ns] = msg
            while len(my_queue) > self.queue_size:
                del my_queue[min(my_queue)]
            complete = self._take_complete(stamp_ns, my_queue_index)
        for messages in complete:
            self.signalMessage(*messages)

    def _stamp_ns(self, msg: Any) -> int | None:
        return _nanoseconds(msg.header.stamp)

    def _take_complete(self, stamp_ns: int, index: int | None) -> list[MessageSet]:
        """Remove from the queues and return every set with equal stamps, oldest first."""
        common = set.intersection(*(set(queue) for queue in self.queues))
        return [self._take([stamp] * len(self.queues)) for stamp in sorted(common)]

    def _take(self, stamps_ns: Iterable[int]) -> MessageSet:
        """Remove from each queue and return the message with the stamp given for it."""
        return [queue.pop(stamp) for queue, stamp in zip(self.queues, stamps_ns)]


class ApproximateTimeSynchronizer(TimeSynchronizer):
    """Hands on messages whose stamps differ by less than `slop` seconds, one from each input.

    A message is matched when it arrives, with those of the other inputs nearest to its own stamp; a
    set counts when its newest and oldest stamp differ by less than `slop`. A slop of 0 therefore
    never matches.

    With `allow_headerless`, messages without a header take the ROS time of their arrival as stamp;
    without it they are left out with a warning.
    """

    def __init__(
        self,
        fs: Sequence[SimpleFilter],
        queue_size: int,
        slop: float,
        allow_headerless: bool = False,
    ) -> None:
        super().__init__(fs, queue_size)
        self.slop = Duration(seconds=slop)
        self.allow_headerless = allow_headerless

    def _stamp_ns(self, msg: Any) -> int | None:
        stamp = getattr(getattr(msg, 'header', None), 'stamp', None)
        if stamp is not None:
            return _nanoseconds(stamp)
        if self.allow_headerless:
            return ROSClock().now().nanoseconds
        get_logger('message_filters_approx').warning(
            'can not use message filters messages without timestamp information when '
            '"allow_headerless" is disabled; enable that option of the constructor to have '
            'the time of '
            'arrival assigned to headerless messages.'
        )
        return None

    def _take_complete(self, stamp_ns: int, index: int | None) -> list[MessageSet]:
        """Remove from the queues and return the best set around a new stamp, if there is one."""
        stamps_ns = nearest_set(self.queues, stamp_ns, index, self.slop.nanoseconds)
        return [] if stamps_ns is None else [self._take(stamps_ns)]


def _nanoseconds(stamp: Any) -> int:
    """Return a message's or rclpy's time in nanoseconds."""
    if hasattr(stamp, 'nanoseconds'):
        return int(stamp.nanoseconds)
    return int(Time.from_msg(stamp).nanoseconds)
