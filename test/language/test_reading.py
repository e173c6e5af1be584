# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: E501 - a row of a table is one line
from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.language.reading import UnreadableError, read_answer
from smolrgpt_ros.language.sentence import freeform, listed, quantity

M = '<mask>'
SIDE = parse(f'Does the pallet {M} appear on the right side of the pallet {M}?')
CHOICE = parse(
    f'Given the available transporters {M} and pallets {M} {M} {M}, which pallet is the best choice '
    'for automated pickup by an empty transporter?'
)
LEFTMOST = parse(f'Which of the pallet {M}, the pallet {M} and the shelf {M} is the leftmost?')
DISTANCE = parse(f'What is the distance between the pallet {M} and the pallet {M}?')
COUNT = parse(
    f'Given the buffer masks {M} {M} and pallet masks {M} {M}, how many pallets are in the leftmost '
    'buffer?'
)


@pytest.mark.parametrize(
    ('text', 'side'),
    [
        ('The pallet [Region 0] is to the left of the pallet [Region 1].', 'left'),
        ('The pallet [Region 1] is to the right of the pallet [Region 0].', 'left'),
        ('The pallet [Region 1] is to the left of the pallet [Region 0].', 'right'),
        ('To the left of [Region 0] is [Region 1].', 'right'),
        ('To the left of [Region 1] is [Region 0].', 'left'),
        ('[Region 0] has [Region 1] on its right', 'left'),
        ('Region 1 appears on the left-hand side of region 0', 'right'),
        ('It is to the right, not left.', 'right'),
        ('It is not on the right.', 'left'),
        ('No, it is on the left.', 'left'),
        ('yes', 'right'),
        ('No.', 'left'),
        ('l', 'left'),
        ('Right', 'right'),
        ('left-hand side', 'left'),
    ],
)
def test_sides(text: str, side: str) -> None:
    assert read_answer(text, Category.LEFT_RIGHT, SIDE).normalized == side


def test_names_stand_for_regions() -> None:
    names = ('pallet_1', 'pallet_10')
    reading = read_answer('pallet_10 is right of pallet_1', Category.LEFT_RIGHT, SIDE, names)
    assert (reading.normalized, reading.regions) == ('left', (1, 0))


@pytest.mark.parametrize(
    ('text', 'index'),
    [
        ('[Region 3]', 3),
        ('The pallet [Region 2] is the closest to the transporter [Region 0].', 2),
        ('For the transporter [Region 0], the best choice is the pallet [Region 1]', 1),
        ('Among [Region 1], [Region 2] and [Region 3], the pallet [Region 2] is the nearest.', 2),
        ('The transporter [Region 0] should pick up the pallet [Region 3].', 3),
        ('region three', 3),
        ('the second pallet', 2),
        ('2', 2),
    ],
)
def test_choices(text: str, index: int) -> None:
    assert read_answer(text, Category.MCQ, CHOICE).normalized == index


@pytest.mark.parametrize(
    ('text', 'metres'),
    [
        ('The distance of the pallet [Region 0] from the pallet [Region 1] is 2.32 meters.', 2.32),
        ('approximately 3 m', 3.0),
        ('250 cm', 2.5),
        ('0', 0.0),
        ('zero meters', 0.0),
        ('The pallet [Region 0] is inside the buffer [Region 1].', 0.0),
        ('between 2 and 3 metres', 2.5),
        ('two and a half meters', 2.5),
        ('about 10 feet', 3.048),
        ('2.32', 2.32),
        ('2,32 m', 2.32),
    ],
)
def test_distances(text: str, metres: float) -> None:
    assert read_answer(text, Category.DISTANCE, DISTANCE).normalized == pytest.approx(metres)


@pytest.mark.parametrize(
    ('text', 'number'),
    [
        ('There are two pallets in the buffer [Region 0].', 2),
        ('no pallets', 0),
        ('None', 0),
        ('The buffer region [Region 1] contains 3 pallets.', 3),
        ('buffer 1 contains 2 pallets', 2),
        ('a single pallet', 1),
        ('There is one pallet there', 1),
        ('The count is 4.', 4),
        ('2.0', 2),
        ('3', 3),
    ],
)
def test_counts(text: str, number: int) -> None:
    assert read_answer(text, Category.COUNT, COUNT).normalized == number


@pytest.mark.parametrize(
    ('text', 'question'),
    [
        ('banana', SIDE), ('', SIDE), ('none', CHOICE), ('[Region 9]', CHOICE), ('99', CHOICE), ('', CHOICE),
        ('far', DISTANCE), ('', DISTANCE), ('many', COUNT), ('2.5', COUNT), ('', COUNT),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_so(text: str, question: Question) -> None:
    with pytest.raises(UnreadableError) as error:
        read_answer(text, question.category, question)
    assert error.value.text == text
    assert question.category.value in str(error.value)


def test_dataset_answers(shared_dir: Path) -> None:
    for record in json.loads((shared_dir / 'warehouse' / 'records.json').read_text()):
        question = parse(record['conversations'][0]['value'])
        reading = read_answer(record['freeform_answer'], question.category, question)
        assert reading.normalized == record['normalized_answer']
        assert reading.regions == (0, 1)


@given(
    st.one_of(
        st.tuples(st.just(SIDE), st.sampled_from(['left', 'right'])),
        st.tuples(st.just(CHOICE), st.sampled_from([1, 2, 3])),
        st.tuples(st.just(LEFTMOST), st.sampled_from([0, 1, 2])),
        st.tuples(st.just(COUNT), st.integers(0, 99)),
        st.tuples(st.just(DISTANCE), st.integers(0, 9999).map(lambda cm: cm / 100)),
    )
)
def test_a_sentence_reads_back_as_what_it_says(row: tuple[Question, str | int | float]) -> None:
    question, normalized = row
    text = freeform(question, normalized)
    assert read_answer(text, question.category, question).normalized == normalized


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=200) | st.text(alphabet='[]Region0123 leftright.m-,', max_size=100),
    st.sampled_from([SIDE, CHOICE, DISTANCE, COUNT]),
)
def test_any_text_reads_or_raises(text: str, question: Question) -> None:
    try:
        reading = read_answer(text, question.category, question)
    except UnreadableError:
        return
    assert reading.normalized is not None


def test_where_has_no_benchmark_sentence() -> None:
    with pytest.raises(ValueError, match='where'):
        freeform(parse('where is pallet_1?'), 1)


def test_words_for_people() -> None:
    assert listed([]) == 'nothing'
    assert listed(['a', 'b', 'c']) == 'a, b and c'
    assert [quantity(n, 'shelf') for n in (0, 1, 2)] == ['no shelves', '1 shelf', '2 shelves']
