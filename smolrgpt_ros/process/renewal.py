# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Makes a node anew, with queues of its own, when its process hears nobody any more.

What Fast DDS has lost (`hearing`) it does not find again by itself. All that hears and speaks hangs
on the same participant, so the node ends and another one takes its place in the same process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from rclpy.node import Node
from rclpy.parameter import Parameter

from smolrgpt_ros.process.listening import Listening

# Fast DDS replaces queues itself, within milliseconds, and now and then finds a lost one again.
_PATIENCE_S = 0.3
# Now and then the new one is deaf as well. But where something keeps taking queues away, being made
# anew must not be all that the node does: each pause is twice as long as the one before.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 10.0


class ListeningNode(Protocol):
    """A node that knows whether it hears others."""

    listening: Listening

    def get_logger(self) -> Any:
        """As of rclpy's nodes."""


AnyNode = TypeVar('AnyNode', bound=ListeningNode)
Make = Callable[[], AnyNode]


class Renewal(Generic[AnyNode]):
    """Ends nodes that have been deaf for a while and tells how to go on. One for a process."""

    def __init__(
        self,
        successor: Callable[[AnyNode], Make[AnyNode] | None],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Renew at once, and where that does not help for long, again after a pause.

        Args:
            successor: what makes the node that goes on where this one is; None: it must not be
                ended now.
            clock_s: seconds since any moment; nobody sets it.
        """
        self._successor = successor
        self._clock_s = clock_s
        self._pause_s = 0.0
        self._latest_s = float('-inf')

    def watch(self, node: AnyNode, replace: Callable[[Make[AnyNode]], None]) -> None:
        """Look after a node; `replace` ends it and goes on with what is made then."""

        def on_deaf(for_s: float) -> None:
            now_s = self._clock_s()
            heard_s = now_s - self._latest_s
            if for_s < _PATIENCE_S or heard_s < self._pause_s:
                return
            make_next = self._successor(node)
            if make_next is None:
                return
            self._latest_s = now_s
            lasted = heard_s > 2.0 * _LONGEST_PAUSE_S
            self._pause_s = _FIRST_PAUSE_S if lasted else min(2.0 * self._pause_s, _LONGEST_PAUSE_S)
            node.get_logger().error(
                f'nothing new has been heard for {for_s:.1f} s: the node is made anew'
            )
            replace(make_next)

        node.listening.on_deaf = on_deaf


def parameters_of(node: Node) -> list[Parameter]:
    """All that are set, with their values of now: those of the start and those changed since."""
    return [
        parameter
        for parameter in node.get_parameters_by_prefix('').values()
        if parameter.type_ != Parameter.Type.NOT_SET
    ]
