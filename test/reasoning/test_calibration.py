# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Maps from what is stated to how often it is right."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.reasoning.calibration import (
    CALIBRATION_FILE,
    Calibration,
    CalibrationError,
    Curve,
    fit_calibration,
    fit_curve,
    read_calibration,
    write_calibration,
)


@pytest.mark.parametrize(
    ('stated', 'right'),
    [
        ((), ()),
        ((0.5,), (0.5, 0.6)),
        ((0.5, 0.5), (0.1, 0.2)),
        ((0.6, 0.5), (0.1, 0.2)),
        ((0.5, 0.6), (0.2, 0.1)),
        ((0.5,), (1.5,)),
        ((-0.1,), (0.5,)),
        ((float('nan'),), (0.5,)),
    ],
    ids=['empty', 'lengths', 'twice', 'falling', 'not monotone', 'above 1', 'below 0', 'nan'],
)
def test_a_curve_that_is_none_is_refused(stated, right):
    with pytest.raises(CalibrationError):
        Curve(stated, right)


@pytest.mark.parametrize(
    ('confidence', 'expected'),
    [(0.0, 0.1), (0.2, 0.1), (0.5, 0.35), (0.8, 0.6), (1.0, 0.6), (float('nan'), 0.1)],
    ids=str,
)
def test_a_curve_is_linear_between_and_level_outside(confidence, expected):
    assert Curve((0.2, 0.8), (0.1, 0.6))(confidence) == pytest.approx(expected)


def test_fitting_finds_how_often_an_optimist_is_right():
    chance = np.random.default_rng(4)
    stated = chance.uniform(0.0, 1.0, 4000)
    right = chance.random(4000) < stated**2  # it overstates
    curve = fit_curve(stated, right)
    for confidence in (0.2, 0.5, 0.8, 0.95):
        assert curve(confidence) == pytest.approx(confidence**2, abs=0.06)


@pytest.mark.parametrize('answers', [(3.0,), (3.0, 0.0), (3.0, float('nan'))], ids=str)
def test_numbers_of_answers_that_are_none_are_refused(answers):
    with pytest.raises(CalibrationError, match='number'):
        Curve((0.2, 0.8), (0.1, 0.6), answers)


def test_more_answers_leave_less_room_below():
    few = fit_curve([0.9] * 30, [True] * 27 + [False] * 3)
    many = fit_curve([0.9] * 3000, ([True] * 27 + [False] * 3) * 100)
    assert few(0.9) == pytest.approx(many(0.9), abs=0.01)
    assert few.at_least(0.9) < 0.8 < many.at_least(0.9) < many(0.9)


def test_without_their_number_answers_are_taken_for_many():
    assert Curve((0.2, 0.8), (0.1, 0.6)).at_least(0.5) == pytest.approx(0.35)


def test_a_share_is_within_its_bound_as_often_as_promised():
    chance = np.random.default_rng(7)
    kept = [
        fit_curve([0.5] * 40, list(chance.random(40) < 0.85)).at_least(0.5) <= 0.85
        for _ in range(400)
    ]
    assert np.mean(kept) == pytest.approx(0.95, abs=0.035)


def test_certainty_that_was_never_wrong_stays_short_of_it():
    assert 0.98 < fit_curve([1.0] * 100, [True] * 100)(1.0) < 1.0


@given(
    st.lists(
        st.tuples((st.floats(0.0, 1.0) | st.just(float('nan'))), st.booleans()),
        min_size=1,
        max_size=300,
    )
)
def test_whatever_is_fitted_is_a_monotone_map_into_0_to_1(answers):
    curve = fit_curve([stated for stated, _ in answers], [right for _, right in answers])
    values = [curve(x) for x in np.linspace(0.0, 1.0, 40)]
    assert all(0.0 <= value <= 1.0 for value in values)
    assert all(b >= a for a, b in itertools.pairwise(values))
    assert all(0.0 <= curve.at_least(x) <= curve(x) for x in np.linspace(0.0, 1.0, 40))


@pytest.mark.parametrize(('stated', 'right'), [([], []), ([0.5], [True, False])])
def test_nothing_cannot_be_fitted(stated, right):
    with pytest.raises(CalibrationError):
        fit_curve(stated, right)


def test_a_network_keeps_its_calibration_in_its_folder(tmp_path):
    assert read_calibration(tmp_path) is None
    answers = [('count', 0.9, k % 2 == 0) for k in range(60)] + [('mcq', 0.7, True)] * 60
    calibration = fit_calibration(answers)
    assert write_calibration(tmp_path, calibration).name == CALIBRATION_FILE
    read = read_calibration(tmp_path)
    assert read == calibration
    assert read.calibrated('count', 0.9) == pytest.approx(0.5, abs=0.02)
    assert read.calibrated('mcq', 0.7) > 0.95
    assert read.at_least('mcq', 0.7) < read.calibrated('mcq', 0.7)
    assert read.calibrated('distance', 0.7) is None
    assert read.at_least('distance', 0.7) is None


@pytest.mark.parametrize(
    'text',
    ['', '[]', '{}', '{"curves": 3}', '{"curves": {"mcq": {"stated": [1], "right": ["a"]}}}',
     '{"curves": {"mcq": {"stated": [0.5], "right": [2]}}}', '\x00'],
    ids=['empty', 'list', 'nothing', 'number', 'text', 'beyond', 'binary'],
)  # fmt: skip
def test_a_broken_file_says_so(tmp_path, text):
    (tmp_path / CALIBRATION_FILE).write_text(text)
    with pytest.raises(CalibrationError, match='delete it, or fit it anew'):
        read_calibration(tmp_path)


def test_an_unknown_category_is_not_guessed():
    assert Calibration({}).calibrated('mcq', 0.5) is None
