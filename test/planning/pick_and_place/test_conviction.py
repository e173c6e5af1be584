# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Looks add up to a conviction, which is right as often as it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.planning.pick_and_place.conviction import Conviction


@pytest.mark.parametrize(
    ('looks', 'sure'),
    [
        pytest.param([('a', 0.9)], True, id='one sure look'),
        pytest.param([('a', 0.89)], False, id='one that is not sure'),
        pytest.param([('a', 0.7), ('a', 0.7)], True, id='two that agree'),
        pytest.param([('a', 0.5), ('a', 0.5)], False, id='two doubtful ones'),
        pytest.param([('a', 0.5), ('a', 0.5), ('a', 0.5)], True, id='three doubtful ones'),
        pytest.param([('a', 0.7), ('b', 0.7), ('a', 0.7)], False, id='one against two'),
        pytest.param([('b', 0.7), ('a', 0.99)], True, id='a sure one against a doubtful one'),
        pytest.param([('a', 0.2), ('a', 0.25)], False, id='no better than a guess'),
        pytest.param([('a', 0.0)], False, id='impossible'),
        pytest.param([('a', 1.0)], True, id='certain'),
    ],
)
def test_looks_add_up(looks: list[tuple[str, float]], sure: bool):
    conviction: Conviction[str] = Conviction(0.9)
    results = [
        conviction.add(choice, confidence, (2.0 * x, 0.0))
        for x, (choice, confidence) in enumerate(looks)
    ]
    assert results[-1] is sure
    assert not any(results[:-1])


def test_pictures_from_one_place_are_one_look():
    conviction: Conviction[str] = Conviction(0.9)
    for x in (0.0, 0.3, 0.6):
        assert not conviction.add('a', 0.7, (x, 0.0))
    assert conviction.of('a') == pytest.approx(0.7)
    # The surest of them counts, whatever it said.
    assert not conviction.add('b', 0.8, (0.1, 0.0))
    assert conviction.of('b') == pytest.approx(0.8)


@given(st.floats(0.25, 0.999))
def test_one_look_alone_is_believed_as_it_says(confidence: float):
    conviction: Conviction[str] = Conviction(0.9)
    conviction.add('a', confidence, (0.0, 0.0))
    assert conviction.of('a') == pytest.approx(confidence)


@pytest.mark.parametrize('sure', [0.0, 1.0, 1.5])
def test_nothing_is_ever_certain(sure: float):
    with pytest.raises(ValueError, match='between 0 and 1'):
        Conviction(sure)


def test_it_is_wrong_as_rarely_as_it_says():
    rng = np.random.default_rng(3)
    wrong = ended = 0
    for _ in range(3000):
        conviction: Conviction[int] = Conviction(0.9)
        for x in range(60):
            confidence = float(rng.uniform(0.4, 0.8))
            # The truth is 0; a wrong look names any of three others.
            choice = 0 if rng.random() < confidence else int(rng.integers(1, 4))
            if conviction.add(choice, confidence, (2.0 * x, 0.0)):
                wrong += choice != 0
                ended += 1
                break
    assert ended > 2900
    assert wrong / ended < 0.1
