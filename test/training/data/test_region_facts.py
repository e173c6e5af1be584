# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Facts of regions against the true poses that they are made of."""

from __future__ import annotations

import numpy as np
import pytest

from smolrgpt_ros.training.data.region_facts import (
    CLASSES,
    EXTENT_M,
    FACTS,
    PLACE_M,
    region_facts,
)
from smolrgpt_ros.training.data.synthetic import SyntheticPictures
from smolrgpt_ros.warehouse import truth
from smolrgpt_ros.warehouse.shown import View

NUMBERS = range(12)


@pytest.fixture(scope='module')
def views() -> list[View]:
    source = SyntheticPictures(3, 'normalized', (160, 120))
    return [source.view(number) for number in NUMBERS]


def things(views: list[View]):
    for view in views:
        for shown in view.shown:
            yield view, shown.index, shown.thing, region_facts(view, shown.index)


def test_place_class_and_shape(views):
    for view, _, thing, facts in things(views):
        assert facts.shape == (FACTS,)
        assert facts.dtype == np.float32
        centre = view.frame.centre_camera(thing)
        np.testing.assert_allclose(facts[:3] * PLACE_M, centre, atol=1e-4)
        assert CLASSES[int(facts[10:15].argmax())] == thing.class_id
        assert facts[10:15].sum() == 1.0


def test_across_the_picture_is_where_the_centre_is_seen(views):
    for view, index, _, facts in things(views):
        x0, _, x1, _ = view.frame.box_px(index)
        column = (facts[3] + 1.0) / 2.0 * view.frame.camera.width
        slack = 0.5 * (x1 - x0) + 8
        assert x0 - slack <= column <= x1 + slack


def test_extent_has_the_half_sizes_as_its_axes(views):
    for _, _, thing, facts in things(views):
        spread = np.zeros((3, 3))
        spread[np.triu_indices(3)] = facts[4:10] * EXTENT_M
        spread = spread + np.triu(spread, 1).T
        found = np.sort(np.linalg.eigvalsh(spread))
        np.testing.assert_allclose(found, np.sort(thing.size) / 2.0, atol=1e-4)


def test_loads_and_buffers(views):
    seen = set()
    for view, _, thing, facts in things(views):
        world = view.frame.world
        around = [b for b in world.of_class('buffer') if truth.is_inside(thing, b)]
        if thing.class_id == 'pallet':
            assert facts[15] == float(bool(thing.carried_by))
        elif thing.class_id == 'transporter':
            assert facts[15] == float(not truth.is_empty(world, thing))
        else:
            assert np.isnan(facts[15:]).all()
            continue
        assert facts[16] == float(bool(around))
        seen.add((thing.class_id, facts[15], facts[16]))
        if around:
            place = view.frame.centre_camera(around[0])
            np.testing.assert_allclose(facts[17:] * PLACE_M, place, atol=1e-4)
        else:
            assert np.isnan(facts[17:]).all()
    assert {('pallet', 0.0, 0.0), ('pallet', 0.0, 1.0), ('pallet', 1.0, 0.0)} <= seen


def test_a_picture_tells_them_of_each_mask():
    picture = SyntheticPictures(3, 'normalized', (160, 120)).picture(0)
    assert len(picture.facts) == len(picture.masks) > 0
    for mask, facts in zip(picture.masks, picture.facts):
        assert abs((facts[3] + 1.0) * 80.0 - np.nonzero(mask)[1].mean()) < 40.0


def test_quantities_are_numbers_of_their_answers():
    for kind in ('normalized', 'freeform'):
        picture = SyntheticPictures(3, kind, (160, 120)).picture(1)
        for question in picture.questions:
            if question.category in ('distance', 'count'):
                assert question.value >= 0.0
                if kind == 'normalized':
                    assert float(question.answer) == pytest.approx(question.value, abs=0.005)
            else:
                assert np.isnan(question.value)
