# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`make demo`: the node on a synthetic warehouse camera, asked a question of every category."""
