# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The command line `smolrgpt`; needs no ROS, except for benchmarks of the node."""

from __future__ import annotations


def main() -> None:
    """Run the command line and exit with its code."""
    from smolrgpt_ros.cli.app import run

    run()
