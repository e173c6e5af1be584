# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a step learns from follows from the seed and its number alone."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_smolrgpt import TINY

from smolrgpt_ros.models.smolrgpt.folder import byte_tokenizer
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing
from smolrgpt_ros.models.smolrgpt.tokens import PromptTokenizer
from smolrgpt_ros.training.data.pictures import TaughtPicture, TaughtQuestion
from smolrgpt_ros.training.errors import RecordError
from smolrgpt_ros.training.feed import Feed, Order, portions_from
from smolrgpt_ros.training.network_learner import ARCHITECTURES, NetworkPreparation
from smolrgpt_ros.training.settings import Portions


@dataclass
class Greys:
    """Pictures of one grey each, whose number can be read off; some cannot be read."""

    count: int = 20
    broken: frozenset[int] = field(default=frozenset())
    fingerprint: str = 'greys'

    def __len__(self) -> int:
        return self.count

    def picture(self, number: int) -> TaughtPicture:
        if number in self.broken:
            raise ValueError(f'record {number} is broken')
        grey = np.full((8, 8), number, np.uint8)
        question = TaughtQuestion(f'{number}', 'Which?', (), str(number), 'mcq', '')
        return TaughtPicture(
            f'grey {number}', np.stack([grey] * 3, -1), grey, None, None, (), (question,) * 2
        )


@pytest.fixture(scope='module')
def preparation(tmp_path_factory):
    path = tmp_path_factory.mktemp('words') / 'tokenizer.json'
    path.write_text(byte_tokenizer(TINY.lm_base_vocab_size))
    words = PromptTokenizer(path, TINY)
    return NetworkPreparation(ARCHITECTURES['smolrgpt'], TINY, words, Preprocessing())


@given(st.integers(1, 50), st.integers(0, 5))
def test_an_order_has_every_picture_once_each_time_round(count, seed):
    order = Order(count, seed)
    rounds = [[order[epoch * count + place] for place in range(count)] for epoch in range(3)]
    assert all(sorted(numbers) == list(range(count)) for numbers in rounds)
    assert rounds[1] == [Order(count, seed)[count + place] for place in range(count)]
    if count > 20:
        assert rounds[0] != rounds[1]


def test_an_endless_source_comes_as_numbered():
    assert [Order(sys.maxsize, 3)[place] for place in (0, 1, 10**12)] == [0, 1, 10**12]


@pytest.mark.parametrize(('processes', 'accumulate'), [(1, 1), (2, 1), (1, 3), (2, 3)])
def test_processes_and_parts_share_the_step_of_one(preparation, processes, accumulate):
    whole = Feed(Greys(), preparation, Portions(24, 2), seed=1)
    mine = Portions(24 // processes, 2, accumulate)
    feeds = [
        Feed(Greys(), preparation, mine, seed=1, rank=rank, processes=processes)
        for rank in range(processes)
    ]
    for step in range(3):
        parts = [
            feed.portion(step * accumulate + part).pictures
            for feed in feeds
            for part in range(accumulate)
        ]
        assert tuple(chain(*parts)) == whole.portion(step).pictures


def test_a_broken_record_is_replaced_told_and_the_same_every_time(preparation):
    order = Order(20, 1)
    pictures = Greys(broken=frozenset({order[0], order[3]}))
    feed = Feed(pictures, preparation, Portions(8, 2), seed=1)
    portion = feed.portion(0)
    assert len(portion.pictures) == 4
    assert not set(portion.pictures) & pictures.broken
    assert len(portion.problems) >= 2
    assert f'record {order[0]} is broken' in portion.problems[0]
    assert feed.portion(0).pictures == portion.pictures


@pytest.mark.parametrize('workers', [0, 1])
def test_strict_stops_at_a_broken_record(preparation, workers):
    pictures = Greys(broken=frozenset({Order(20, 1)[4]}))
    feed = Feed(pictures, preparation, Portions(8, 2), seed=1, strict=True)
    portions = portions_from(feed, 0, 10, workers)
    next(portions)
    with pytest.raises(RecordError, match='is broken'):
        next(portions)


def test_nothing_usable_is_an_error(preparation):
    feed = Feed(Greys(broken=frozenset(range(20))), preparation, Portions(8, 2), seed=1)
    with pytest.raises(RecordError, match='one after the other'):
        next(portions_from(feed, 0, 1, 0))


def test_from_any_portion_on(preparation):
    feed = Feed(Greys(), preparation, Portions(8, 2), seed=1)
    every = [portion.pictures for portion in portions_from(feed, 0, 9, 0)]
    later = [portion.pictures for portion in portions_from(feed, 4, 9, 2)]
    assert later == every[4:]
