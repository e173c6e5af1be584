# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What one moment looked like: picture, depth, camera, regions, and what they measure."""
