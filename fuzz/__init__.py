# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Readers of foreign input, fed with damaged input until one misbehaves; see README.md."""
