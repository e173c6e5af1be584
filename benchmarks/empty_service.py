# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a query is compared with: a service that does nothing, in a process of its own."""

from __future__ import annotations

import rclpy
from rclpy.executors import ExternalShutdownException
from std_srvs.srv import Empty

SERVICE = '/benchmark_empty'


def main() -> None:
    """Serve until interrupted."""
    rclpy.init()
    node = rclpy.create_node('empty')
    node.create_service(Empty, SERVICE, lambda request, response: response)
    try:
        rclpy.spin(node)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


if __name__ == '__main__':
    main()
