# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Every rule of the benchmark's metric as a property, and its three sanity files rebuilt."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smolrgpt_ros.warehouse.score import (
    CATEGORIES,
    ScoreError,
    Truth,
    is_correct,
    read_submission,
    same_as,
    score,
    write_submission,
)

SYNONYMS = {
    side: (side[0], side, f'{side} side', f'{side}-hand', f'{side} hand')
    for side in ('left', 'right')
}
WORDS = (  # noqa: SIM905
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen '
    'sixteen seventeen eighteen nineteen twenty'
).split()
BLANKS = st.sampled_from(['', ' ', '\n', '  '])


@st.composite
def cased(draw: st.DrawFn, word: str) -> str:
    """The word with any letters in capitals, blanks around it."""
    letters = [c.upper() if draw(st.booleans()) else c for c in word]
    return draw(BLANKS) + ''.join(letters) + draw(BLANKS)


@given(st.data(), st.sampled_from(['left', 'right']), st.sampled_from(['left', 'right']))
def test_synonyms_of_a_side_in_any_case(data, said, truth):
    answer = data.draw(st.sampled_from(SYNONYMS[said]).flatmap(cased))
    assert is_correct('left_right', answer, truth) is (said == truth)


@given(st.text(max_size=12), st.sampled_from(['left', 'right']))
def test_no_other_word_is_a_side(text, truth):
    assume(text.strip().lower() not in (word for side in SYNONYMS.values() for word in side))
    assert not is_correct('left_right', text, truth)


@given(st.integers(0, 40), st.integers(0, 40), st.text('abc .,-[]', max_size=9), st.integers(0, 99))
def test_mcq_compares_the_first_digits(said, truth, before, later):
    answer = f'{before} {said} and {later}'
    assume(not re.search(r'\d', before))
    assert is_correct('mcq', answer, truth) is (said == truth)


@given(st.data(), st.integers(0, 20), st.integers(0, 20))
def test_mcq_reads_number_words(data, said, truth):
    answer = 'the ' + data.draw(cased(WORDS[said])) + ' one'[: data.draw(st.integers(0, 1)) * 4]
    assert is_correct('mcq', answer, truth) is (said == truth)


@given(st.integers(0, 20), st.sampled_from('xyz'))
def test_a_number_word_inside_of_another_word_is_none(number, letter):
    assert not is_correct('mcq', f'{letter}{WORDS[number]}{letter}', number)


@given(st.integers(0, 15), st.sampled_from(['', 'none', 'left', '?']))
def test_mcq_without_digits_is_wrong(truth, answer):
    assert not is_correct('mcq', answer, truth)


@given(st.floats(0.001, 1e6), st.floats(0.0, 2e6))
def test_distance_is_right_from_nine_to_eleven_tenths(truth, answer):
    low, high = 0.90 * truth, 1.10 * truth
    assert is_correct('distance', low, truth)
    assert is_correct('distance', high, truth)
    assert is_correct('distance', answer, truth) is (low <= answer <= high)
    exact = abs(Fraction(answer) - Fraction(truth)) / Fraction(truth)
    if abs(exact - Fraction(1, 10)) > Fraction(1, 10**12):
        assert is_correct('distance', answer, truth) is (exact < Fraction(1, 10))


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_distance_zero_needs_exactly_zero(answer):
    assert is_correct('distance', answer, 0.0) is (answer == 0.0)


@given(st.floats(0.01, 50))
def test_distance_is_right_as_text_too(truth):
    assert is_correct('distance', f' {truth!r} ', truth)
    assert not is_correct('distance', f'{truth!r} metres', truth)


@given(st.floats(-1e9, 1e9), st.integers(-50, 50))
def test_count_cuts_towards_zero(answer, truth):
    assert is_correct('count', answer, truth) is (int(float(answer)) == truth)
    assert is_correct('count', str(answer), truth) is (int(float(str(answer))) == truth)


@given(st.text(max_size=6))
def test_count_of_words_is_wrong(text):
    try:
        float(text)
    except ValueError:
        assert not is_correct('count', text, 3)


RIGHT = {'left_right': 'right', 'mcq': 3, 'distance': 4.0, 'count': 2}
WRONG = {'left_right': 'left', 'mcq': 4, 'distance': 4.8, 'count': 3}


@given(
    st.dictionaries(st.sampled_from(CATEGORIES), st.lists(st.booleans(), min_size=1), min_size=1)
)
def test_the_score_is_the_mean_over_the_categories_present(hits):
    truths, answers = [], {}
    for category, listed in hits.items():
        for place, hit in enumerate(listed):
            truths.append(Truth(f'{category}{place}', category, RIGHT[category]))
            answers[f'{category}{place}'] = (RIGHT if hit else WRONG)[category]
    shares = [Fraction(sum(listed), len(listed)) for listed in hits.values()]
    found = score(answers, truths)
    assert found.score == pytest.approx(float(100 * sum(shares) / len(shares)))
    assert found.accuracies.keys() == hits.keys()


@given(st.sets(st.integers(0, 9), min_size=1), st.sets(st.integers(0, 9), min_size=1))
def test_other_ids_are_refused(asked, answered):
    truths = [Truth(str(i), 'count', i) for i in sorted(asked)]
    answers = {str(i): i for i in answered}
    if asked == answered:
        assert score(answers, truths).score == 100.0
    else:
        with pytest.raises(ScoreError, match='ids of answers and truths differ'):
            score(answers, truths)


@given(st.sampled_from(['left_right', 'mcq', 'count']), st.data())
def test_what_reads_the_same_is_right(category, data):
    value = st.one_of(st.sampled_from(['l', 'right', 'two', '2', 'x']), st.integers(0, 9))
    answer, truth = data.draw(value), data.draw(value)
    if is_correct(category, answer, truth):
        assert same_as(category, answer) == same_as(category, truth)


# hits and questions of each category, so that the mean is the sanity file's figure
SANITY = {
    'perfect': (100.00, {'left_right': (9, 9), 'mcq': (7, 7), 'distance': (8, 8), 'count': (6, 6)}),
    'partial': (48.99, {'left_right': (69, 100), 'mcq': (50, 100), 'distance': (799, 2500),
                        'count': (45, 100)}),
    'random': (20.94, {'left_right': (50, 100), 'mcq': (20, 100), 'distance': (94, 2500),
                       'count': (10, 100)}),
}  # fmt: skip


@pytest.mark.parametrize(('expected', 'hits'), SANITY.values(), ids=SANITY.keys())
def test_sanity_files(tmp_path: Path, expected, hits):
    answers, truths = {}, []
    for category, (right, asked) in hits.items():
        for place in range(asked):
            record_id = f'{category}{place}'
            truths.append(Truth(record_id, category, RIGHT[category]))
            answers[record_id] = (RIGHT if place < right else WRONG)[category]
    write_submission(tmp_path / 'submission.json', answers)
    found = score(read_submission(tmp_path / 'submission.json'), truths)
    assert f'{found.score:.2f}' == f'{expected:.2f}'


@pytest.mark.parametrize(
    ('answers', 'says'),
    [
        ({'a': None}, 'record a: answer None'),
        ({'a': True}, 'record a: answer True'),
        ({'a': ''}, "record a: answer ''"),
        ({'a': float('nan')}, 'record a: answer nan'),
        ({'a': [1]}, r'record a: answer \[1\]'),
        ({'': 1}, "id '' is no word"),
        ({3: 1}, 'id 3 is no word'),
    ],
    ids=['none', 'bool', 'empty', 'nan', 'list', 'empty id', 'number as id'],
)
def test_a_submission_of_other_types_is_neither_written_nor_read(tmp_path: Path, answers, says):
    path = tmp_path / 'submission.json'
    with pytest.raises(ScoreError, match=says):
        write_submission(path, answers)
    assert not path.exists()
    path.write_text(json.dumps([{'id': i, 'normalized_answer': v} for i, v in answers.items()]))
    with pytest.raises(ScoreError, match=says):
        read_submission(path)
