# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Probabilities against the Gaussian's well-known values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.reasoning.confidence import (
    probability_of_count,
    probability_positive,
    probability_within,
    product,
)


@pytest.mark.parametrize(
    ('margin', 'stddev', 'expected'),
    [
        pytest.param(0.0, 1.0, 0.5, id='coin toss'),
        pytest.param(1.0, 1.0, 0.8413, id='one sigma'),
        pytest.param(-2.0, 1.0, 0.0228, id='two sigma the other way'),
        pytest.param(1.0, 0.0, 1.0, id='exact'),
        pytest.param(-1.0, 0.0, 0.0, id='exactly not'),
    ],
)
def test_probability_positive(margin, stddev, expected):
    assert probability_positive(margin, stddev) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ('tolerance', 'stddev', 'expected'),
    [
        pytest.param(1.0, 1.0, 0.6827, id='one sigma'),
        pytest.param(0.0, 1.0, 0.0, id='no tolerance'),
        pytest.param(1.0, 0.0, 1.0, id='exact'),
    ],
)
def test_probability_within(tolerance, stddev, expected):
    assert probability_within(tolerance, stddev) == pytest.approx(expected, abs=1e-4)


def test_product_of_nothing_is_certain():
    assert product([]) == 1.0


@pytest.mark.parametrize(
    ('judgements', 'expected'),
    [
        pytest.param([], 1.0, id='nothing'),
        pytest.param([(True, 0.9)], 0.9, id='one there'),
        pytest.param([(False, 0.9)], 0.9, id='one not there'),
        pytest.param([(True, 0.9), (False, 0.8)], 0.9 * 0.8 + 0.1 * 0.2, id='errors make up'),
        pytest.param([(True, 0.5)] * 2, 0.25, id='both or not'),
        pytest.param([(True, 1.0)] * 5 + [(False, 1.0)] * 3, 1.0, id='certain'),
    ],
)
def test_probability_of_count(judgements, expected):
    assert probability_of_count(judgements) == pytest.approx(expected)


@given(st.lists(st.tuples(st.booleans(), st.floats(0.5, 1.0)), max_size=12))
def test_a_right_number_is_no_less_likely_than_every_judgement_right(judgements):
    chance = probability_of_count(judgements)
    assert product(confidence for _, confidence in judgements) <= chance + 1e-12
    assert chance <= 1.0 + 1e-12
