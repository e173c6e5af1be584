# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The matcher without ROS does what message_filters does, and both let go of what they are told."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from smolrgpt_ros.messages.matching import ApproximateMatcher
from smolrgpt_ros.messages.stamped import Stamped
from smolrgpt_ros.ros.matching import FilterMatcher

TOPICS = ('image', 'depth', 'detections')
MS = 1_000_000
START_NS = 10**12

ARRIVES, FORGOTTEN = 'arrives', 'forgotten before'


@given(
    st.lists(
        st.tuples(
            st.sampled_from([ARRIVES] * 4 + [FORGOTTEN]),
            st.sampled_from(TOPICS),
            st.integers(0, 400),
        ),
        min_size=1,
        max_size=120,
    ),
    st.sampled_from([5, 20, 45]),
    st.integers(1, 6),
)
@settings(max_examples=60, deadline=None)
def test_sets_are_those_of_message_filters(
    happening: Sequence[tuple[str, str, int]], slop_ms: int, queue_size: int
):
    found: list[list[tuple[int, ...]]] = []
    for make in (ApproximateMatcher, FilterMatcher):
        sets: list[tuple[int, ...]] = []
        matcher = make(
            TOPICS,
            slop_ms / 1e3,
            queue_size,
            lambda *items, sets=sets: sets.append(tuple(item.stamp_ns for item in items)),
        )
        for what, topic, ms in happening:
            stamp_ns = START_NS + ms * MS
            if what == ARRIVES:
                matcher.add(Stamped(topic, stamp_ns, 'camera', None, 0.0))
            else:
                matcher.forget_before(topic, stamp_ns)
        found.append(sets)
    assert found[0] == found[1]
