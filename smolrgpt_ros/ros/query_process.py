# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node `spatial_query` in a process of its own: `ros2 run smolrgpt_ros spatial_query_node`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from smolrgpt_ros.allocation import share_one_arena

# Python hands the interpreter from thread to thread this often at the latest; its default of 5 ms
# would be longer than a whole answer takes.
_SWITCH_INTERVAL_S = 0.0005


def main(args: Sequence[str] | None = None) -> int:
    """Run the node until it is interrupted."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    share_one_arena()
    # Not before: to import rclpy starts threads, which keep the arenas that they have got.
    from rclpy.lifecycle import TransitionCallbackReturn

    from smolrgpt_ros.process.renewal import Renewal
    from smolrgpt_ros.process.spinning import Replace, run_node
    from smolrgpt_ros.ros.node import SpatialQueryNode
    from smolrgpt_ros.ros.successor import successor

    renewal = Renewal(successor)

    def on_made(node: SpatialQueryNode, replace: Replace[SpatialQueryNode]) -> None:
        # One that was made anew goes on in the state of the one before.
        if (
            not node.renewals
            and node.settings.autostart_node
            and node.trigger_configure() == TransitionCallbackReturn.SUCCESS
        ):
            node.trigger_activate()
        renewal.watch(node, replace)

    return run_node(lambda: SpatialQueryNode(owns_process=True), args, on_made=on_made)


if __name__ == '__main__':
    sys.exit(main())
