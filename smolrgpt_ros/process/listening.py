# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A node that notices when its process hears nobody any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock, ClockType

from smolrgpt_ros.process.hearing import Hearing

if TYPE_CHECKING:
    from rclpy.node import Node

# A look is one at a file for each of two queues; waking the executor for it costs more.
_PERIOD_S, _PERIOD_IN_DOUBT_S = 0.25, 0.05


class Listening:
    """Has a node look at the hearing of its process, four times a second and more often in doubt.

    Attributes:
        deaf: what is wrong, in a sentence; '' where nothing is.
        on_deaf: gets for how long something has been wrong, seconds, at each look while it is.
    """

    def __init__(self, node: Node, hearing: Hearing | None = None):
        self.deaf = ''
        self.on_deaf: Callable[[float], None] | None = None
        self._node = node
        self._hearing = hearing or Hearing()
        self._since_s = 0.0
        self._timer = node.create_timer(
            _PERIOD_S,
            self._look,
            callback_group=MutuallyExclusiveCallbackGroup(),
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )

    def _look(self) -> None:
        deaf, was_deaf = self._hearing.look(), self.deaf
        period_s = _PERIOD_IN_DOUBT_S if self._hearing.doubtful else _PERIOD_S
        if self._timer.timer_period_ns != round(period_s * 1e9):
            self._timer.timer_period_ns = round(period_s * 1e9)
        now_s = time.monotonic()
        if not deaf:
            self.deaf = ''
            return
        then = 'the node is made anew' if self.on_deaf else 'start the node anew'
        self.deaf = f'{deaf}; {then} if this stays'
        if not was_deaf:
            self._since_s = now_s
            self._node.get_logger().error(self.deaf)
        if self.on_deaf is not None:
            self.on_deaf(now_s - self._since_s)
