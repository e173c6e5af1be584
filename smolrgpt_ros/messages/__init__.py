# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What sensors, detector and TF send, matched by stamp and made a scene; without rclpy.

The node feeds it from the middleware, `recorded` from a bag. Messages are whatever has the fields
of the ROS message that a docstring names.
"""
