# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node's parameters as options of the command line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from smolrgpt_ros.cli.problem import Problem
from smolrgpt_ros.messages.settings import SPECS, ParameterSpec, Settings

_BY_NAME = {spec.name: spec for spec in SPECS}
_TRUTH = {'true': True, 'false': False, 'yes': True, 'no': False, '1': True, '0': False}


def settings_of(assignments: Sequence[str]) -> Settings:
    """The node's defaults, changed by 'name=value' as in 'sync.slop=0.05'. Raises Problem."""
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition('=')
        spec = _BY_NAME.get(name.strip())
        if not equals or spec is None:
            raise Problem(
                f'--param {assignment!r}: expected name=value with a parameter of the node, one of '
                f'{", ".join(_BY_NAME)}'
            )
        values[spec.attribute] = _value(spec, text.strip())
    return Settings(**values)


def _value(spec: ParameterSpec, text: str) -> Any:
    try:
        if isinstance(spec.default, bool):
            value: Any = _TRUTH[text.lower()]
        else:
            value = type(spec.default)(text)
    except (KeyError, ValueError) as error:
        kind = type(spec.default).__name__
        raise Problem(f'--param {spec.name}={text}: expected a {kind}') from error
    if spec.choices and value not in spec.choices:
        known = ', '.join(repr(choice) for choice in spec.choices)
        raise Problem(f'--param {spec.name}={text}: it must be one of {known}')
    if spec.range and not (spec.range[0] <= value <= spec.range[1] and math.isfinite(value)):
        low, high = spec.range
        raise Problem(f'--param {spec.name}={text}: it must be from {low:g} to {high:g}')
    return value
