# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A loop that something ends is begun again; one that returns is not."""

from __future__ import annotations

import threading

import pytest

from smolrgpt_ros.ros.lasting_thread import LastingThread


@pytest.mark.parametrize('error', [ValueError('x'), SystemExit(1), KeyboardInterrupt()])
def test_begins_again(error: BaseException):
    rounds: list[int] = []
    deaths: list[tuple[str, BaseException]] = []

    def loop() -> None:
        rounds.append(1)
        if len(rounds) < 3:
            raise error

    thread = LastingThread('victim', loop, on_death=lambda *death: deaths.append(death))
    assert thread.join(10.0)
    assert len(rounds) == 3
    assert deaths == [('victim', error)] * 2


def test_who_cannot_be_told_stops_nothing():
    rounds: list[int] = []

    def loop() -> None:
        rounds.append(1)
        if len(rounds) < 2:
            raise ValueError('x')

    def deaf(name: str, error: BaseException) -> None:
        raise RuntimeError('no log')

    assert LastingThread('victim', loop, on_death=deaf).join(10.0)
    assert len(rounds) == 2


def test_join_says_whether_it_has_ended():
    ends = threading.Event()
    thread = LastingThread('victim', ends.wait)
    assert not thread.join(0.01)
    assert not thread.is_current
    ends.set()
    assert thread.join(10.0)
