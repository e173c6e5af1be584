# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Asks an engine a whole benchmark, compares with the truth and reports; needs no ROS."""
