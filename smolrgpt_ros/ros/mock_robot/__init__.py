# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A robot that exists in a synthetic warehouse only: base, fork, camera, with real interfaces."""
