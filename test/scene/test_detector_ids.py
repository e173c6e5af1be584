# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Detectors that give ids: kept where they hold, overridden where they jump."""

from __future__ import annotations

import numpy as np
import pytest
from made_sightings import STEP_NS, at, fed

from smolrgpt_ros.scene.object_names import ObjectNames
from smolrgpt_ros.scene.tracking import Tracker


def test_consistent_detector_ids_are_kept():
    tracker = Tracker()
    frames = [[at(4, 0, id='17'), at(4, 3, id='pallet_9'), at(6, 1)]] * 4
    assert {tracked.ids for tracked in fed(tracker, frames)} == {('17', 'pallet_9', 'pallet_10')}


def test_a_detectors_id_decides_where_positions_do_not():
    tracker = Tracker()
    fed(tracker, [[at(4, -0.4, id='a'), at(4, 0.4, id='b')]] * 10)
    swapped = [at(4, 0.1, id='a'), at(4, -0.1, id='b')]
    assert tracker.update(30 * STEP_NS, swapped).ids == ('a', 'b')


def test_an_id_that_jumps_is_overridden_and_said():
    tracker = Tracker()
    fed(tracker, [[at(4, 0, id='1'), at(4, 5, id='2')]] * 5)
    jumped = tracker.update(6 * STEP_NS, [at(4, 0, id='2'), at(4, 5, id='1')])
    assert jumped.ids == ('1', '2')
    assert "'2' has moved to another object" in ' '.join(jumped.notes)
    onto_new = tracker.update(7 * STEP_NS, [at(4, 0, id='2'), at(4, 5, id='3'), at(-6, 0, id='1')])
    assert onto_new.ids == ('1', '2', 'pallet_1')


def test_a_detector_that_starts_anew_changes_no_id():
    places = [(4, -6), (4, -3), (4, 0), (4, 3), (4, 6)]
    tracker, rng, first = Tracker(), np.random.default_rng(1), {}
    for k in range(60):
        if k % 10 == 0:
            numbers = rng.permutation(len(places))
        frame = [at(x, y, id=str(n)) for (x, y), n in zip(places, numbers, strict=True)]
        ids = tracker.update((1 + k) * STEP_NS, frame).ids
        assert ids == first.setdefault('ids', ids), f'frame {k}'


@pytest.mark.parametrize(
    ('asked', 'expected'),
    [
        ([('pallet', ''), ('pallet', '')], ['pallet_1', 'pallet_2']),
        ([('pallet', 'pallet_4'), ('pallet', '')], ['pallet_4', 'pallet_5']),
        ([('pallet', ''), ('pallet', 'pallet_1')], ['pallet_1', 'pallet_2']),
        ([('pallet', '7'), ('pallet', '7')], ['7', 'pallet_1']),
        ([('', ''), ('fork lift', '')], ['object_1', 'fork_lift_1']),
    ],
    ids=['counted', 'above a given number', 'a number given here', 'taken', 'odd classes'],
)
def test_names(asked: list[tuple[str, str]], expected: list[str]):
    names, taken = ObjectNames(), []
    for class_id, wanted in asked:
        taken.append(names.new(class_id, wanted, taken))
    assert taken == expected
