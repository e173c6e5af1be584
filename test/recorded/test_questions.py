# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Files of questions: comments, empty lines, times; what is no question names its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.recorded.questions import Asking, QuestionsError, moments, read_questions


def write(folder: Path, text: str) -> Path:
    path = folder / 'q.txt'
    path.write_text(text, encoding='utf-8')
    return path


def test_comments_and_empty_lines_are_left_out(tmp_path: Path):
    text = '\ufeff# one\n\n  \nwhere is pallet_1?\r\n   # two\n[1:2] how many pallets are there?\n'
    assert read_questions(write(tmp_path, text)) == (
        Asking(0, 'where is pallet_1?'),
        Asking(1, 'how many pallets are there?', 1.0, 2.0),
    )


@pytest.mark.parametrize(
    ('when', 'expected'),
    [
        ('[12.3]', (12.3, 12.3, None)),
        ('[10:20]', (10.0, 20.0, None)),
        ('[10:20:0.5]', (10.0, 20.0, 0.5)),
        ('[10:]', (10.0, None, None)),
        ('[:5]', (None, 5.0, None)),
        ('[::2]', (None, None, 2.0)),
        ('[ 1 : 2 ]', (1.0, 2.0, None)),
    ],
)
def test_times_are_slices(tmp_path: Path, when: str, expected: tuple):
    (asking,) = read_questions(write(tmp_path, f'{when} where is pallet_1?'))
    assert (asking.start_s, asking.stop_s, asking.step_s) == expected


@pytest.mark.parametrize(
    ('line', 'words'),
    [
        pytest.param('[soon] where is it?', 'line 2: .soon. is no time', id='words'),
        pytest.param('[] where is it?', 'is no time', id='nothing'),
        pytest.param('[1:2:3:4] where is it?', 'is no time', id='four parts'),
        pytest.param('[-1] where is it?', 'seconds from 0 on', id='negative'),
        pytest.param('[nan] where is it?', 'seconds from 0 on', id='not a number'),
        pytest.param('[inf:] where is it?', 'seconds from 0 on', id='infinite'),
        pytest.param('[2:1] where is it?', 'ends before it begins', id='backwards'),
        pytest.param('[1:2:0] where is it?', 'step of .* is 0', id='no step'),
        pytest.param('[1:2]   ', 'a time and no question', id='no question'),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, words: str):
    with pytest.raises(QuestionsError, match=words):
        read_questions(write(tmp_path, f'# first\n{line}\n'))


def test_files_without_questions_are_refused(tmp_path: Path):
    with pytest.raises(QuestionsError, match='no question'):
        read_questions(write(tmp_path, '# only\n\n'))
    with pytest.raises(QuestionsError, match='there is no file'):
        read_questions(tmp_path / 'none.txt')
    (tmp_path / 'q.txt').write_bytes(b'\xff\xfe\x00')
    with pytest.raises(QuestionsError, match='cannot be read'):
        read_questions(tmp_path / 'q.txt')


def test_what_is_asked_when():
    askings = (Asking(0, 'a'), Asking(1, 'b', 1.0, 1.0), Asking(2, 'c', 0.5, 9.0, 0.75))
    found = [(m.after_ns, [a.text for a in m.questions]) for m in moments(askings, 1.0, 2.0)]
    assert found == [
        (500_000_000, ['c']),
        (1_000_000_000, ['a', 'b']),
        (1_250_000_000, ['c']),
        (2_000_000_000, ['a', 'c']),
    ]


def test_nothing_within_the_recording_is_told():
    with pytest.raises(QuestionsError, match='no question is asked within'):
        moments((Asking(0, 'a', 50.0, 50.0),), 1.0, 2.0)
    with pytest.raises(QuestionsError, match='ask less often'):
        moments((Asking(0, 'a'),), 1e-9, 2.0)


@given(
    st.lists(
        st.tuples(st.floats(0, 20), st.floats(0, 20), st.floats(0.05, 5)), min_size=1, max_size=4
    ),
    st.floats(0.5, 30),
)
def test_moments_lie_in_order_within_the_recording(times, duration_s):
    askings = tuple(Asking(n, str(n), *sorted(pair[:2]), pair[2]) for n, pair in enumerate(times))
    try:
        found = moments(askings, 1.0, duration_s)
    except QuestionsError:
        assert all(asking.start_s > duration_s for asking in askings)
        return
    stamps = [moment.after_ns for moment in found]
    assert stamps == sorted(set(stamps))
    assert all(0 <= stamp <= duration_s * 1e9 + 1 for stamp in stamps)
    for moment in found:
        assert [asking.number for asking in moment.questions] == sorted(
            asking.number for asking in moment.questions
        )
