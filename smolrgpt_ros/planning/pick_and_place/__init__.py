# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An example of a planner: fetch the pallet that an empty transporter should take."""
