# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Every fault of the table done to the real node: status, diagnostics, time to recover."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest
from bench import Bench, measured
from fault import RECOVERY_BOUND_S, Fault
from fault_report import SECTIONS, reliability_markdown, row, times_on, without_times
from table import FAULTS

PAGE = Path(__file__).resolve().parents[3] / 'docs' / 'reliability.md'


def present(fault: Fault) -> bool:
    if fault.on == 'network' and importlib.util.find_spec('torch') is None:
        return False
    return not fault.lacks or importlib.util.find_spec(fault.lacks) is None


@pytest.mark.parametrize(
    ('bench', 'fault'),
    [pytest.param(fault.on, fault, id=fault.name) for fault in FAULTS if present(fault)],
    indirect=['bench'],
    scope='module',
)
def test_fault(
    bench: Bench, fault: Fault, measured_rows: dict[str, float], pytestconfig: pytest.Config
):
    seconds = measured(bench, fault)
    # A machine with several times more to do than it can says nothing about the node's speed.
    if pytestconfig.getoption('--reliability', None) or os.getloadavg()[0] < 2 * os.cpu_count():
        assert seconds <= RECOVERY_BOUND_S
    measured_rows[fault.name] = seconds


def test_every_fault_has_a_name_of_its_own_and_a_place_on_the_page():
    names = [fault.name for fault in FAULTS]
    assert len(names) == len(set(names))
    assert [fault for faults in SECTIONS.values() for fault in faults] == list(FAULTS)


def test_the_page_has_the_rows_of_the_table():
    """Written anew by --reliability docs/reliability.md; times are the last run's."""
    rows = without_times(PAGE.read_text(encoding='utf-8'))
    expected = [without_times(row(fault, None))[0] for fault in FAULTS]
    headings = [line for line in rows if line.startswith(('| fault |', '|---'))]
    assert [line for line in rows if line not in headings] == expected


def test_times_are_kept_where_a_row_was_not_run():
    seconds = {fault.name: number / 100.0 for number, fault in enumerate(FAULTS)}
    page = reliability_markdown(seconds)
    assert times_on(page) == seconds
    assert without_times(page) == without_times(reliability_markdown({}))
