# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""True answers against the benchmark's definitions, questions against their pictures."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.warehouse import truth
from smolrgpt_ros.warehouse.asking import MAX_MASKS, Asked
from smolrgpt_ros.warehouse.coverage import coverage
from smolrgpt_ros.warehouse.questions import make_questions
from smolrgpt_ros.warehouse.render import Frame
from smolrgpt_ros.warehouse.shown import MIN_INSIDE, MIN_VISIBLE
from smolrgpt_ros.warehouse.synthesis import AskedFrame, asked_frame
from smolrgpt_ros.warehouse.world import Thing, World


def thing(thing_id, x, y, z=0.0, size=(1.0, 1.0, 1.0), yaw=0.0, carried_by=''):
    return Thing(thing_id, thing_id.split('_')[0], (x, y, z), size, yaw, carried_by=carried_by)


BUFFER = thing('buffer_1', 5.0, 5.0, size=(4.0, 2.0, 0.0), yaw=0.5)
INSIDE = thing('pallet_1', 5.5, 5.3, 0.4)
OUTSIDE = thing('pallet_2', 5.0, 6.4, 0.5)
CARRIED = thing('pallet_3', 4.6, 4.9, 0.8, carried_by='transporter_1')
LOADED = thing('transporter_1', 4.6, 4.9, 0.3)
EMPTY = thing('transporter_2', 8.0, 5.0, 0.3)
SHELF = thing('shelf_1', 5.0, 5.0, 1.2)


@pytest.mark.parametrize(
    ('what', 'where', 'inside'),
    [
        (INSIDE, BUFFER, True),
        (OUTSIDE, BUFFER, False),
        (CARRIED, BUFFER, False),
        (EMPTY, BUFFER, False),
        (SHELF, BUFFER, False),
        (INSIDE, SHELF, False),
        (BUFFER, BUFFER, False),
    ],
    ids=lambda value: getattr(value, 'id', value),
)
def test_inside(what, where, inside):
    assert truth.is_inside(what, where) is inside


def test_distance_is_between_centres_and_zero_inside():
    assert truth.true_distance_m(INSIDE, BUFFER) == 0.0
    assert truth.true_distance_m(BUFFER, INSIDE) == 0.0
    assert truth.true_distance_m(OUTSIDE, BUFFER) == pytest.approx(np.sqrt(1.4**2 + 0.5**2))
    assert truth.true_distance_m(INSIDE, EMPTY) == pytest.approx(np.sqrt(2.5**2 + 0.3**2 + 0.1**2))


def test_empty_count_and_pickup():
    world = World((BUFFER, INSIDE, OUTSIDE, CARRIED, LOADED, EMPTY), (10.0, 10.0, 6.0))
    assert truth.is_empty(world, EMPTY)
    assert not truth.is_empty(world, LOADED)
    assert truth.count_inside([INSIDE, OUTSIDE, CARRIED], BUFFER) == 1
    assert truth.pallet_to_pick_up([OUTSIDE, CARRIED, INSIDE], EMPTY) == 2
    # The load of another is closest but taken.
    assert truth.pallet_to_pick_up([CARRIED, OUTSIDE], LOADED) == 1
    assert truth.pallet_to_pick_up([CARRIED], EMPTY) is None
    with pytest.raises(ValueError, match='no candidates'):
        truth.nearest([], EMPTY)


@pytest.fixture(scope='module')
def pictures() -> list[AskedFrame]:
    return [asked_frame(21, number, size_px=(320, 240)) for number in range(10)]


def all_asked(pictures) -> list[tuple[Frame, Asked]]:
    return [(picture.frame, asked) for picture in pictures for asked in picture.questions]


def test_pictures_allow_questions_of_every_category(pictures):
    counts = Counter(asked.category for _, asked in all_asked(pictures))
    assert set(counts) == {Category.LEFT_RIGHT, Category.MCQ, Category.DISTANCE, Category.COUNT}
    assert min(counts.values()) >= 30


def test_answers_vary(pictures):
    answers = {
        category: {a.answer for _, a in all_asked(pictures) if a.category is category}
        for category in (Category.LEFT_RIGHT, Category.MCQ, Category.COUNT)
    }
    assert answers[Category.LEFT_RIGHT] == {'left', 'right'}
    assert len(answers[Category.MCQ]) >= 4
    assert len(answers[Category.COUNT]) >= 3
    distances = [a.answer for _, a in all_asked(pictures) if a.category is Category.DISTANCE]
    assert 0.0 in distances
    assert max(distances) > 5.0


def test_masks_and_words_go_together(pictures):
    for _, asked in all_asked(pictures):
        assert asked.text.count('<mask>') == len(asked.things)
        assert 2 <= len(set(asked.things)) == len(asked.things) <= MAX_MASKS
        assert '{' not in asked.text
        for region in re.findall(r'\[Region (\d+)\]', asked.freeform):
            assert int(region) < len(asked.things)
        assert asked.freeform[0].isupper()


def test_nouns_name_their_masks_in_order(pictures):
    pattern = re.compile(r'(?:the )?(pallet|transporter|shelf|buffer)(?: \w+)? <mask>|<mask>')
    named = 0
    for frame, asked in all_asked(pictures):
        tokens = list(pattern.finditer(asked.text))
        assert len(tokens) == len(asked.things)
        for match, index in zip(tokens, asked.things, strict=True):
            if match[0].startswith('the ') and match[1]:
                named += 1
                assert frame.world.things[index].class_id == match[1], asked.text
    assert named > 100


def test_only_what_is_seen_well_is_asked_about(pictures):
    for picture in pictures:
        shares = coverage(picture.frame)
        for index in {i for asked in picture.questions for i in asked.things}:
            kind = picture.frame.world.things[index].class_id
            assert shares[index].visible >= MIN_VISIBLE[kind]
            assert shares[index].inside >= MIN_INSIDE[kind]


def test_some_of_it_is_partly_hidden_or_cut(pictures):
    shares = [
        coverage(picture.frame)[index]
        for picture in pictures
        for index in {i for asked in picture.questions for i in asked.things}
    ]
    assert any(share.visible < 0.8 * share.inside for share in shares)
    assert any(share.inside < 0.98 for share in shares)


def middle_px(frame: Frame, index: int) -> float:
    x0, _, x1, _ = frame.box_px(index)
    return (x0 + x1) / 2.0


def test_left_and_right_as_the_boxes_lie(pictures):
    for frame, asked in all_asked(pictures):
        if asked.category is Category.LEFT_RIGHT:
            # 'On which side of B is A' names B first: the sentence says who is who.
            order = [int(i) for i in re.findall(r'\[Region (\d)\]', asked.freeform)]
            a, b = (middle_px(frame, asked.things[i]) for i in order)
            assert asked.answer == ('left' if a < b else 'right')
            assert f'to the {asked.answer} of' in asked.freeform
            assert abs(a - b) >= 0.04 * frame.camera.width
        if asked.kind in ('leftmost', 'rightmost') and asked.category is Category.MCQ:
            places = [middle_px(frame, index) for index in asked.things]
            assert asked.answer == int(
                (np.argmin if asked.kind == 'leftmost' else np.argmax)(places)
            )


def test_choices_and_counts_as_the_world_lies(pictures):
    kinds = Counter()
    for frame, asked in all_asked(pictures):
        things = [frame.world.things[i] for i in asked.things]
        by_class = {
            c: [t for t in things if t.class_id == c] for c in ('pallet', 'buffer', 'transporter')
        }
        if asked.kind == 'pickup':
            (empty,) = (t for t in by_class['transporter'] if truth.is_empty(frame.world, t))
            chosen = things[asked.answer]
            free = [p for p in by_class['pallet'] if not p.carried_by]
            reach = {p.id: np.linalg.norm(np.subtract(p.centre, empty.centre)) for p in free}
            assert chosen.id == min(reach, key=reach.__getitem__)
        elif asked.kind in ('nearest', 'nearest_to_shelf'):
            assert things[asked.answer].class_id == 'buffer'
        elif asked.category is Category.COUNT:
            counts = [truth.count_inside(by_class['pallet'], b) for b in by_class['buffer']]
            assert asked.answer in counts
        elif asked.kind in ('pair', 'inside'):
            assert asked.answer == round(truth.true_distance_m(*things), 2)
        kinds[asked.kind] += 1
    assert {'pickup', 'nearest', 'inside', 'pair', 'leftmost', 'rightmost'} <= set(kinds)


def test_same_seed_same_questions(pictures):
    again = asked_frame(21, 3, size_px=(320, 240))
    assert again.questions == pictures[3].questions
    frame = pictures[0].frame
    one, two = (make_questions(frame, np.random.default_rng(5)) for _ in range(2))
    assert one == two
