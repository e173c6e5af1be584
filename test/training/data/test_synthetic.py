# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import sys
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smolrgpt_ros.training.data.pictures import TaughtPicture, TaughtQuestion
from smolrgpt_ros.training.data.synthetic import KINDS, SyntheticPictures
from smolrgpt_ros.warehouse import score
from smolrgpt_ros.warehouse.halls import HELD_OUT_HALLS, TRAINING_HALLS, WRITTEN_HALLS

SIZE_PX = (160, 120)
FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pictures(seed: int = 3, kind='normalized', **values) -> SyntheticPictures:
    return SyntheticPictures(seed, kind, SIZE_PX, **values)


@pytest.fixture(scope='module')
def some() -> dict[str, list[TaughtPicture]]:
    return {kind: [pictures(kind=kind).picture(n) for n in range(5)] for kind in KINDS}


def contents(picture: TaughtPicture) -> tuple:
    asked = [(q.id, q.text, q.things, q.answer, q.category, q.kind) for q in picture.questions]
    arrays = (picture.colour, picture.relative_depth, picture.depth_m, *picture.masks)
    return asked, picture.name, picture.camera, [a.tobytes() for a in arrays if a is not None]


@FEW
@given(
    number=st.integers(0, 10**12),
    other=st.integers(0, 10**6),
    kind=st.sampled_from([*KINDS, {'region': 1.0, 'normalized': 3.0}]),
)
def test_the_same_number_gives_the_same_picture(number, other, kind):
    first = pictures(kind=kind).picture(number)
    source = pictures(kind=kind)
    source.picture(other)
    assert contents(source.picture(number)) == contents(first)


@pytest.mark.parametrize('kind', KINDS)
def test_pictures_and_questions_fit_together(some, kind):
    for picture in some[kind]:
        width, height = SIZE_PX
        assert picture.colour.shape == (height, width, 3)
        assert picture.colour.dtype == np.uint8
        assert picture.relative_depth.shape == (height, width)
        assert picture.relative_depth.dtype == np.uint8
        assert picture.depth_m.shape == (height, width)
        assert picture.depth_m.dtype == np.float32
        assert np.isfinite(picture.depth_m).all()
        assert (picture.camera.width, picture.camera.height) == SIZE_PX
        assert all(m.shape == (height, width) and m.dtype == bool for m in picture.masks)
        assert all(m.any() for m in picture.masks)
        used = {thing for question in picture.questions for thing in question.things}
        assert used == set(range(len(picture.masks)))
        assert len({q.id for q in picture.questions}) == len(picture.questions)


@pytest.mark.parametrize('kind', KINDS)
def test_there_is_much_to_learn_in_a_picture(some, kind):
    asked = [len(picture.questions) for picture in some[kind]]
    assert np.mean(asked) > (10 if kind == 'caption' else 25)
    assert max(asked) <= 48


def test_normalized_answers_are_read_back_as_right(some):
    categories = Counter()
    for question in (q for picture in some['normalized'] for q in picture.questions):
        categories[question.category] += 1
        # What is learnt, compared with itself by the benchmark's rules: read as one would hope.
        assert score.is_correct(question.category, question.answer, question.answer)
        value = question.answer
        if question.category == 'distance':
            assert score.is_correct('distance', value, float(value))
        elif question.category in ('mcq', 'count'):
            assert score.is_correct(question.category, value, int(value))
            assert 0 <= int(value) <= len(question.things)
        else:
            assert value in ('left', 'right')
    assert set(categories) == {'left_right', 'mcq', 'distance', 'count'}


def test_freeform_and_normalized_ask_the_same(some):
    for spoken, short in zip(some['freeform'], some['normalized'], strict=True):
        for long, brief in zip(spoken.questions, short.questions, strict=True):
            assert (long.text, long.things) == (brief.text, brief.things)
            if brief.category == 'left_right':
                assert brief.answer in long.answer
            elif brief.category == 'mcq':
                assert f'[Region {brief.answer}]' in long.answer
            elif brief.category == 'count':
                assert f' {brief.answer} pallet' in long.answer
            else:
                assert float(long.answer.split(' is ')[1].split()[0]) == float(brief.answer)


def test_answers_cannot_be_guessed():
    answers: dict[str, Counter] = {'left_right': Counter(), 'mcq': Counter(), 'count': Counter()}
    for number in range(40):
        for question in pictures().picture(number).questions:
            if question.category in answers:
                answers[question.category][question.answer] += 1
    most = {c: max(n.values()) / sum(n.values()) for c, n in answers.items()}
    assert most['left_right'] < 0.56
    assert most['mcq'] < 0.45
    assert most['count'] < 0.56


def test_the_engines_own_words_are_taught():
    """What a question in words is turned into before a network sees it is among the wordings."""
    texts = [q.text for n in range(40) for q in pictures(paraphrased=1.0).picture(n).questions]
    joined = '\n'.join(texts)
    for words in (
        'to the left or right of the',
        'From the current viewing position, which of the',
        ' is the leftmost?',
        'Among the buffer regions <mask> <mask>',
        'Among the objects <mask>',
        'given the pallets <mask>',
    ):
        assert words in joined, words


@pytest.mark.parametrize(
    ('share', 'expected'), [(0.0, False), (1.0, True)], ids=['instances', 'boxes']
)
def test_box_masks(share, expected):
    found = []
    for number in range(4):
        for mask in pictures(boxes=share, noisy=0.0).picture(number).masks:
            rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
            found.append(mask.sum() == len(rows) * len(columns))
    assert all(found) == expected


def test_noise_leaves_holes_in_depth_only_where_asked():
    noisy, clean = pictures(noisy=1.0).picture(0), pictures(noisy=0.0).picture(0)
    assert (noisy.depth_m == 0).any()
    assert (clean.depth_m > 0).all()
    # The truth is the same: noise is added after the questions are asked.
    assert [q.answer for q in noisy.questions] == [q.answer for q in clean.questions]


def test_halls_of_training_are_nobody_elses():
    ranges = (WRITTEN_HALLS, TRAINING_HALLS, HELD_OUT_HALLS)
    ordered = sorted(ranges)
    assert all(a[1] <= b[0] for a, b in pairwise(ordered))


@given(seed=st.integers(0, 2**40), number=st.integers(0, 2**50))
def test_halls_of_training_stay_in_their_range(seed, number):
    assert TRAINING_HALLS[0] <= pictures(seed).hall_seed(number) < TRAINING_HALLS[1]


def test_a_batch_shows_many_halls():
    source = pictures()
    assert len({source.hall_seed(number) for number in range(16)}) == 16
    assert len({source.hall_seed(number) for number in range(16 * source.views)}) == 16


def test_endless():
    source = pictures()
    assert len(source) == sys.maxsize
    with pytest.raises(IndexError, match='-1'):
        source.picture(-1)


def test_fingerprint_tells_what_differs():
    sources = [
        pictures(),
        pictures(seed=4),
        pictures(kind='region'),
        pictures(kind={'region': 1.0, 'normalized': 1.0}),
        pictures(questions=4),
        pictures(noisy=0.1),
        pictures(boxes=0.1),
        pictures(paraphrased=0.1),
        pictures(views=3),
        SyntheticPictures(3),
    ]
    assert len({source.fingerprint for source in sources}) == len(sources)
    assert pictures().fingerprint == pictures().fingerprint


def test_kinds_are_mixed_by_weight():
    source = pictures(kind={'region': 3.0, 'normalized': 1.0}, questions=40)
    asked = [q.category for n in range(8) for q in source.picture(n).questions]
    assert 0.65 < asked.count('region') / len(asked) < 0.85


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        pytest.param({'seed': -1}, 'seed must be at least 0, not -1', id='negative seed'),
        pytest.param({'kind': 'poem'}, 'kind must be of .*poem', id='unknown kind'),
        pytest.param({'kind': {}}, 'kind must be of', id='no kind'),
        pytest.param({'kind': {'region': -1.0}}, 'weights', id='negative weight'),
        pytest.param({'kind': {'region': 0.0}}, 'weights', id='no weight'),
        pytest.param({'questions': 0}, 'questions', id='no questions'),
        pytest.param({'noisy': 1.5}, r'noisy must be a share in \[0, 1\], not 1.5', id='share'),
        pytest.param({'boxes': -0.1}, 'boxes must be a share', id='negative share'),
    ],
)
def test_refused(values, message):
    with pytest.raises(ValueError, match=message):
        SyntheticPictures(**{'seed': 0, **values})


@pytest.mark.parametrize(
    ('text', 'things', 'answer', 'message'),
    [
        ('Is <mask> left?', (), 'left', '1 <mask> tokens for 0 things'),
        ('Is it?', (0,), 'left', '0 <mask> tokens for 1 things'),
        ('Is <mask> left?', (0,), '', 'the answer is empty'),
    ],
    ids=['too few things', 'too many things', 'no answer'],
)
def test_questions_that_fit_nothing_are_refused(text, things, answer, message):
    with pytest.raises(ValueError, match=f'question q1: {message}'):
        TaughtQuestion('q1', text, things, answer, 'left_right', '')
