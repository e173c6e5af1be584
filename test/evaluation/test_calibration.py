# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Expected calibration error and the one-sigma share, against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.evaluation.calibration import calibration, one_sigma_share


def test_two_bins_by_hand():
    # bin 0.9 to 1: confidence 0.95, half right; bin 0.1 to 0.2: 0.15, none right
    found = calibration([0.95, 0.95, 0.15, 0.15], [True, False, False, False])
    assert found.expected_error == pytest.approx(0.5 * 0.45 + 0.5 * 0.15)
    assert [b.count for b in found.bins] == [0, 2, 0, 0, 0, 0, 0, 0, 0, 2]


def test_one_belongs_to_the_last_bin_and_zero_to_the_first():
    found = calibration([1.0, 0.0], [True, False])
    assert (found.bins[-1].count, found.bins[0].count) == (1, 1)
    assert found.expected_error == 0.0


def test_answers_without_confidence_are_left_out():
    found = calibration([math.nan, 0.5], [False, True])
    assert found.count == 1
    assert found.expected_error == pytest.approx(0.5)
    assert math.isnan(calibration([], []).expected_error)


@pytest.mark.parametrize(
    ('confidences', 'right', 'bins', 'says'),
    [
        ([0.5], [], 10, '1 confidences for 0 answers'),
        ([1.2], [True], 10, 'reach from 1.2'),
        ([-0.1], [True], 10, 'reach from -0.1'),
        ([0.5], [True], 0, 'bins is 0'),
    ],
    ids=['lengths', 'above', 'below', 'no bins'],
)
def test_bad_input_is_refused(confidences, right, bins, says):
    with pytest.raises(ValueError, match=says):
        calibration(confidences, right, bins)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_the_error_is_bounded_and_one_bin_gives_the_gap_of_the_means(pairs):
    confidences, right = zip(*pairs, strict=True)
    found = calibration(confidences, right)
    assert found.count == len(pairs)
    assert 0.0 <= found.expected_error <= 1.0 + 1e-12
    gap = abs(np.mean(confidences) - np.mean(right))
    assert calibration(confidences, right, bins=1).expected_error == pytest.approx(gap)
    # Splitting bins can only show more of a mismatch (triangle inequality).
    assert found.expected_error >= gap - 1e-9


def test_well_calibrated_answers_have_a_small_error():
    rng = np.random.default_rng(3)
    confidences = rng.uniform(0, 1, 40_000)
    assert calibration(confidences, rng.uniform(0, 1, 40_000) < confidences).expected_error < 0.02


def test_one_sigma_of_normal_errors_is_68_percent():
    rng = np.random.default_rng(4)
    sigma = rng.uniform(0.1, 3.0, 40_000)
    share = one_sigma_share(rng.normal(0, sigma), sigma)
    assert share.percent == pytest.approx(68.27, abs=0.8)
    assert share.count == 40_000


def test_only_answers_that_state_a_deviation_count():
    share = one_sigma_share([0.0, 0.1, 0.3, math.nan, 9.0], [0.0, 0.1, 0.1, 0.5, math.nan])
    assert (share.within, share.count) == (1, 2)
    assert math.isnan(one_sigma_share([], []).percent)
    with pytest.raises(ValueError, match='2 errors for 1'):
        one_sigma_share([1, 2], [1])
