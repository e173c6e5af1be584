# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever a detector says, nothing is raised and no other object is lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sightings import STEP_NS, at, fed

from smolrgpt_ros.scene.sightings import Sighting
from smolrgpt_ros.scene.tracking import Tracker


@pytest.mark.parametrize(
    'change',
    [
        {'position': np.array([np.nan, 0, 0])},
        {'position': np.array([np.inf, 0, 0])},
        {'position': np.zeros(2)},
        {'covariance': np.full((3, 3), np.nan)},
        {'covariance': -np.eye(3)},
        {'covariance': np.zeros((3, 3))},
        {'covariance': np.eye(2)},
        {'size': np.array([np.nan, 1, 1])},
        {'appearance': np.full(64, np.nan)},
        {'appearance': np.ones(5)},
        {'view': np.full(4, np.nan)},
        {'box_px': (np.nan, 0.0, 1.0, 1.0)},
        {'box_px': (5.0, 5.0, 5.0, 5.0)},
    ],
    ids=str,
)
def test_values_that_cannot_be_lose_neither_this_object_nor_others(change: dict):
    good = [at(4, 0, appearance=np.eye(64)[3]), at(4, 4, appearance=np.eye(64)[5])]
    tracker = Tracker()
    fed(tracker, [good] * 3)
    bad = replace(good[0], **change)
    assert tracker.update(4 * STEP_NS, [bad, good[1]]).ids == ('pallet_1', 'pallet_2')
    assert tracker.update(5 * STEP_NS, good).ids == ('pallet_1', 'pallet_2')


def test_a_detection_with_neither_box_nor_position_is_left_out_and_said():
    nothing = Sighting((np.nan,) * 4, 'pallet')
    tracked = Tracker().update(1, [nothing, at(4, 0)])
    assert tracked.ids == ('', 'pallet_1')
    assert 'detection 0 has neither' in tracked.notes[0]


def test_empty_frames_and_duplicates():
    tracker = Tracker()
    assert tracker.update(1, []).ids == ()
    twice = tracker.update(2, [at(4, 0, id='a'), at(4, 0, id='a')]).ids
    assert len(set(twice)) == 2
    assert tracker.update(3, []).ids == ()
    assert tracker.update(4, [at(4, 0, id='a')]).ids[0] in twice


coordinates = st.floats(-1e4, 1e4) | st.sampled_from([np.nan, np.inf, -np.inf])
anything = st.builds(
    Sighting,
    st.tuples(coordinates, coordinates, coordinates, coordinates),
    st.sampled_from(['pallet', 'person', '']),
    st.sampled_from(['', '1', 'pallet_1', 'pallet_2']),
    st.none() | st.lists(coordinates, min_size=3, max_size=3).map(np.array),
    st.none() | st.lists(coordinates, min_size=9, max_size=9).map(lambda v: np.reshape(v, (3, 3))),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**11), st.lists(anything, max_size=5)), max_size=6))
def test_whatever_comes_ids_are_unique_and_nothing_is_raised(frames):
    tracker = Tracker()
    for stamp_ns, frame in frames:
        tracked = tracker.update(stamp_ns, frame)
        given_ids = [id for id in tracked.ids if id]
        assert len(tracked.ids) == len(frame)
        assert len(set(given_ids)) == len(given_ids)
        assert len({m.id for m in tracker.memory()}) == len(tracker.memory())
