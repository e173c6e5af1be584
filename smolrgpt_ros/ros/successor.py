# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node that takes the place of a deaf one goes on where that one is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rclpy.lifecycle import TransitionCallbackReturn

from smolrgpt_ros.process.renewal import parameters_of

if TYPE_CHECKING:
    from smolrgpt_ros.ros.node import SpatialQueryNode


def successor(node: SpatialQueryNode) -> Callable[[], SpatialQueryNode]:
    """What makes a node with the parameters, the state and the ids that `node` has now.

    It can be called once `node` is gone. Raises nothing; a transition that fails leaves the new
    node unconfigured, with the failure in its report.
    """
    make, owns_process = type(node), node.housekeeping.owns_process
    parameters, renewals = parameters_of(node), node.renewals + 1
    configured, active, identities = node.worker is not None, bool(node.session), node.identities

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
