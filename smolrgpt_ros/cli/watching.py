# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt watch`: hands over to the program that knows ROS."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from smolrgpt_ros.cli.problem import Problem

_PROGRAM = 'smolrgpt_ros.ros.watching'


def watch_node(
    *, node: str, once: bool, timeout_s: float, svg: Path | None, ros_arguments: Sequence[str]
) -> NoReturn:
    """Watch in place of this program, so that Ctrl-C reaches it. Raises Problem without ROS."""
    missing = [name for name in ('rclpy', 'diagnostic_msgs') if not importlib.util.find_spec(name)]
    if missing or importlib.util.find_spec('smolrgpt_ros.msg') is None:
        raise Problem(
            f'watch needs ROS 2 and the built messages of this package (missing: '
            f'{", ".join(missing) or "smolrgpt_ros.msg"}); source install/setup.bash of your '
            'workspace first, or in a checkout: make setup && tools/run smolrgpt watch'
        )
    if svg is not None and not once:
        raise Problem('--svg saves what --once shows; give both')
    arguments = ['--node', node, '--timeout', str(timeout_s)]
    arguments += ['--once'] if once else []
    arguments += ['--svg', str(svg)] if svg is not None else []
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, '-m', _PROGRAM, *arguments, *ros_arguments])
