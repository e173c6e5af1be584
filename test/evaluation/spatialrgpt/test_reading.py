# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Sentences of models read as answers by rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.evaluation.spatialrgpt.categories import ASKED, FIGURES
from smolrgpt_ros.evaluation.spatialrgpt.reading import read_answer, read_hour, read_metres
from smolrgpt_ros.evaluation.spatialrgpt.scoring import error_of, is_right

READ = [
    ('left_predicate', 'Yes, Region [0] is to the left of Region [1].', 'yes'),
    ('left_predicate', 'yes', 'yes'),
    ('left_predicate', 'Indeed, it is positioned on the left side.', 'yes'),
    ('left_predicate', 'Correct, you will find it there.', 'yes'),
    ('left_predicate', 'No, it is not.', 'no'),
    ('left_predicate', 'Incorrect, Region [0] is not on the left side of Region [1].', 'no'),
    ('left_predicate', 'In fact, Region [0] is to the right of Region [1].', 'no'),
    ('left_predicate', 'Region [0] is to the right of Region [1].', 'no'),
    ('left_predicate', 'Region [0] is to the left of Region [1].', 'yes'),
    ('right_predicate', 'Region [0] is to the left of Region [1].', 'no'),
    ('behind_predicate', "Region [0] isn't behind Region [1].", 'no'),
    ('big_predicate', 'Region [0] is larger.', 'yes'),
    ('small_predicate', 'Region [0] is larger.', 'no'),
    ('thin_predicate', 'Region [0] has a narrower width.', 'yes'),
    ('left_predicate', 'I cannot tell left from right.', 'no'),
    ('left_predicate', 'One is left, the other right.', None),
    ('left_predicate', '', None),
    ('left_choice', 'Region [1] is more to the left.', 1),
    ('left_choice', '[Region 1] appears on the left, Region 0 on the right.', 1),
    ('left_choice', 'Between Region [0] and Region [1], Region [1] is more to the left.', 1),
    ('above_choice', '0', 0),
    ('tall_choice', 'Region 12 is taller.', 12),
    ('tall_choice', 'The one at the window.', None),
    ('tall_choice', 'Region [0] is not the taller one.', None),
    ('distance_data', 'They are 1.5 meters apart.', 1.5),
    ('width_data', '80 cm', 0.8),
    ('height_data', 'around 1,200 mm', 1.2),
    ('distance_data', '0.3 km', 300.0),
    ('height_data', '5 feet', 5 * 0.3048),
    ('height_data', '6 feet 2 inches tall', 6 * 0.3048 + 2 * 0.0254),
    ('height_data', '5\'11"', 5 * 0.3048 + 11 * 0.0254),
    ('width_data', '30 inches wide', 30 * 0.0254),
    ('width_data', 'two meters', 2.0),
    ('width_data', '2 to 3 meters', 2.5),
    ('width_data', '2-3 m', 2.5),
    ('width_data', '2.5m', 2.5),
    ('width_data', 'Region [0] is 3 meters (9.8 feet) wide.', 3.0),
    ('width_data', '2.5', None),
    ('width_data', 'Region 0 more or less', None),
    ('width_data', '', None),
    ('direction', "Region [1] is at Region [0]'s 10 o'clock.", 10),
    ('direction', "three o'clock", 3),
    ('direction', '7 o’clock', 7),
    ('direction', '12', 12),
    ('direction', "13 o'clock", None),
    ('direction', "0 o'clock", None),
    ('direction', 'behind', None),
]  # fmt: skip


@pytest.mark.parametrize(('category', 'text', 'expected'), READ, ids=lambda v: repr(v)[:40])
def test_reading(category, text, expected):
    found = read_answer(ASKED[category], text)
    assert found == (pytest.approx(expected) if isinstance(expected, float) else expected)


def test_the_categories_fill_the_twelve_figures():
    assert {asked.figure for asked in ASKED.values()} == set(FIGURES)
    assert len(FIGURES) == 12


@given(st.text(max_size=40), st.sampled_from(sorted(ASKED)))
def test_no_sentence_crashes_the_reading(text, category):
    read = read_answer(ASKED[category], text)
    assert read is None or isinstance(read, (str, int, float))


UNITS = {'m': 1, 'meters': 1, 'cm': 0.01, 'mm': 0.001, 'km': 1000, 'feet': 0.3048, 'inches': 0.0254}


@given(st.integers(0, 99999), st.integers(0, 99), st.sampled_from(sorted(UNITS)), st.booleans())
def test_lengths_in_any_unit(whole, hundredths, unit, blank):
    text = f'It is {whole}.{hundredths:02d}{" " if blank else ""}{unit} away.'
    assert read_metres(text) == pytest.approx((whole + hundredths / 100) * UNITS[unit])


@given(st.integers(-5, 30))
def test_hours_from_1_to_12(hour):
    assert read_hour(f"at {hour} o'clock") == (abs(hour) if 1 <= abs(hour) <= 12 else None)


@given(st.floats(0.01, 100), st.floats(0, 200))
def test_lengths_are_right_within_a_quarter(truth, answer):
    asked = ASKED['width_data']
    assert is_right(asked, 0.75 * truth, truth)
    assert is_right(asked, 1.25 * truth, truth)
    assert is_right(asked, answer, truth) is (0.75 * truth <= answer <= 1.25 * truth)
    assert error_of(asked, answer, truth) == pytest.approx(abs(answer - truth) / truth)


@given(st.integers(1, 12), st.integers(1, 12))
def test_hours_go_round_the_clock(answer, truth):
    asked = ASKED['direction']
    off = error_of(asked, answer, truth)
    assert off == error_of(asked, truth, answer) <= 6
    assert is_right(asked, answer, truth) is (off <= 1)
    assert error_of(asked, 12, 1) == 1


def test_no_answer_is_never_right():
    for asked in ASKED.values():
        assert not is_right(asked, None, 1)
