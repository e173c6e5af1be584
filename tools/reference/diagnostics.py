# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What /diagnostics tells, from the source of the functions that tell it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from reference.markdown import page, table

_LEVELS = {'ERROR': 'error', 'WARN': 'warning'}


def diagnostics_page(root: Path) -> str:
    """Every status: its name, its values, and what it complains about."""
    source = root / 'smolrgpt_ros' / 'ros' / 'diagnostics.py'
    tree = ast.parse(source.read_text(encoding='utf-8'))
    sections = []
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and function.name.startswith('report_'):
            sections.append(_section(function))
    if not sections:
        raise ValueError(f'{source} has no function report_...: nothing to write the page from')
    return page(
        'Diagnostics',
        'Published on `/diagnostics` once a second, with one status for each of the following. '
        'What stands in braces is filled in. A status is OK where it complains about '
        'nothing.',
        *sections,
    )


def _section(function: ast.FunctionDef) -> str:
    name = next(
        _text(call.args[0])
        for call in _calls(function)
        if isinstance(call.func, ast.Name) and call.func.id == 'Report'
    )
    about = (ast.get_docstring(function) or '').partition('\n')[0]
    complaints = [
        (_LEVELS.get(_level(call), 'warning'), f'`{text}`')
        for call in _calls(function)
        if isinstance(call.func, ast.Attribute) and call.func.attr == 'problem'
        for text in _sentences(call.args[0])
    ]
    values = ', '.join(f'`{key}`' for key in dict.fromkeys(_values(function)))
    parts = [f'## {name}', about]
    if values:
        parts.append(f'Values: {values}.')
    if complaints:
        parts.append(table(('level', 'complaint'), complaints))
    return '\n\n'.join(parts)


def _calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    found = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    return iter(sorted(found, key=lambda call: (call.lineno, call.col_offset)))


def _level(call: ast.Call) -> str:
    return ast.unparse(call.args[1]) if len(call.args) > 1 else 'WARN'


def _values(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if ast.unparse(target) == 'report.values' and isinstance(node.value, ast.Dict):
                for key, value in zip(node.value.keys, node.value.values):
                    yield _text(key or value.key)  # type: ignore[attr-defined]
            elif isinstance(target, ast.Subscript) and ast.unparse(target.value) == 'report.values':
                yield _text(target.slice)


def _sentences(node: ast.expr) -> Iterator[str]:
    """The sentences that an expression may be; none of what another function has said."""
    if isinstance(node, ast.IfExp):
        yield from _sentences(node.body)
        yield from _sentences(node.orelse)
    elif isinstance(node, (ast.Constant, ast.JoinedStr)):
        yield _text(node)


def _text(node: ast.expr) -> str:
    """A text as it is written in the source, without formats."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return ''.join(_text(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return f'{{{ast.unparse(node.value)}}}'
    return f'{{{ast.unparse(node)}}}'
