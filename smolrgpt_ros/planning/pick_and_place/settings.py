# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a mission is told: the parameters of the node."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node


@dataclass(frozen=True)
class Settings:
    """The parameters' values; descriptions are in PARAMETERS."""

    question: str
    buffer: str
    engine: str
    map_frame: str
    base_frame: str
    staging: float
    reach: float
    robot_width: float
    robot_length: float
    loaded_radius: float
    lead: int
    most_asks: int
    least_confidence: float
    sure: float
    most_doubtful: int
    answer_timeout: float
    max_age: float
    patience: float
    navigation_timeout: float
    navigation_silence: float
    fork_timeout: float
    attempts: int


# Name -> default, description, range.
PARAMETERS: dict[str, tuple[Any, str, tuple[float, float] | None]] = {
    'question': (
        'which pallet should the empty transporter pick up?',
        'What decides on the pallet; the first object of the answer is fetched.',
        None,
    ),
    'buffer': (
        '',
        'Where the pallet is brought: an id, or words such as the leftmost buffer.',
        None,
    ),
    'engine': ('', "Engine of all questions; empty: the query node's own.", None),
    'map_frame': ('map', 'Frame of all poses; its z axis points up.', None),
    'base_frame': ('base_link', "Frame of the robot's base.", None),
    'staging': (
        1.7,
        'From the base to the near side of the pallet where the robot looks at it before it docks.',
        (0.5, 5.0),
    ),
    'reach': (
        1.0,
        'From the base to the near side of the pallet where the fork takes it.',
        (0.2, 3.0),
    ),
    'robot_width': (1.0, "Width of the robot's path, metres.", (0.2, 5.0)),
    'robot_length': (1.0, 'Length of the robot, metres.', (0.2, 5.0)),
    'loaded_radius': (0.8, 'Free floor that the loaded robot needs round its centre.', (0.2, 5.0)),
    'lead': (4, 'Votes that an answer must be ahead by, each from another picture.', (1, 20)),
    'most_asks': (30, 'Pictures that are asked about before a question is given up.', (1, 500)),
    'least_confidence': (
        0.3,
        'Answers on which pallet to fetch that are less sure do not count.',
        (0.0, 1.0),
    ),
    'sure': (
        0.9,
        'How sure it has to be which pallet to fetch, by one place or by several together.',
        (0.3, 0.999),
    ),
    'most_doubtful': (5, 'Doubtful answers after which the robot looks from elsewhere.', (1, 100)),
    'answer_timeout': (5.0, 'Longest wait for one answer, seconds.', (0.1, 600.0)),
    'max_age': (1.5, 'Oldest picture that is asked about, seconds.', (0.05, 60.0)),
    'patience': (
        40.0,
        'How long a question is asked again while pictures, TF or the query node are missing.',
        (0.0, 3600.0),
    ),
    'navigation_timeout': (180.0, 'Longest drive, seconds.', (1.0, 3600.0)),
    'navigation_silence': (10.0, 'Longest time without feedback of a drive.', (0.5, 600.0)),
    'fork_timeout': (10.0, 'Longest wait for the fork, seconds.', (0.1, 600.0)),
    'attempts': (4, 'How often a step that failed is tried in another way.', (1, 20)),
}


def declare_parameters(node: Node) -> None:
    """Declare all, with descriptions and ranges."""
    for name, (default, description, limits) in PARAMETERS.items():
        descriptor = ParameterDescriptor(description=description)
        if limits and isinstance(default, float):
            descriptor.floating_point_range = [
                FloatingPointRange(from_value=limits[0], to_value=limits[1])
            ]
        elif limits:
            descriptor.integer_range = [
                IntegerRange(from_value=int(limits[0]), to_value=int(limits[1]), step=1)
            ]
        node.declare_parameter(name, default, descriptor)


def read_settings(node: Node) -> Settings:
    """The parameters as they are."""
    return Settings(
        **{field.name: node.get_parameter(field.name).value for field in fields(Settings)}
    )
