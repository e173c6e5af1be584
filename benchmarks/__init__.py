# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What `smolrgpt bench` measures, from a checkout and on the machine it runs on."""
