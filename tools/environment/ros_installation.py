# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Finds out whether a ROS 2 is sourced in the shell that started the set-up."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from layout import INSTALL, VENV, SetupError


@dataclass(frozen=True)
class RosInstallation:
    """A sourced ROS 2.

    Attributes:
        distribution: 'humble', 'jazzy', ...
        prefixes: the ament prefixes, the first one wins.
    """

    distribution: str
    prefixes: tuple[Path, ...]

    def has(self, package: str) -> bool:
        """Return whether a package of this name is installed in one of the prefixes."""
        return any(
            (prefix / 'share' / package / 'package.xml').is_file() for prefix in self.prefixes
        )


def sourced_ros() -> RosInstallation | None:
    """Return the sourced ROS 2, or None where the wheels are to be used.

    A shell in which this project's own environment is active does not count: its prefixes are left
    out.

    Raises:
        SetupError: when a ROS 2 is sourced that lacks packages we use.
    """
    named = [
        Path(entry) for entry in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep) if entry
    ]
    ours = (VENV, INSTALL)
    prefixes = tuple(prefix for prefix in named if not any(_same(prefix, own) for own in ours))
    ros = RosInstallation(os.environ.get('ROS_DISTRO', ''), prefixes)
    if not ros.has('rclpy'):
        return None
    needed = (
        'nav2_msgs', 'tf2_msgs', 'vision_msgs', 'message_filters', 'tf2_ros_py',
        'tf_transformations',
    )  # fmt: skip
    missing = [package for package in needed if not ros.has(package)]
    if missing:
        raise SetupError(
            f'the sourced ROS 2 {ros.distribution} lacks {", ".join(missing)}; install what '
            f'package.xml '
            'names with `rosdep install --from-paths . --ignore-src -y`, or use a shell '
            'without ROS to '
            'work with the wheels.'
        )
    return ros


def _same(first: Path, second: Path) -> bool:
    return first.resolve() == second.resolve()
