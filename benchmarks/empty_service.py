# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a query is compared with: a service that does nothing, in a process of its own."""

from __future__ import annotations

from rclpy.node import Node
from std_srvs.srv import Empty

from smolrgpt_ros.process.spinning import run_node

SERVICE = '/benchmark_empty'


def empty_node() -> Node:
    node = Node('empty')
    node.create_service(Empty, SERVICE, lambda request, response: response)
    return node


def main() -> None:
    """Serve until interrupted."""
    run_node(empty_node)


if __name__ == '__main__':
    main()
