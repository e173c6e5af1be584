# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the networks are taught: pictures with masks, questions and the answers to be learnt."""
