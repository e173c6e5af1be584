# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Makes a node anew, with queues of its own, when its process hears nobody any more.

What Fast DDS has lost (`hearing`) it does not find again by itself. All that hears and speaks hangs
on the same participant, so the node ends and another one takes its place in the same process: with
the same parameters, in the same state of its lifecycle, with the same ids for the same objects.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter

if TYPE_CHECKING:
    from smolrgpt_ros.ros.node import SpatialQueryNode

# Fast DDS replaces queues itself, within milliseconds, and now and then finds a lost one again.
_PATIENCE_S = 0.3
# Where something keeps taking queues away, being made anew must not be all that the node does.
_PAUSE_S = 10.0

Make = Callable[[], 'SpatialQueryNode']


class Renewal:
    """Ends nodes that have been deaf for a while and tells how to go on. One for a process."""

    def __init__(self, pause_s: float = _PAUSE_S) -> None:
        """Renew at most once in `pause_s` seconds."""
        self._pause_s = pause_s
        self._latest_s = float('-inf')

    def watch(self, node: SpatialQueryNode, replace: Callable[[Make], None]) -> None:
        """Look after a node; `replace` ends it and goes on with what is made then."""

        def on_deaf(for_s: float) -> None:
            now_s = time.monotonic()
            if for_s < _PATIENCE_S or now_s - self._latest_s < self._pause_s:
                return
            self._latest_s = now_s
            node.get_logger().error(
                f'nothing new has been heard for {for_s:.1f} s: the node is made anew'
            )
            replace(successor(node))

        node.listening.on_deaf = on_deaf


def successor(node: SpatialQueryNode) -> Make:
    """What makes a node that goes on where `node` is now, also once that one is gone.

    Its parameters are those of now, those changed meanwhile included. Raises nothing; a transition
    that fails leaves the new node unconfigured, with the failure in its report.
    """
    make, owns_process = type(node), node.owns_process
    parameters = [
        parameter
        for parameter in node.get_parameters_by_prefix('').values()
        if parameter.type_ != Parameter.Type.NOT_SET
    ]
    configured, active, identities = node.worker is not None, bool(node.session), node.identities
    renewals = node.renewals + 1

    def make_next() -> SpatialQueryNode:
        made = make(parameter_overrides=parameters, owns_process=owns_process)
        made.renewals = renewals
        made.get_logger().warning('the node was made anew: it goes on where the deaf one was')
        if configured and made.trigger_configure() == TransitionCallbackReturn.SUCCESS:
            made.identities = identities
            if active:
                made.trigger_activate()
        return made

    return make_next
