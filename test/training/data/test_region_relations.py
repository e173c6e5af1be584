# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Relations of a question's regions against the answers that follow from them."""

from __future__ import annotations

import numpy as np
import pytest

from smolrgpt_ros.training.data.region_relations import RELATIONS, region_relations
from smolrgpt_ros.training.data.synthetic import SyntheticPictures
from smolrgpt_ros.warehouse import truth


def pictures(kind: str, count: int = 8):
    source = SyntheticPictures(4, kind, (160, 120))
    return [source.picture(number) for number in range(count)]


def test_a_distance_is_the_relation_of_its_two_regions():
    asked = [q for picture in pictures('distance') for q in picture.questions if len(q.things) == 2]
    assert len(asked) > 50
    for question in asked:
        first, second = question.relations
        assert np.isnan(first).all()
        assert second[0] == second[1]
        assert second[2] == second[3] or np.isnan(second[2:4]).all()
        if second[2] == 1.0:
            assert question.value == 0.0
        else:
            assert np.expm1(second[0]) == pytest.approx(question.value, abs=0.006)


def test_a_count_in_the_first_buffer_is_a_sum_of_relations():
    found = 0
    for picture in pictures('count'):
        for question in picture.questions:
            if question.kind != 'in_one' or question.text.index('<mask>') < 0:
                continue
            inside = question.relations[:, 3]
            if np.isfinite(inside[1:]).all():  # the buffer is named first
                found += 1
                assert np.nansum(inside) == question.value
    assert found > 5


def test_in_order_and_of_the_world():
    source = SyntheticPictures(4, 'normalized', (160, 120))
    view = source.view(0)
    world = view.frame.world
    things = [shown.index for shown in view.shown][:5]
    told = region_relations(view, things)
    assert told.shape == (len(things), RELATIONS)
    assert told.dtype == np.float32
    for row in range(1, len(things)):
        thing = world.things[things[row]]
        for column, other in ((0, things[row - 1]), (1, things[0])):
            apart = np.linalg.norm(np.subtract(thing.centre, world.things[other].centre))
            assert np.expm1(told[row, column]) == pytest.approx(apart, rel=1e-4)
            one_buffer = (thing.class_id == 'buffer') != (world.things[other].class_id == 'buffer')
            assert np.isfinite(told[row, 2 + column]) == one_buffer
            if one_buffer:
                within = truth.is_inside(thing, world.things[other]) or truth.is_inside(
                    world.things[other], thing
                )
                assert told[row, 2 + column] == float(within)
        assert told[row, 4] == row / 8.0


@pytest.mark.parametrize('count', [pytest.param(0, id='none'), pytest.param(1, id='one')])
def test_of_less_than_two_nothing_is_told(count):
    view = SyntheticPictures(4, 'normalized', (160, 120)).view(0)
    things = [shown.index for shown in view.shown][:count]
    told = region_relations(view, things)
    assert told.shape == (len(things), RELATIONS)
    assert np.isnan(told).all()


def test_the_outermost_is_the_last_that_is_further_out_than_all_before():
    found = 0
    for picture in pictures('mcq'):
        for question in picture.questions:
            column = {'leftmost': 5, 'rightmost': 6}.get(question.kind)
            if column is None or question.text.count('<mask>') != len(question.things):
                continue
            outer = np.nonzero(question.relations[:, column] == 1.0)[0]
            found += 1
            assert (outer[-1] if len(outer) else 0) == int(question.answer)
    assert found > 20


@pytest.mark.parametrize(
    ('kind', 'standing', 'number'), [('leftmost', 7, 9), ('rightmost', 8, 10)], ids=str
)
def test_counting_in_an_outermost_buffer_is_made_of_relations(kind, standing, number):
    found = 0
    for picture in pictures('count'):
        for question in picture.questions:
            pallets = np.isfinite(question.relations[:, standing])
            buffers = len(question.things) - pallets.sum()
            if question.kind != kind or not pallets.any() or not pallets[buffers:].all():
                continue  # pallets named before buffers
            found += 1
            assert question.relations[pallets, standing].sum() == question.value
            assert question.relations[-1, number] == question.value / 8.0
            reached = question.relations[-1, 28:34].reshape(2, 3)[number - 9]
            assert reached.sum() == min(question.value, 3)
    assert found > 5


def test_counting_in_any_buffer_is_made_of_relations():
    found, near = 0, 0
    for picture in pictures('count', 24):
        for question in picture.questions:
            standing, number, closest = np.split(question.relations[:, 16:28], 3, axis=1)
            pallets = np.isfinite(standing[:, 0])
            buffers = np.isfinite(standing[pallets]).sum(1)
            if not pallets.any() or (buffers != buffers[0]).any():
                continue  # pallets named before buffers
            sums = standing[pallets][:, : buffers[0]].sum(0)
            last = number[np.nonzero(pallets)[0][-1]][: buffers[0]]
            assert last * 8.0 == pytest.approx(sums)
            assert question.value in sums
            within_any = question.relations[pallets, 15]
            assert within_any == pytest.approx(np.nansum(standing[pallets], 1))
            assert (np.nansum(closest[pallets], 1) == 1.0).all()
            found += 1
            landmarks = np.isfinite(closest[:, 0]) & ~pallets
            if question.kind == 'near' and landmarks.sum() == 1:
                chosen = int(np.nanargmax(closest[landmarks][0]))
                if chosen < buffers[0]:
                    near += 1
                    assert sums[chosen] == question.value
                    reached = question.relations[landmarks][0, 34:37]
                    if np.isfinite(reached).all():  # the pallets were named before
                        assert reached.sum() == min(question.value, 3)
    assert found > 20
    assert near > 3


def test_a_buffer_named_last_knows_how_many_stood_in_it():
    found = 0
    for picture in pictures('count', 16):
        for question in picture.questions:
            counted = question.relations[:, 11]
            if question.kind in ('leftmost', 'rightmost') and np.isfinite(counted).sum() > 1:
                found += 1
                assert question.value / 8.0 in counted[np.isfinite(counted)]
    assert found > 3


def test_the_pallet_to_pick_up_is_the_last_that_was_closer_than_all_before():
    first, last = 0, 0
    for picture in pictures('mcq', 24):
        for question in picture.questions:
            if question.kind != 'pickup':
                continue
            apart, closest, chosen = question.relations[:, 12:15].T
            if np.isfinite(apart).any():  # transporters are named before pallets
                first += 1
                pallets = np.nonzero(closest == 1.0)[0]
                assert apart[pallets[-1]] == np.nanmin(apart)
            if np.isfinite(chosen).any():
                last += 1
                assert chosen[np.isfinite(chosen)] * 8.0 == int(question.answer)
    assert first > 5
    assert last > 5
