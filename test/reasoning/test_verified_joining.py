# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How two opinions become one answer, and how sure it is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.language.answer import Answer, Failure, Reason
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.reasoning.verified_joining import (
    Opinion,
    agree,
    alone,
    alternatives,
    joined,
    probability_against,
    probability_together,
)

NAMES = ('pallet_1', 'pallet_2', 'rack')
PROBABILITY = st.floats(0.0, 1.0)


def distance(value, stddev=math.nan, confidence=0.9):
    return Answer(
        Category.DISTANCE, value, f'They are {value:.2f} m apart.', value, 'm', (0, 1), (0, 1),
        confidence, stddev, 'geometric',
    )  # fmt: skip


def choice(region, confidence=0.9, normalized=None):
    return Answer(
        Category.MCQ, region if normalized is None else normalized, f'{NAMES[region]}.',
        regions=(region, 2), question_positions=(region, 2), confidence=confidence,
    )  # fmt: skip


def side(which, confidence=0.9):
    return Answer(Category.LEFT_RIGHT, which, f'{which}.', confidence=confidence)


@pytest.mark.parametrize(
    ('measured', 'said', 'same'),
    [
        (distance(4.0), distance(4.4), True),
        (distance(4.0), distance(4.5), False),
        (distance(4.0, 0.5), distance(5.0), True),
        (distance(0.0), distance(0.0), True),
        (distance(0.0), distance(0.05), False),
        (distance(0.05), distance(0.0), False),
        (distance(4.0), distance(math.nan), False),
        (distance(4.0), distance(math.inf), False),
        (choice(0), choice(0, normalized='pallet_1'), True),
        (choice(0), choice(1), False),
        (side('left'), side('left'), True),
        (side('left'), side('right'), False),
    ],
    ids=[
        'within a tenth', 'beyond a tenth', 'within two sigmas', 'both inside', 'measured inside',
        'said to be inside', 'no number', 'endless', 'same region', 'other region', 'same side',
        'other side',
    ],
)  # fmt: skip
def test_agreement(measured, said, same):
    assert agree(measured, said) is same


@pytest.mark.parametrize(
    ('question', 'measured', 'said', 'trust', 'carried', 'words'),
    [
        ('how far is <mask> from <mask>?', distance(4.0), distance(6.0), 0.99, 4.0,
         'They are 4.00 m apart. The network says 6.00 m, measuring 4.00 m: '
         'given is what was measured, in metres.'),
        ('is <mask> to the left or right of <mask>?', side('left'), side('right'), 0.97, 'right',
         "right. The network says right, measuring left: given is the network's answer, the surer "
         'one (0.78 against 0.22).'),
        ('is <mask> to the left or right of <mask>?', side('left'), side('right'), 0.6, 'left',
         'left. The network says right, measuring left: given is what was measured, the surer one '
         '(0.86 against 0.14).'),
        ('which of <mask> <mask> <mask> is leftmost?', choice(0), choice(1), 0.97, 1,
         "pallet_2. The network says pallet_2, measuring pallet_1: given is the network's answer, "
         'the surer one (0.77 against 0.22).'),
    ],
    ids=['metres', 'network surer', 'measured surer', 'choice'],
)  # fmt: skip
def test_disagreement_says_both(question, measured, said, trust, carried, words):
    answer = joined(parse(question), measured, Opinion(said, trust, trust), NAMES)
    assert answer.normalized == carried
    assert (answer.engine, answer.verified) == ('verified', False)
    assert answer.text == words
    assert (
        answer.confidence
        < (measured if answer.normalized == measured.normalized else said).confidence
    )


def test_a_network_known_from_few_answers_does_not_outvote():
    question = parse('is <mask> to the left or right of <mask>?')
    said = Opinion(side('right'), trust=0.97, surely=0.85)
    answer = joined(question, side('left'), said, NAMES)
    assert answer.normalized == 'left'
    assert answer.text == (
        'left. The network says right, measuring left: given is what was measured, the network not '
        'being sure enough (0.78 against 0.22).'
    )
    assert answer.confidence < 0.25  # of the two the network is still the more probable


def test_a_choice_in_words_is_named_as_measuring_names_it():
    question = parse('which pallet is leftmost?')
    measured = choice(0, 0.5, 'pallet_1')
    answer = joined(question, measured, Opinion(choice(1), 0.99, 0.99), NAMES)
    assert answer.normalized == 'pallet_2'
    assert math.isnan(answer.value)


def test_alone_keeps_the_answer_and_failures():
    answer = alone(distance(4.0, 0.1), 'the network sleeps')
    assert answer.text == 'They are 4.00 m apart. Measured alone: the network sleeps.'
    assert (answer.value, answer.stddev, answer.verified) == (4.0, 0.1, False)
    failure = Failure(Reason.NO_DEPTH, 'no depth')
    assert alone(failure, 'whatever') is failure


def test_metres_nobody_measured_are_no_answer():
    failure = Failure(Reason.NO_DEPTH, 'pallet_1 has no depth.')
    question = parse('how far is <mask> from <mask>?')
    outcome = joined(question, failure, Opinion(distance(4.0), 0.9, 0.9), NAMES)
    assert outcome.message == (
        'pallet_1 has no depth. The network says 4.00 m, which nobody has measured'
    )


@given(PROBABILITY, PROBABILITY, st.integers(2, 15))
def test_agreement_helps_and_disagreement_hurts(first, second, count):
    together = probability_together(first, second, count)
    against = probability_against(first, second, count)
    assert 0.0 < against < 1.0
    assert 0.0 < together < 1.0
    if 0.01 < first < 0.99 and 0.01 < second < 0.99 and second > 1.0 / count:
        assert together > first > against
    # Whoever is surer by itself is surer against the other.
    other = probability_against(second, first, count)
    assert (against >= other) == (first >= second) or math.isclose(against, other, abs_tol=1e-3)
    assert against + other <= 1.0 + 1e-9


@given(PROBABILITY, PROBABILITY)
def test_two_sides_leave_nothing_else(first, second):
    assert probability_against(first, second, 2) + probability_against(
        second, first, 2
    ) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ('text', 'count'),
    [
        ('is <mask> to the left or right of <mask>?', 2),
        ('which of <mask> <mask> <mask> is leftmost?', 3),
        ('which pallet is leftmost?', 2),
    ],
)
def test_alternatives(text, count):
    assert alternatives(parse(text)) == count
