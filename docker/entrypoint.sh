#!/bin/bash
# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# Sources ROS and the package, then becomes the command: signals reach it, and it ends cleanly.
set -e
# shellcheck disable=SC1090
source "/opt/ros/${ROS_DISTRO}/setup.bash"
# shellcheck disable=SC1091
source /opt/ws/install/setup.bash
exec "$@"
