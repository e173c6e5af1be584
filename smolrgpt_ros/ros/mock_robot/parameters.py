# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Parameters of the mock robot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

from smolrgpt_ros.ros.mock_robot.eye import IDS


@dataclass(frozen=True)
class Settings:
    """The parameters' values; descriptions are in PARAMETERS."""

    errand: int
    hall: int
    start: tuple[float, ...]
    width: int
    height: int
    rate: float
    driving_rate: float
    speed_factor: float
    noise: bool
    ids: str
    missed: float
    tf_gap_rate: float
    tf_gap_s: float
    abort_share: float
    fork_failure_share: float


# Field -> parameter, default, description, range.
PARAMETERS: dict[str, tuple[str, Any, str, tuple[float, float] | None]] = {
    'errand': (
        'errand',
        1,
        'Which random errand, where start is empty: its hall, and where the robot begins. Setting '
        'errand, hall or start puts the robot there.',
        (0, 2**31 - 1),
    ),
    'hall': ('hall', 0, 'Which warehouse, where start is given.', (0, 2**31 - 1)),
    'start': (
        'start',
        [math.nan],
        'Where the robot begins: x, y in metres and yaw in radians; [nan]: where the errand does.',
        None,
    ),
    'width': ('width', 320, 'Pixels across.', (64, 1920)),
    'height': ('height', 240, 'Pixels down.', (64, 1080)),
    'rate': ('rate', 8.0, 'Pictures a second of real time while the robot stands.', (0.1, 60.0)),
    'driving_rate': (
        'driving_rate',
        4.0,
        'Pictures a second of real time while the robot drives.',
        (0.1, 60.0),
    ),
    'speed_factor': (
        'speed_factor',
        1.0,
        'How fast /clock and the robot run while it drives; 1 is real time.',
        (0.1, 100.0),
    ),
    'noise': ('noise', True, 'Depth and boxes of a stereo camera and a detector.', None),
    'ids': ('ids', 'stable', f'What the detector calls its objects: {", ".join(IDS)}.', None),
    'missed': (
        'fault.missed',
        0.0,
        'Share of detections left out, where noise is on.',
        (0.0, 1.0),
    ),
    'tf_gap_rate': ('fault.tf_gap_rate', 0.0, 'Gaps of /tf a second of real time.', (0.0, 10.0)),
    'tf_gap_s': ('fault.tf_gap', 2.0, 'Length of a gap, seconds of the clock.', (0.0, 60.0)),
    'abort_share': (
        'fault.navigation_abort',
        0.0,
        'Share of drives that get stuck on the way and abort.',
        (0.0, 1.0),
    ),
    'fork_failure_share': ('fault.fork', 0.0, 'Share of fork calls that fail.', (0.0, 1.0)),
}


def declare_parameters(node: Node) -> None:
    """Declare all, with descriptions and ranges."""
    for name, default, description, limits in PARAMETERS.values():
        descriptor = ParameterDescriptor(description=description)
        if limits and isinstance(default, float):
            descriptor.floating_point_range = [
                FloatingPointRange(from_value=float(limits[0]), to_value=float(limits[1]))
            ]
        elif limits:
            descriptor.integer_range = [
                IntegerRange(from_value=int(limits[0]), to_value=int(limits[1]), step=1)
            ]
        node.declare_parameter(name, default, descriptor)


def read_settings(node: Node, changes: Sequence[Parameter] = ()) -> Settings:
    """The parameters as they are, or are about to be."""
    changed = {parameter.name: parameter.value for parameter in changes}
    values: dict[str, Any] = {}
    for field in fields(Settings):
        name = PARAMETERS[field.name][0]
        value = changed[name] if name in changed else node.get_parameter(name).value
        if field.name == 'start':
            value = tuple(value) if len(value) == 3 else ()
        values[field.name] = value
    return Settings(**values)


def problem_with(parameters: Sequence[Parameter]) -> str:
    """What is wrong with values that ranges do not catch; '' where nothing is."""
    for parameter in parameters:
        if parameter.name == 'ids' and parameter.value not in IDS:
            return f'ids is one of {", ".join(IDS)}, not {parameter.value!r}'
        if parameter.name == 'start':
            value = list(parameter.value)
            finite = len(value) == 3 and all(math.isfinite(part) for part in value)
            empty = len(value) == 1 and math.isnan(value[0])
            if not finite and not empty:
                return f'start is [x, y, yaw] in metres and radians, or [nan], not {value}'
    return ''
