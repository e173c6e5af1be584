# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Networks: they know neither scenes nor ROS; torch is imported only below this folder."""
