# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The command line, from the signatures that typer reads."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from reference.markdown import page, table
from smolrgpt_ros.cli.app import app

_EXIT_CODES = (
    ('0', 'done'),
    ('1', 'a question has no answer, a file could not be written, or a benchmark missed its bound'),
    ('2', 'bad input: the reason is one sentence on stderr'),
    ('130, 143', 'interrupted by SIGINT or SIGTERM'),
)
_TYPES = {'str': 'TEXT', 'int': 'INTEGER', 'float': 'FLOAT', 'Path': 'PATH'}


@dataclass(frozen=True)
class Parameter:
    """An argument or option of a command.

    Attributes:
        names: of an option, with dashes; empty for an argument.
        value: what stands for its value; '' for a switch.
        default: '' for none, and for a switch that is off.
    """

    names: tuple[str, ...]
    value: str
    required: bool
    default: str
    help: str


def commands() -> dict[str, Callable[..., Any]]:
    """The function of each command by its name."""
    return {
        command.name or command.callback.__name__: command.callback
        for command in app.registered_commands
        if command.callback is not None and not command.hidden
    }


def parameters_of(command: Callable[..., Any]) -> Iterator[Parameter]:
    """Arguments and options in the order of the command's help."""
    hints = typing.get_type_hints(command, include_extras=True)
    for name, parameter in inspect.signature(command).parameters.items():
        extras = getattr(hints[name], '__metadata__', ())
        if not extras:
            continue  # typer's context
        info = extras[0]
        kind = hints[name].__origin__
        required = parameter.default is inspect.Parameter.empty
        default = '' if required or parameter.default in (None, '', False) else parameter.default
        is_option = type(info).__name__ == 'OptionInfo'
        # In an Annotated, typer takes the first declaration for the default.
        declared = (info.default, *(info.param_decls or ()))
        names = tuple(word for word in declared if isinstance(word, str) and word.startswith('-'))
        if is_option and not names:
            names = (f'--{name.replace("_", "-")}',)
        value = '' if is_option and kind is bool else info.metavar or _shown(kind, name, is_option)
        yield Parameter(names, value, required, str(default), _plain(info.help or ''))


def commands_page() -> str:
    """Every command with its arguments and options."""
    sections = []
    for name, command in commands().items():
        sections.append(f'## smolrgpt {name}\n\n{_plain(inspect.getdoc(command) or "")}')
        rows = [_row(parameter) for parameter in parameters_of(command)]
        sections.append(table(('argument or option', 'default', 'meaning'), rows))
    return page(
        'Command line',
        '`pip install .` installs `smolrgpt`; in a checkout type `tools/run smolrgpt`. '
        '`smolrgpt COMMAND --help` tells the same.',
        table(('exit code', 'meaning'), _EXIT_CODES),
        *sections,
    )


def _row(parameter: Parameter) -> tuple[str, str, str]:
    shown = ' '.join(filter(None, (', '.join(parameter.names), parameter.value)))
    default = f'`{parameter.default}`' if parameter.default else ''
    return f'`{shown}`', 'required' if parameter.required else default, parameter.help


def _shown(kind: Any, name: str, is_option: bool) -> str:
    if not is_option:
        return name.upper()
    kinds = [part for part in typing.get_args(kind) or (kind,) if part is not type(None)]
    return _TYPES.get(kinds[0].__name__, 'TEXT')


def _plain(text: str) -> str:
    """Help without rich's escapes, as one line."""
    return re.sub(r'\s+', ' ', text.replace('\\[', '[')).strip()
