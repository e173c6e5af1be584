# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Memory, and stamps that rise, repeat, come late or are set back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_sightings import STEP_NS, at, fed

from smolrgpt_ros.scene.tracking import Tracker, TrackingSettings


def test_memory_tells_the_age_of_the_last_sighting():
    tracker = Tracker()
    tracker.update(1_000_000_000, [at(4, 0), at(4, 3)])
    tracker.update(3_500_000_000, [at(4, 3)])
    assert [(m.id, m.age_s) for m in tracker.memory()] == [('pallet_2', 0.0), ('pallet_1', 2.5)]
    assert [m.id for m in tracker.memory(2.0)] == ['pallet_2']
    assert tracker.memory(now_ns=4_000_000_000)[0].age_s == pytest.approx(0.5)
    assert tracker.memory()[1].position == pytest.approx([4, 0, 0.5])
    assert Tracker().memory() == ()


@pytest.mark.parametrize(
    ('back_s', 'ids', 'word'),
    [(0.0, ('pallet_1',), ''), (0.05, ('',), 'older'), (5.0, ('pallet_2',), '')],
    ids=['the same frame', 'late', 'time set back'],
)
def test_stamps_that_do_not_rise(back_s: float, ids: tuple[str, ...], word: str):
    tracker = Tracker()
    tracker.update(10_000_000_000, [at(4, 0)])
    again = tracker.update(10_000_000_000 - int(back_s * 1e9), [at(4, 0)])
    assert again.ids == ids
    assert word in again.ignored
    assert bool(again.ignored) == bool(word)
    if back_s == 5.0:
        assert 'set back by 5.000 s' in again.notes[0]


def test_another_frame_of_the_same_stamp_is_ignored_with_its_reason():
    tracker = Tracker()
    tracker.update(10, [at(4, 0)])
    other = tracker.update(10, [replace(at(4, 0), box_px=(0.0, 0.0, 5.0, 5.0))])
    assert other.ids == ('',)
    assert 'this stamp' in other.ignored


def test_a_late_frame_changes_nothing():
    tracker = Tracker()
    fed(tracker, [[at(4, 0)]] * 3)
    before = tracker.memory()[0]
    tracker.update(2 * STEP_NS + 1, [at(8, 8), at(4, 1)])
    (after,) = tracker.memory()
    assert (after.id, after.stamp_ns) == (before.id, before.stamp_ns)
    assert after.position == pytest.approx(before.position)


def test_reset_gives_no_id_twice():
    tracker = Tracker()
    tracker.update(5, [at(4, 0), at(4, 3)])
    tracker.reset()
    assert tracker.memory() == ()
    assert tracker.update(1, [at(4, 0)]).ids == ('pallet_3',)


def test_remembers_at_most_so_many():
    tracker = Tracker(TrackingSettings(most_tracks=10))
    for k in range(8):
        tracker.update((1 + k) * STEP_NS, [at(10 * k + 3.0 * i + 1.0, 50.0 * k) for i in range(4)])
    assert len(tracker.memory()) == 10
    assert tracker.memory()[0].age_s == 0.0
