# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One measured figure beside what it is compared with, and how it is printed."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Result:
    """A figure.

    Attributes:
        name: 'ingest.cpu_cores' and the like.
        unit: 'cores', 'ms', 'MB', '' for a share.
        reference: the same of the usual way to do it, in the same run; None where there is none.
        at_most: highest value that is good enough, None where none was promised.
        at_least: lowest value that is good enough, None where none was promised.
        further: more figures of the same measurement, by name.
    """

    name: str
    value: float
    unit: str
    reference: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    further: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Value divided by the reference."""
        return self.value / self.reference if self.reference else None

    @property
    def good(self) -> bool:
        """Whether the value, its 99th percentile and its ratio keep their bounds."""
        low = -math.inf if self.at_least is None else self.at_least
        high = math.inf if self.at_most is None else self.at_most
        p99_at_most = self.further.get('p99_at_most', math.inf)
        ratio_at_most = self.further.get('ratio_at_most', math.inf)
        return (
            low <= self.value <= high
            and self.further.get('p99', -math.inf) <= p99_at_most
            and (self.ratio or 0.0) <= ratio_at_most
        )

    def row(self) -> dict[str, Any]:
        """The object of a JSON line."""
        row: dict[str, Any] = {
            'name': self.name,
            'value': _rounded(self.value),
            'unit': self.unit,
            'reference': _rounded(self.reference),
            'ratio': _rounded(self.ratio),
        }
        bounds = {'at_most': self.at_most, 'at_least': self.at_least}
        row |= {name: bound for name, bound in bounds.items() if bound is not None}
        return row | {name: _rounded(value) for name, value in self.further.items()}


def _rounded(value: Any) -> Any:
    """Four significant digits, also within; None for what JSON cannot say."""
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    if not isinstance(value, float):
        return value
    return float(f'{value:.4g}') if math.isfinite(value) else None


def report(results: Sequence[Result], *, as_json: bool, console: Console | None = None) -> None:
    """Print one JSON object a line, or a table with further figures below it."""
    if as_json:
        for result in results:
            print(json.dumps(result.row()), flush=True)
        return
    console = console or Console()
    table = Table()
    for heading in ('figure', 'value', 'reference', 'ratio', 'bound'):
        table.add_column(heading, overflow='fold')
    for result in results:
        row = result.row()
        bounds = _bounds(result)
        table.add_row(
            result.name,
            f'{row["value"]} {result.unit}',
            '' if row['reference'] is None else f'{row["reference"]}',
            '' if row['ratio'] is None else f'{row["ratio"]:.2f}',
            f'{bounds} {"kept" if result.good else "MISSED"}' if bounds else '',
        )
    console.print(table)
    for result in results:
        if result.further:
            console.print(Text(result.name, style='bold'))
            console.print(Padding(Text('\n'.join(_lines(result.further))), (0, 0, 0, 2)))


def _bounds(result: Result) -> str:
    bounds = {
        '<= ': result.at_most,
        '>= ': result.at_least,
        'ratio <= ': result.further.get('ratio_at_most'),
        '99th percentile <= ': result.further.get('p99_at_most'),
    }
    return ', '.join(f'{what}{bound:.4g}' for what, bound in bounds.items() if bound is not None)


def _lines(further: dict[str, Any]) -> list[str]:
    """Plain figures on the first line; those of a kind, and courses over time, on their own."""
    plain = {name: value for name, value in further.items() if not isinstance(value, (dict, list))}
    lines = [_words(plain)] if plain else []
    for name, value in further.items():
        if isinstance(value, dict):
            course = {part: some for part, some in value.items() if isinstance(some, list)}
            rest = {part: one for part, one in value.items() if part not in course}
            lines.append(f'{name}: {_words(rest)}')
            lines += [f'{name}, {part}: {_numbers(some)}' for part, some in course.items()]
        elif isinstance(value, list):
            lines.append(f'{name}: {_numbers(value)}')
    return lines


def _words(figures: dict[str, Any]) -> str:
    return ', '.join(f'{name} {_rounded(value)}' for name, value in figures.items())


def _numbers(some: Sequence[Any]) -> str:
    return ' '.join(str(_rounded(one)) for one in some)
