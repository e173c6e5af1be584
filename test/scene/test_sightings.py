# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Detections stacked to arrays: what is good comes through, what cannot be counts as not known."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from smolrgpt_ros.scene.sightings import Sighting, Sightings

GOOD = Sighting(
    (10.0, 20.0, 30.0, 60.0),
    'pallet',
    'pallet_1',
    position=np.array([1.0, 2.0, 0.5]),
    covariance=np.eye(3) * 0.01,
    size=np.array([1.2, 0.8, 1.0]),
    appearance=np.eye(8)[2],
    cut=True,
    view=np.array([0.1, 0.2, 0.3, 0.4]),
    beyond=np.array([0.0, 1.0, 0.0]),
)
BARE = Sighting((1.0, 2.0, 3.0, 4.0))


def test_stacking_and_taking_out_again_changes_nothing():
    stacked = Sightings.stacked([GOOD, BARE])
    assert len(stacked) == 2
    for before, after in zip([GOOD, BARE], stacked, strict=True):
        for name in (field.name for field in fields(Sighting)):
            was, now = getattr(before, name), getattr(after, name)
            assert (was is None) == (now is None), name
            assert was is None or np.array_equal(was, now), name
    assert Sightings.stacked(stacked) is stacked
    assert [s.id for s in stacked[1:]] == ['']
    assert [s.id for s in stacked.of(np.array([1, 0]))] == ['', 'pallet_1']
    assert stacked.placed.tolist() == [True, False]


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('position', np.array([1.0, np.nan, 0.0])),
        ('position', np.zeros(2)),
        ('covariance', np.full((3, 3), np.inf)),
        ('covariance', np.zeros(3)),
        ('size', np.array([np.inf, 1.0, 1.0])),
        ('appearance', np.array([np.nan] * 8)),
        ('appearance', np.zeros((2, 2))),
        ('view', np.zeros(3)),
        ('beyond', np.array([np.nan, 0.0, 0.0])),
    ],
    ids=lambda value: value if isinstance(value, str) else str(np.shape(value)),
)
def test_what_cannot_be_counts_as_not_known_and_costs_nothing_else(name: str, value: np.ndarray):
    bad, good = Sightings.stacked([replace(GOOD, **{name: value}), GOOD])
    assert getattr(bad, name) is None
    assert np.array_equal(getattr(good, name), getattr(GOOD, name))
    assert bad.box_px == GOOD.box_px


def test_a_box_of_no_numbers_and_no_detection_at_all():
    assert np.isnan(
        Sightings.stacked([replace(BARE, box_px=(0.0, np.inf, 1.0, 1.0))]).boxes_px
    ).all()
    nothing = Sightings.stacked([])
    assert len(nothing) == 0
    assert nothing.positions.shape == (0, 3)
    assert list(nothing) == []
