# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is said of clocks that jump, stand still or have not begun."""

from __future__ import annotations

import pytest

from smolrgpt_ros.ros.clock_watch import ClockWatch

S = 1_000_000_000


@pytest.mark.parametrize(
    ('looks', 'simulated', 'said'),
    [
        pytest.param([(100, 0.0), (101, 1.0)], False, '', id='as it should be'),
        pytest.param([(100, 0.0), (99, 1.0)], False, 'jumped back by 1.000 s', id='back'),
        pytest.param([(100, 0.0), (3701, 1.0)], False, 'jumped ahead by 3600.000 s', id='ahead'),
        pytest.param([(100, 0.0), (101.5, 1.0)], False, '', id='a little fast'),
        pytest.param([(100, 0.0), (120, 1.0)], True, '', id='a simulation twenty times as fast'),
        pytest.param([(100, 0.0), (3700, 1.0)], True, 'jumped ahead', id='a simulation jumps'),
        pytest.param([(100, 0.0), (100, 1.0)], True, 'stood still for 1.0 s', id='paused'),
        pytest.param([(100, 0.0), (100, 0.2)], True, '', id='a slow simulation'),
        pytest.param([(100, 0.0), (100, 1.0), (101, 2.0)], True, '', id='goes on'),
        pytest.param([(0, 0.0)], True, 'no time has come on /clock', id='has not begun'),
        pytest.param([(100, 0.0)], False, '', id='first look'),
    ],
)
def test_clocks(looks: list[tuple[float, float]], simulated: bool, said: str):
    watch = ClockWatch()
    for clock_s, now_s in looks:
        sentence = watch.look(round(clock_s * S), now_s, simulated=simulated)
    assert said in sentence
    assert bool(said) is bool(sentence)


def test_another_source_of_time_is_no_jump():
    watch = ClockWatch()
    assert watch.look(1000 * S, 0.0, simulated=False) == ''
    assert watch.look(5 * S, 1.0, simulated=True) == ''
