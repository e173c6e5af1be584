# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""In which order a soak does things to the node."""

from __future__ import annotations

import itertools
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.soak_faults import drawn


@given(
    st.dictionaries(st.sampled_from('abcdef'), st.integers(1, 5), min_size=1),
    st.integers(0, 2**32),
)
def test_every_round_has_all_of_it(often: dict[str, int], seed: int):
    names = drawn(often, random.Random(seed))
    for _ in range(5):
        assert Counter(itertools.islice(names, sum(often.values()))) == often


def test_the_order_is_that_of_the_seed():
    often = {'stall': 3, 'goal': 4, 'visitor': 5}
    first, same, other = (
        list(itertools.islice(drawn(often, random.Random(seed)), 60)) for seed in (1, 1, 2)
    )
    assert first == same != other
