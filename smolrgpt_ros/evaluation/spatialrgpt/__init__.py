# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SpatialRGPT-Bench in its own layout: records, answers read by rules, the twelve figures."""
