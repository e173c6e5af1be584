# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Figures of a soak: growth shows, noise does not, and neither is invented."""

from __future__ import annotations

import random

import pytest

from benchmarks.process_watch import Held, between
from benchmarks.soak import Span, grown, slowed
from smolrgpt_ros.ros.running import RunningError

TEN_MINUTES = Span(1000.0, 1600.0)


def test_windows_of_a_long_and_a_short_run():
    assert (TEN_MINUTES.window_s, TEN_MINUTES.warm_s) == (60.0, 1200.0)
    short = Span(0.0, 60.0)
    assert (short.window_s, short.warm_s) == (12.0, 20.0)
    assert Span(0.0, 3600.0).warm_s == 600.0
    assert (Span(0.0, 1800.0).memory_window_s, short.memory_window_s) == (300.0, 10.0)


def seen(growth_mb_s: float = 0.0, threads_at_end: int = 9, files_at_end: int = 20) -> list[Held]:
    chance = random.Random(1)
    return [
        Held(
            1000.0 + second,
            200.0 + chance.uniform(-0.5, 0.5) + growth_mb_s * second,
            100.0 + growth_mb_s * second,
            threads_at_end if second > 500 else 9,
            files_at_end if second > 500 else 20,
        )
        for second in range(600)
    ]


@pytest.mark.parametrize(
    ('held', 'good'),
    [
        pytest.param(seen(), [True, True, True], id='steady'),
        pytest.param(seen(growth_mb_s=0.01), [False, True, True], id='10 kB a second'),
        pytest.param(seen(threads_at_end=10), [True, False, True], id='a thread stays'),
        pytest.param(seen(files_at_end=21), [True, True, False], id='a file stays open'),
        pytest.param(seen(growth_mb_s=-0.02), [True, True, True], id='less in the end'),
    ],
)
def test_growth(held: list[Held], good: list[bool]):
    assert [result.good for result in grown(TEN_MINUTES, held)] == good


def test_who_has_not_looked_says_so():
    with pytest.raises(ValueError, match='nobody looked'):
        between([], 0.0, 1.0)


def took(trend: float, noise: float = 0.1) -> list[tuple[float, float]]:
    """Questions at 20 Hz for ten minutes; their latency grows by `trend` over that time."""
    chance = random.Random(2)
    minute = [chance.gauss(1.0, noise) for _ in range(10)]
    return [
        (
            1000.0 + number / 20.0,
            0.02 * minute[number // 1200] * (1.0 + trend * number / 12000.0)
            * chance.uniform(0.5, 1.5),
        )
        for number in range(12000)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ('trend', 'noise', 'good'),
    [
        pytest.param(0.0, 0.0, True, id='as ever'),
        pytest.param(0.0, 0.1, True, id='noise of the machine'),
        pytest.param(1.0, 0.02, False, id='twice as slow'),
        pytest.param(2.0, 0.1, False, id='three times as slow, with noise'),
        pytest.param(-0.5, 0.05, True, id='faster'),
    ],
)
def test_slower(trend: float, noise: float, good: bool):
    assert slowed(TEN_MINUTES, took(trend, noise)).good == good


def test_nothing_answered_is_no_figure():
    with pytest.raises(RunningError, match='too few'):
        slowed(TEN_MINUTES, [])
