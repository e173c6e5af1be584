# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The benchmark: its files, its metric, and synthetic scenes with true answers."""
