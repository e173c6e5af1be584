# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Figures of a soak: growth shows, noise does not, and neither is invented."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from benchmarks.process_watch import Held, between
from benchmarks.soak import Span, grown, resting, slowed
from smolrgpt_ros.ros.running import RunningError

TEN_MINUTES = Span(1000.0, 1600.0)


def test_windows_of_a_long_and_a_short_run():
    assert (TEN_MINUTES.window_s, TEN_MINUTES.warm_s) == (60.0, 1200.0)
    short = Span(0.0, 60.0)
    assert (short.window_s, short.warm_s) == (12.0, 20.0)
    assert Span(0.0, 3600.0).warm_s == 600.0
    assert (Span(0.0, 1800.0).memory_window_s, short.memory_window_s) == (300.0, 10.0)


def held(growth_mb_s: float, noise_mb: float, every_s: int, at_end: int) -> list[Held]:
    """What a process holds for ten minutes; `at_end` more threads and files in the last 100 s."""
    chance = random.Random(1)
    return [
        Held(
            1000.0 + second,
            200.0 + chance.uniform(-noise_mb, noise_mb) + growth_mb_s * second,
            100.0 + growth_mb_s * second,
            9 + (at_end if second > 500 else 0),
            20 + (2 * at_end if second > 500 else 0),
        )
        for second in range(0, 600, every_s)
    ]


@pytest.mark.parametrize(
    ('growth_mb_s', 'at_end', 'good'),
    [
        pytest.param(0.0, 0, [True, True, True], id='steady'),
        pytest.param(0.01, 0, [False, True, True], id='10 kB a second'),
        pytest.param(0.0, 1, [True, False, False], id='a thread stays, and two files'),
        pytest.param(-0.02, -1, [True, True, True], id='less in the end'),
    ],
)
def test_growth(growth_mb_s: float, at_end: int, good: list[bool]):
    # While it is active, pictures come and go; at rest they do not.
    active, at_rest = held(growth_mb_s, 8.0, 1, at_end), held(growth_mb_s, 0.5, 16, 0)
    results = grown(TEN_MINUTES, active, {'deactivated': at_rest, 'cleaned up': []})
    assert [result.good for result in results] == good


@pytest.mark.parametrize(
    ('growing', 'good'),
    [
        pytest.param((), True, id='none'),
        pytest.param(('deactivated',), False, id='what a clean-up lets go of'),
        pytest.param(('cleaned up',), False, id='what nothing lets go of'),
    ],
)
def test_the_kind_of_rest_that_grows_more_counts(growing: tuple[str, ...], good: bool):
    at_rest = {
        kind: [replace(one, rss_mb=one.rss_mb + above_mb) for one in held(growth_mb_s, 0.5, 50, 0)]
        for kind, above_mb in (('deactivated', 2.0), ('cleaned up', 0.0))
        for growth_mb_s in [0.01 if kind in growing else 0.0]
    }
    assert grown(TEN_MINUTES, held(0.0, 8.0, 1, 0), at_rest)[0].good == good


def rests(*at: tuple[float, float]) -> list[Held]:
    return [Held(at_s, rss_mb, 0.0, 9, 20) for at_s, rss_mb in at]


@pytest.mark.parametrize(
    ('at_rest', 'mb'),
    [
        pytest.param(
            rests((1100, 1), (1210, 5), (1220, 6), (1290, 9), (1310, 2), (1550, 7), (1601, 8)),
            (6, 7),
            id='the median of each window',
        ),
        pytest.param(rests((1100, 1), (1350, 5), (1603, 7)), (5, 7), id='none within the windows'),
    ],
)
def test_rests_of_warm_and_end(at_rest: list[Held], mb: tuple[float, float]):
    both = resting(TEN_MINUTES, at_rest)
    assert both is not None
    assert tuple(one.rss_mb for one in both) == mb


def test_who_never_rested_has_no_figure():
    with pytest.raises(RunningError, match='never inactive'):
        grown(TEN_MINUTES, held(0.0, 8.0, 1, 0), {'deactivated': rests((1210, 5))})


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
