# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Messages, services and actions with the comments of their definitions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from reference.markdown import page, table

_PARTS = {
    'msg': ('',),
    'srv': ('Request', 'Response'),
    'action': ('Goal', 'Result', 'Feedback'),
}
_LINE = re.compile(
    r'^(?P<type>[\w/]+(?:\[[<=\d]*\])?)\s+(?P<name>\w+)\s*(?:=\s*(?P<value>[^#]*?))?'
    r'(?P<default>\s+[^#=]+?)?\s*(?:#\s*(?P<note>.*))?$'
)


@dataclass
class Part:
    """Constants and fields between two `---`."""

    constants: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Value, name, type, meaning."""
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, type, meaning."""
    remark: str = ''


@dataclass
class Definition:
    """One interface file."""

    name: str
    description: str
    parts: list[Part]


def read(path: Path) -> Definition:
    """An interface file with its comments.

    Raises:
        ValueError: a line is neither comment, constant nor field.
    """
    description, parts, comment = '', [Part()], list[str]()
    for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        line = line.strip()
        if line == '---':
            parts.append(Part())
            comment = []
        elif line.startswith('#'):
            comment.append(line.lstrip('# '))
        elif not line:
            if comment and len(parts) == 1 and not description:
                description = ' '.join(comment)
            comment = []
        elif (found := _LINE.match(line)) is None:
            raise ValueError(f'{path.name}, line {number}: {line!r} is neither constant nor field')
        elif found['value'] is not None:
            if comment:
                parts[-1].remark, comment = ' '.join(comment), []
            meaning = re.sub(r'\s{2,}', '; ', found['note'] or '')
            parts[-1].constants.append((found['value'], found['name'], found['type'], meaning))
        else:
            parts[-1].fields.append((found['name'], found['type'], ' '.join(comment)))
            comment = []
    return Definition(path.stem, description, parts)


def interfaces_page(root: Path) -> str:
    """Every interface of the package, those of a kind in the order of their names."""
    sections = []
    for kind, titles in _PARTS.items():
        for path in sorted((root / kind).glob(f'*.{kind}')):
            definition = read(path)
            sections.append(
                f'## {kind}/{definition.name}\n\n{definition.description}\n\n'
                f'Definition: [{kind}/{path.name}](../../{kind}/{path.name})'
            )
            for title, part in zip(titles, definition.parts):
                sections.append(_part(title, part))
    return page(
        'Messages, services and actions',
        'Package `smolrgpt_ros`. Lengths are in metres, angles in radians, times as ROS has them.',
        *(section for section in sections if section),
    )


def _part(title: str, part: Part) -> str:
    lines = [f'### {title}'] if title else []
    if part.constants:
        if part.remark:
            lines.append(part.remark)
        rows = [(value, f'`{name}`', meaning) for value, name, _, meaning in part.constants]
        lines.append(table(('value', 'constant', 'meaning'), rows))
    if part.fields:
        rows = [(f'`{name}`', f'`{kind}`', meaning) for name, kind, meaning in part.fields]
        lines.append(table(('field', 'type', 'meaning'), rows))
    elif title and not part.constants:
        lines.append('Empty.')
    return '\n\n'.join(lines)


def statuses_page(root: Path) -> str:
    """The statuses of the two services and of the action, side by side."""
    paths = {
        '`/spatial_query`': root / 'srv' / 'SpatialQuery.srv',
        '`/ask_spatial`': root / 'action' / 'AskSpatial.action',
        '`/pick_target`': root / 'srv' / 'PickTarget.srv',
    }
    meanings: dict[tuple[int, str], dict[str, str]] = {}
    for where, path in paths.items():
        for value, name, _, meaning in read(path).parts[1].constants:
            meanings.setdefault((int(value), name), {})[where] = meaning
    rows = []
    for (value, name), by_place in sorted(meanings.items()):
        kinds = dict.fromkeys(by_place.values())
        told = [
            meaning
            if len(kinds) == 1
            else f'{", ".join(w for w in by_place if by_place[w] == meaning)}: {meaning}'
            for meaning in kinds
        ]
        where = 'all' if len(by_place) == len(paths) else ', '.join(by_place)
        rows.append((str(value), f'`{name}`', where, '; '.join(told)))
    return page(
        'Status codes',
        'Every answer has a status, and every failure a sentence in `message` that says what was '
        'wrong and what would help. Fields of the answer count only where the status is `OK`, but '
        'for `NO_FREE_SIDE`, which comes with all that was measured.',
        table(('value', 'status', 'of', 'meaning'), rows),
        'The client in `smolrgpt_ros.planning` asks again after `BUSY`, `STALE`, `NO_FRAME` and '
        '`NO_TRANSFORM`, which pass by themselves; see [planners](../howto/planning.md).',
    )
