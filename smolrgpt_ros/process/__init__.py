# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a node needs that has a process of its own: signals, hearing, a new beginning."""
