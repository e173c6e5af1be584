# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The benchmark's metric, rule by rule."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.warehouse.score import (
    CATEGORIES,
    ScoreError,
    Truth,
    distance_error,
    is_correct,
    read_submission,
    score,
    write_submission,
)

RULES = [
    ('left_right', 'left', 'left', True),
    ('left_right', 'LEFT ', 'left', True),
    ('left_right', 'l', 'left', True),
    ('left_right', 'Left side', 'left', True),
    ('left_right', 'left-hand', 'left', True),
    ('left_right', 'left hand', 'left', True),
    ('left_right', 'R', 'right', True),
    ('left_right', 'right-hand', 'right', True),
    ('left_right', 'right', 'left', False),
    ('left_right', 'leftmost', 'left', False),
    ('left_right', '', 'left', False),
    ('left_right', None, 'left', False),
    ('mcq', 2, 2, True),
    ('mcq', '2', 2, True),
    ('mcq', 'region 2', 2, True),
    ('mcq', 'Two', 2, True),
    ('mcq', 'the twelve', 12, True),
    ('mcq', '2 of 3', 2, True),
    ('mcq', '3 of 2', 2, False),
    ('mcq', '02', 2, False),
    ('mcq', '12', 2, False),
    ('mcq', 'none', 2, False),
    ('mcq', 'stone', 1, False),
    ('mcq', 2.0, 2, True),
    ('mcq', None, 2, False),
    ('distance', 2.0, 2.0, True),
    ('distance', 1.8, 2.0, True),
    ('distance', 2.2, 2.0, True),
    ('distance', 1.7999, 2.0, False),
    ('distance', 2.2001, 2.0, False),
    ('distance', '2.1', 2.0, True),
    ('distance', '2.1 m', 2.0, False),
    ('distance', 0, 0.0, True),
    ('distance', '0.00', 0, True),
    ('distance', 0.01, 0.0, False),
    ('distance', -0.0, 0.0, True),
    ('distance', 'nan', 2.0, False),
    ('distance', 'inf', 2.0, False),
    ('distance', None, 0.0, False),
    ('count', 3, 3, True),
    ('count', '3', 3, True),
    ('count', 3.9, 3, True),
    ('count', '3.0', 3, True),
    ('count', 2, 3, False),
    ('count', 'three', 3, False),
    ('count', 'inf', 3, False),
    ('count', 'nan', 3, False),
    ('count', '', 0, False),
    ('count', None, 0, False),
]


@pytest.mark.parametrize(('category', 'answer', 'truth', 'right'), RULES, ids=lambda v: repr(v))
def test_rule(category, answer, truth, right):
    assert is_correct(category, answer, truth) is right


def test_score_is_the_mean_of_the_categories_present():
    truths = [
        Truth('a', 'left_right', 'left'),
        Truth('b', 'count', 1),
        Truth('c', 'count', 2),
        Truth('d', 'distance', 4.0),
    ]
    result = score({'a': 'left', 'b': 1, 'c': 0, 'd': 5.0}, truths)
    assert result.accuracies == {'left_right': 1.0, 'distance': 0.0, 'count': 0.5}
    assert result.score == pytest.approx(50.0)
    assert result.counts == {'left_right': 1, 'distance': 1, 'count': 2}
    assert result.correct == {'a': True, 'b': True, 'c': False, 'd': False}
    assert result.distance_errors == {'d': pytest.approx(0.25)}


@pytest.mark.parametrize(
    ('answers', 'message'),
    [
        ({}, '1 records without an answer (a)'),
        ({'a': 'left', 'b': 1}, '1 answers to unknown records (b)'),
        ({'b': 1}, 'without an answer (a); 1 answers to unknown records (b)'),
    ],
    ids=['missing', 'extra', 'other'],
)
def test_refuses_other_ids(answers, message):
    with pytest.raises(ScoreError) as error:
        score(answers, [Truth('a', 'left_right', 'left')])
    assert message in str(error.value)


def test_refuses_doubled_truths_and_unknown_categories():
    with pytest.raises(ScoreError, match='occurs twice'):
        score({'a': 1}, [Truth('a', 'count', 1)] * 2)
    with pytest.raises(ScoreError, match="'colour' is none of"):
        score({'a': 1}, [Truth('a', 'colour', 1)])


def test_nothing_asked_scores_nan():
    assert math.isnan(score({}, []).score)


truths_and_answers = st.one_of(
    st.tuples(st.just('left_right'), st.sampled_from(['left', 'right']), st.text(max_size=8)),
    st.tuples(st.just('mcq'), st.integers(0, 14), st.integers(-1, 20)),
    st.tuples(st.just('count'), st.integers(0, 9), st.floats()),
    st.tuples(st.just('distance'), st.floats(0, 40), st.floats()),
)


@given(st.lists(truths_and_answers, min_size=1, max_size=30))
def test_perfect_answers_score_100_and_others_between(rows):
    truths = [Truth(str(i), category, truth) for i, (category, truth, _) in enumerate(rows)]
    perfect = score({t.id: t.normalized_answer for t in truths}, truths)
    assert perfect.score == 100.0
    assert set(perfect.accuracies) == {t.category for t in truths} <= set(CATEGORIES)
    some = score({str(i): answer for i, (_, _, answer) in enumerate(rows)}, truths)
    assert 0.0 <= some.score <= 100.0


@given(st.floats(0.01, 100), st.floats(0, 200))
def test_distance_bounds_are_inclusive(truth, answer):
    assert is_correct('distance', 0.90 * truth, truth)
    assert is_correct('distance', 1.10 * truth, truth)
    if is_correct('distance', answer, truth):
        assert distance_error(answer, truth) <= 0.1 + 1e-9


@given(st.floats(1e-300, 1e300))
def test_zero_is_exact(answer):
    assert not is_correct('distance', answer, 0.0)


@given(st.integers(0, 99), st.floats(0, 0.999))
def test_counts_are_cut_not_rounded(count, more):
    assert is_correct('count', count + more, count)


@given(st.one_of(st.none(), st.text(), st.floats(), st.lists(st.integers()), st.binary()))
def test_no_answer_crashes_a_rule(answer):
    for category, truth in zip(CATEGORIES, ('left', 1, 2.0, 3), strict=True):
        assert is_correct(category, answer, truth) in (True, False)


def test_submission_round_trip(tmp_path):
    answers = {'a': 'left', 'b': 2, 'c': 1.5}
    write_submission(tmp_path / 'out.json', answers)
    assert read_submission(tmp_path / 'out.json') == answers


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{', 'is not JSON'),
        ('{}', 'expected a list of answers, got dict'),
        ('[{"id": "a"}]', 'entry 0 lacks'),
        ('["a"]', 'entry 0 lacks'),
        (json.dumps([{'id': 'a', 'normalized_answer': 1}] * 2), 'record a is answered twice'),
    ],
    ids=['cut', 'object', 'no answer', 'string', 'twice'],
)
def test_malformed_submission(tmp_path, content, message):
    path = tmp_path / 'out.json'
    path.write_text(content)
    with pytest.raises(ScoreError, match=message):
        read_submission(path)
