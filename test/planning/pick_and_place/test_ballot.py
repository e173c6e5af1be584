# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Votes decide by a lead, and rarely wrongly."""

from __future__ import annotations

import numpy as np
import pytest

from smolrgpt_ros.planning.pick_and_place.ballot import Ballot


@pytest.mark.parametrize(
    ('lead', 'votes', 'winner'),
    [
        pytest.param(1, 'a', 'a', id='one picture'),
        pytest.param(3, 'aa', None, id='not yet'),
        pytest.param(3, 'aaa', 'a', id='three alike'),
        pytest.param(3, 'abaab', None, id='ahead by one'),
        pytest.param(3, 'abaabaa', 'a', id='ahead by three in the end'),
        pytest.param(2, 'abcbb', 'b', id='ahead of the second of three'),
        pytest.param(2, 'abab', None, id='tied'),
    ],
)
def test_the_first_that_leads_wins(lead, votes, winner):
    ballot: Ballot[str] = Ballot(lead)
    results = [ballot.add(vote) for vote in votes]
    assert results[-1] == winner
    assert not any(results[:-1])
    assert ballot.count == len(votes)


def test_no_lead_decides_nothing():
    with pytest.raises(ValueError, match='lead of 0'):
        Ballot(0)


@pytest.mark.parametrize(('lead', 'share'), [(2, 3 / 4), (4, 3 / 4), (3, 0.9)])
def test_it_is_wrong_as_often_as_it_says(lead, share):
    rng = np.random.default_rng(lead)
    wrong, runs = 0, 4000
    for _ in range(runs):
        ballot: Ballot[bool] = Ballot(lead)
        while (winner := ballot.add(bool(rng.random() < share))) is None:
            pass
        wrong += not winner
    expected = 1.0 / (1.0 + (share / (1.0 - share)) ** lead)
    assert wrong / runs == pytest.approx(expected, abs=4 * np.sqrt(expected / runs))
