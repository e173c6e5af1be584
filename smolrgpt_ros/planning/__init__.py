# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What planners use: a client of the questions, behaviours, and an example that fetches pallets."""
