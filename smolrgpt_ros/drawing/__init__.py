# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Draws a scene and what was answered about it into one picture that a person can check by eye."""
