# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How figures are printed: everything is said, within the width of a terminal."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from benchmarks.result import Result, report

RESULTS = [
    Result(
        'soak.rss_growth',
        0.012345678,
        '',
        at_most=0.01,
        further={
            'deactivated': {'growth': 0.0123456, 'mb_over_time': [214.51, 216.0]},
            'highest_mb': 251.2345,
        },
    ),
    Result('query.ms', 5.0, 'ms', reference=4.0, further={'ratio_at_most': 1.5, 'p99': 9.0}),
    Result('data.rate', 400.0, '1/s', at_least=300.0),
    Result('soak.faults', 12.0, ''),
]


def printed(results: list[Result], width: int = 80) -> str:
    out = io.StringIO()
    report(results, as_json=False, console=Console(file=out, width=width))
    return out.getvalue()


@pytest.mark.parametrize(
    ('name', 'bound'),
    [
        ('soak.rss_growth', '<= 0.01 MISSED'),
        ('query.ms', 'ratio <= 1.5 kept'),
        ('data.rate', '>= 300 kept'),
    ],
)
def test_a_bound_is_told_with_whether_it_is_kept(name: str, bound: str):
    row = next(line for line in printed(RESULTS).splitlines() if name in line)
    assert bound in row


def test_what_has_no_bound_is_neither_kept_nor_missed():
    row = next(line for line in printed(RESULTS).splitlines() if 'soak.faults' in line)
    assert 'kept' not in row
    assert 'MISSED' not in row


def test_further_figures_stand_below_the_table():
    lines = [line.rstrip() for line in printed(RESULTS).splitlines()]
    below = lines[lines.index('soak.rss_growth') :]
    assert below == [
        'soak.rss_growth',
        '  highest_mb 251.2',
        '  deactivated: growth 0.01235',
        '  deactivated, mb_over_time: 214.5 216.0',
        'query.ms',
        '  ratio_at_most 1.5, p99 9.0',
    ]


def test_nothing_is_wider_than_the_terminal():
    long = Result(
        'soak.lost', 0, '', at_most=0, further={'by_status': dict.fromkeys(map(str, range(80)), 1)}
    )
    assert max(map(len, printed([*RESULTS, long], width=60).splitlines())) <= 60


def test_json_has_numbers_of_four_digits_within_too(capsys: pytest.CaptureFixture[str]):
    report(RESULTS, as_json=True)
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert first['value'] == 0.01235
    assert first['deactivated'] == {'growth': 0.01235, 'mb_over_time': [214.5, 216.0]}
    assert first['at_most'] == 0.01
