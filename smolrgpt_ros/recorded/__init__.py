# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions about what was recorded (rosbag2), answered as the node would have; without ROS."""
