# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions that are remembered are those that would be parsed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from smolrgpt_ros.language.answer import QuestionError
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.messages.asking import parsed
from smolrgpt_ros.messages.status import QueryError
from smolrgpt_ros.scene.region import Region

CLASSES = ('pallet', 'transporter', 'box')
QUESTIONS = (
    'how far is pallet_1 from box_2?',
    'how many pallets are there?',
    'is box_1 left of transporter_1?',
    'which pallet is the nearest?',
    'where is the ghost?',
    'nonsense and more of it',
)


def region(class_id: str, name: str) -> Region:
    return Region((0.0, 0.0, 10.0, 10.0), class_id, 1.0, name)


def outcome(ask: Callable[[], Question]) -> Question | str:
    try:
        return ask()
    except QueryError as error:
        return error.message
    except QuestionError as error:
        return error.failure.message


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(QUESTIONS),
            st.lists(st.tuples(st.sampled_from(CLASSES), st.integers(1, 3)), max_size=5),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_remembered_equals_parsed(asked):
    for text, things in asked:
        regions = [region(class_id, f'{class_id}_{number}') for class_id, number in things]
        ids, classes = [one.id for one in regions], {one.class_id for one in regions}
        assert outcome(partial(parsed, text, regions)) == outcome(
            partial(parse, text, ids, classes)
        )
