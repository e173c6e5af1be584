# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The books of a soak: what is lost or comes twice must not slip through them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.ledger import Entry, Ledger

ASKED = Entry('good', 1.0, timed=True)


def test_each_question_is_counted_once():
    ledger = Ledger()
    ledger.ask((0, 1), ASKED)
    ledger.ask((0, 2), ASKED)
    answered = ledger.answer((0, 1), 'OK', 'abc', 1.5)
    assert answered is not None
    assert (answered.entry, answered.took_s) == (ASKED, 0.5)
    assert ledger.figures() == {
        'sent': 2, 'answered': 1, 'lost': 1, 'doubled': 0, 'abandoned': 0, 'statuses': {'OK': 1},
    }  # fmt: skip


@pytest.mark.parametrize(
    ('responses', 'doubled'),
    [
        pytest.param([((0, 1), 'a'), ((0, 2), 'b')], 0, id='each once'),
        pytest.param([((0, 1), 'a'), ((0, 1), 'a')], 1, id='the same response twice'),
        pytest.param([((0, 1), ''), ((0, 1), '')], 1, id='the same refusal twice'),
        pytest.param([((0, 1), 'a'), ((0, 2), 'a')], 1, id='one answer for two questions'),
        pytest.param([((0, 1), ''), ((0, 2), '')], 0, id='two refusals'),
        pytest.param([((7, 1), 'a')], 1, id='nobody had asked'),
    ],
)
def test_doubled(responses: list, doubled: int):
    ledger = Ledger()
    ledger.ask((0, 1), ASKED)
    ledger.ask((0, 2), ASKED)
    for key, query_id in responses:
        ledger.answer(key, 'OK', query_id, 2.0)
    assert ledger.doubled == doubled


def test_who_leaves_loses_nothing():
    ledger = Ledger()
    ledger.ask((0, 0, 1), ASKED)
    ledger.ask((0, 0, 2), ASKED)
    ledger.ask((1, 0, 1), ASKED)
    ledger.abandon((0, 0))
    assert (ledger.abandoned, ledger.open) == (2, 1)


def test_a_key_in_use_is_refused():
    ledger = Ledger()
    ledger.ask((0, 1), ASKED)
    with pytest.raises(ValueError, match='under way'):
        ledger.ask((0, 1), ASKED)


@given(st.lists(st.sampled_from(['ask', 'answer', 'again', 'leave']), max_size=60))
def test_nothing_slips_through(steps: list[str]):
    ledger = Ledger()
    open_keys: list[tuple[int, int]] = []
    answered: list[tuple[int, int]] = []
    twice = 0
    for number, step in enumerate(steps):
        if step == 'ask':
            ledger.ask((number, 0), ASKED)
            open_keys.append((number, 0))
        elif step == 'answer' and open_keys:
            answered.append(open_keys.pop())
            ledger.answer(answered[-1], 'OK', str(number), 2.0)
        elif step == 'again' and answered:
            twice += 1
            ledger.answer(answered[0], 'OK', '', 2.0)
        elif step == 'leave' and open_keys:
            ledger.abandon((open_keys.pop()[0],))
    assert ledger.sent == ledger.answered + ledger.abandoned + ledger.open
    assert (ledger.open, ledger.answered, ledger.doubled) == (len(open_keys), len(answered), twice)
