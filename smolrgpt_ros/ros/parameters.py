# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The parameters of `messages.settings` as rclpy declares, reads and changes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor

from smolrgpt_ros.messages.settings import AT_CONFIGURE, INPUTS, SPECS, ParameterSpec, Settings
from smolrgpt_ros.reasoning.confinement import ConfinementError, real_folder

if TYPE_CHECKING:
    from rclpy.node import Node
    from rclpy.parameter import Parameter

_BY_NAME = {spec.name: spec for spec in SPECS}


def descriptor_of(spec: ParameterSpec) -> ParameterDescriptor:
    """What `ros2 param describe` shows and rclpy enforces."""
    constraints = (
        f'one of: {", ".join(repr(choice) for choice in spec.choices)}' if spec.choices else ''
    )
    descriptor = ParameterDescriptor(
        name=spec.name,
        description=spec.description,
        additional_constraints=constraints,
        read_only=spec.read_only,
    )
    if spec.range and isinstance(spec.default, float):
        low, high = spec.range
        descriptor.floating_point_range = [
            FloatingPointRange(from_value=float(low), to_value=float(high))
        ]
    elif spec.range:
        low, high = spec.range
        descriptor.integer_range = [IntegerRange(from_value=int(low), to_value=int(high), step=1)]
    return descriptor


def declare_parameters(node: Node) -> None:
    """Declare every parameter with its descriptor.

    Overrides out of range raise rclpy's exception.
    """
    for spec in SPECS:
        node.declare_parameter(spec.name, spec.default, descriptor_of(spec))
    problem = problem_with(node.get_parameter(spec.name) for spec in SPECS)
    if problem:
        raise ValueError(problem)


def read_settings(node: Node) -> Settings:
    """The parameters as they are now."""
    return Settings(**{spec.attribute: node.get_parameter(spec.name).value for spec in SPECS})


def problem_with(parameters: Iterable[Parameter]) -> str:
    """What is wrong with new values, in a sentence; '' where they are fine.

    Ranges are rclpy's to check.
    """
    for parameter in parameters:
        spec = _BY_NAME.get(parameter.name)
        if spec and spec.choices and parameter.value not in spec.choices:
            known = ', '.join(repr(choice) for choice in spec.choices)
            return f'parameter {spec.name} is {parameter.value!r}; it must be one of {known}'
    return ''


def checkpoint_problem(parameters: Iterable[Parameter], root: str) -> str:
    """Why a new checkpoint is refused, in a sentence; '' where it is fine, or there is none.

    What a launch file names is looked at when it is loaded: a robot whose disk comes late starts.
    """
    for parameter in parameters:
        if parameter.name == 'checkpoint' and parameter.value:
            try:
                real_folder(parameter.value, root)
            except ConfinementError as error:
                return str(error)
    return ''


def with_changes(settings: Settings, parameters: Iterable[Parameter]) -> Settings:
    """The settings after some parameters have been set."""
    changes = {_BY_NAME[p.name].attribute: p.value for p in parameters if p.name in _BY_NAME}
    return replace(settings, **changes)


def needs_configure(parameters: Iterable[Parameter]) -> list[str]:
    """Names of the parameters whose new values wait for the next configure."""
    known = ((parameter.name, _BY_NAME.get(parameter.name)) for parameter in parameters)
    return [name for name, spec in known if spec and spec.applies == AT_CONFIGURE]


def parameter_table_markdown() -> str:
    """The README's table: one row a parameter.

    Topics share the rows of their quality of service.
    """
    lines = ['| parameter | default | allowed | applies | meaning |', '|---|---|---|---|---|']
    for spec in SPECS:
        if spec.name.startswith('qos.') and not spec.name.startswith('qos.image.'):
            continue
        name = spec.name.replace('qos.image.', 'qos.TOPIC.')
        description = spec.description.replace('of image ', 'of TOPIC ').replace('|', r'\|')
        if name.startswith('qos.'):
            description += f' TOPIC: {", ".join(INPUTS)}.'
        lines.append(
            f'| `{name}` | `{_shown(spec.default)}` | {_allowed(spec)} | {spec.applies} | '
            f'{description} |'
        )
    return '\n'.join(lines) + '\n'


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return repr(value)
    return str(value).lower() if isinstance(value, bool) else f'{value:g}'


def _allowed(spec: ParameterSpec) -> str:
    if spec.choices:
        return ', '.join(f'`{choice or repr(choice)}`' for choice in spec.choices)
    if spec.range:
        return f'{spec.range[0]:g} to {spec.range[1]:g}'
    return 'true, false' if isinstance(spec.default, bool) else 'any text'
