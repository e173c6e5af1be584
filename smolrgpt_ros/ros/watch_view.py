# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What `smolrgpt watch` shows: the node's own reports and answers, as tables for a terminal.

Nothing is told by colour alone: every level has its word.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from smolrgpt_ros.messages.answered import CATEGORY_UNITS

SILENT_S = 3.0
"""A node reports once a second; after so long without a report something is wrong."""

_STYLES = {'OK': 'green', 'WARN': 'yellow', 'ERROR': 'bold red', 'STALE': 'magenta'}
_DROPPED = 'dropped: '
_LATENCY = 'latency_'
_INPUT = 'input '
_SHOWN_ALREADY = ('node', 'matching', 'questions')


@dataclass(frozen=True)
class Report:
    """One status of /diagnostics.

    Attributes:
        level: 'OK', 'WARN', 'ERROR' or 'STALE'.
        values: as published, by key.
    """

    level: str
    message: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class ShownAnswer:
    """One message of ~/answers, and when it came (seconds, monotonic clock)."""

    arrived_s: float
    question: str
    text: str
    value: float
    stddev: float
    category: str
    confidence: float
    engine: str
    verified: bool
    image_age_s: float
    latency_s: float


@dataclass
class Watched:
    """What is known of the node.

    Attributes:
        present: whether its services are there.
        state: its lifecycle state in words, '' while unknown.
        reports: newest status by name, without the node's own name in front.
        reported_s: when the newest report came, monotonic clock; None before the first.
        answers: newest first.
    """

    node: str
    present: bool = False
    state: str = ''
    reports: dict[str, Report] = field(default_factory=dict)
    reported_s: float | None = None
    answers: list[ShownAnswer] = field(default_factory=list)


def view_of(watched: Watched, now_s: float) -> RenderableType:
    """Everything, from the most to the least urgent."""
    head = _head(watched, now_s)
    if not watched.reports:
        return head
    parts: list[RenderableType] = [head, _inputs(watched)]
    for name in ('matching', 'questions'):
        if name in watched.reports:
            parts.append(_counts(name, watched.reports[name]))
    rest = {
        name: report
        for name, report in watched.reports.items()
        if name not in _SHOWN_ALREADY and not name.startswith(_INPUT)
    }
    if rest:
        parts.append(_others(rest))
    parts.append(_answers(watched.answers, now_s))
    return Group(*parts)


def _head(watched: Watched, now_s: float) -> Panel:
    line = Text().append(watched.node, 'bold')
    if not watched.present and watched.reported_s is None:
        line.append('  no such node')
        line.append(
            '\nIs it running? Does it have the same ROS_DOMAIN_ID? --node names another one.',
            'yellow',
        )
        return Panel(line, title='smolrgpt watch')
    line.append(f'  {watched.state or "state unknown"}', _style_of_state(watched.state))
    if not watched.present:
        line.append('  gone: its services have vanished', 'bold red')
    if watched.reported_s is None:
        line.append('  no report on /diagnostics yet', 'yellow')
    else:
        age_s = now_s - watched.reported_s
        silent = age_s > SILENT_S
        told = f'  SILENT for {age_s:.0f} s' if silent else '  reporting'
        line.append(told, 'bold red' if silent else 'green')
    return Panel(line, title='smolrgpt watch')


def _style_of_state(state: str) -> str:
    return 'green' if state == 'active' else 'yellow'


def _inputs(watched: Watched) -> RenderableType:
    table = Table(title='inputs', title_justify='left', expand=True)
    for heading in ('input', 'topic'):
        table.add_column(heading, overflow='fold')
    for heading in ('Hz', 'received', 'missing', 'age, s', 'publishers'):
        table.add_column(heading, justify='right')
    table.add_column('state', overflow='fold')
    for name, report in watched.reports.items():
        if name.startswith(_INPUT):
            values = report.values
            table.add_row(
                name.removeprefix(_INPUT),
                Text(values.get('topic', '')),
                *(
                    values.get(key, '')
                    for key in ('rate_hz', 'received', 'missing', 'age_s', 'publishers')
                ),
                _verdict(report),
            )
    if table.row_count:
        return table
    node = watched.reports.get('node')
    return Text(f'no inputs: {node.message}' if node else 'no inputs')


def _counts(name: str, report: Report) -> Table:
    """Counts of one report in a row, the reasons of losses and latencies beneath."""
    table = Table(title=name, title_justify='left', expand=True, show_header=False)
    table.add_column(ratio=1, overflow='fold')
    table.add_row(_verdict(report))
    counts = {
        key: value
        for key, value in report.values.items()
        if not key.startswith((_DROPPED, _LATENCY, 'latest '))
    }
    table.add_row(Text('   '.join(f'{key} {value}' for key, value in counts.items())))
    latencies = [
        f'{key.removeprefix(_LATENCY).removesuffix("_ms")} {value} ms'
        for key, value in report.values.items()
        if key.startswith(_LATENCY)
    ]
    if latencies:
        table.add_row(Text(f'latency: {"   ".join(latencies)}'))
    dropped = [
        f'{key.removeprefix(_DROPPED)}: {value}'
        for key, value in report.values.items()
        if key.startswith(_DROPPED)
    ]
    if dropped:
        table.add_row(Text(f'dropped because of  {"   ".join(dropped)}'))
    for key, value in report.values.items():
        if key.startswith('latest '):
            table.add_row(Text(f'{key}: {value}'))
    return table


def _others(reports: Mapping[str, Report]) -> Table:
    table = Table(title='more', title_justify='left', expand=True, show_header=False)
    table.add_column()
    table.add_column(ratio=1, overflow='fold')
    for name, report in reports.items():
        values = '   '.join(f'{key} {value}' for key, value in report.values.items())
        told = _verdict(report)
        if values:
            told.append(f'\n{values}', 'dim')
        table.add_row(name, told)
    return table


def _answers(answers: Sequence[ShownAnswer], now_s: float) -> Table:
    table = Table(title='last answers', title_justify='left', expand=True)
    table.add_column('ago', justify='right')
    table.add_column('question', ratio=2, overflow='fold')
    table.add_column('answer', ratio=3, overflow='fold')
    for heading in ('value', 'sure', 'took', 'picture'):
        table.add_column(heading, justify='right')
    table.add_column('engine')
    for answer in answers:
        table.add_row(
            f'{now_s - answer.arrived_s:.0f} s',
            Text(answer.question),
            Text(answer.text),
            _value(answer),
            f'{answer.confidence:.0%}',
            f'{answer.latency_s * 1e3:.1f} ms',
            f'{answer.image_age_s * 1e3:.0f} ms old',
            _engine(answer),
        )
    if not answers:
        table.add_row('', Text('none yet', 'dim'), *[''] * 6)
    return table


def _value(answer: ShownAnswer) -> str:
    if not math.isfinite(answer.value):
        return '–'
    unit = CATEGORY_UNITS.get(answer.category, '')
    if not unit:
        return f'{answer.value:g}'
    sigma = f' ± {answer.stddev:.2f}' if math.isfinite(answer.stddev) else ''
    return f'{answer.value:.2f}{sigma} {unit}'


def _engine(answer: ShownAnswer) -> str:
    if answer.engine != 'verified':
        return answer.engine
    return 'verified: agree' if answer.verified else 'verified: DISAGREE'


def _verdict(report: Report) -> Text:
    text = Text().append(report.level, _STYLES.get(report.level, ''))
    return text.append(f'  {report.message}') if report.message else text
