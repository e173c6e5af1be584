# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Probabilities against the Gaussian's well-known values."""

from __future__ import annotations

import pytest

from smolrgpt_ros.reasoning.confidence import probability_positive, probability_within, product


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
