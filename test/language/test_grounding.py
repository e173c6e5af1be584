# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: E501 - a row of a table is one line
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from smolrgpt_ros.language.answer import QuestionError, Reason
from smolrgpt_ros.language.grounding import bind
from smolrgpt_ros.language.parsing import parse


@dataclass(frozen=True)
class Thing:
    """A disc on a floor plan: x to the right, y away from the viewer at the origin, metres."""

    id: str
    class_id: str
    x: float
    y: float
    radius_m: float = 0.5


@dataclass(frozen=True)
class Plan:
    """A world whose every measurement follows from the plan."""

    things: tuple[Thing, ...]

    def ids(self) -> Sequence[str]:
        return [thing.id for thing in self.things]

    def class_ids(self) -> Sequence[str]:
        return [thing.class_id for thing in self.things]

    def centre_px(self, region: int) -> tuple[float, float]:
        thing = self.things[region]
        return 320.0 + 500.0 * thing.x / thing.y, 240.0

    def middle_px(self) -> float:
        return 320.0

    def distance_m(self, a: int, b: int) -> float:
        first, second = self.things[a], self.things[b]
        return math.hypot(first.x - second.x, first.y - second.y)

    def range_m(self, region: int) -> float:
        return math.hypot(self.things[region].x, self.things[region].y)

    def size_m(self, region: int) -> float:
        return 2.0 * self.things[region].radius_m

    def inside(self, a: int, b: int) -> bool:
        return a != b and self.distance_m(a, b) < self.things[b].radius_m

    def loaded(self, region: int) -> bool:
        return any(
            self.inside(other, region)
            for other, thing in enumerate(self.things)
            if thing.class_id == 'pallet'
        )


HALL = Plan((
    Thing('pallet_1', 'pallet', -3.0, 5.0),
    Thing('pallet_2', 'pallet', 0.0, 6.0, 0.7),
    Thing('pallet_3', 'pallet', 3.0, 9.0),
    Thing('buffer_1', 'buffer', -3.0, 5.2, 1.5),
    Thing('buffer_2', 'buffer', 4.0, 5.0, 1.5),
    Thing('transporter_1', 'forklift', 1.0, 4.0, 0.8),
    Thing('transporter_2', 'forklift', 3.0, 9.1, 0.8),
    Thing('rack_1', 'rack', -5.0, 10.0, 2.0),
    Thing('obj-17', 'cardboard box', 5.0, 7.0),
    Thing('person_1', 'person', 0.5, 3.0),
))  # fmt: skip


def bound_ids(text: str, plan: Plan = HALL, mask_regions: tuple[int, ...] = ()) -> list[str]:
    """Ids of each reference, joined by blanks; '-' for the viewer."""
    question = replace(parse(text, plan.ids(), plan.class_ids()), mask_regions=mask_regions)
    bound = bind(question, plan)
    return [' '.join(plan.ids()[i] for i in regions) or '-' for regions in bound.references]


@pytest.mark.parametrize(
    ('text', 'ids'),
    [
        ('is pallet_3 left of the person?', ['pallet_3', 'person_1']),
        ('is pallet_3 left of the worker?', ['pallet_3', 'person_1']),
        ('is pallet_3 left of the shelf?', ['pallet_3', 'rack_1']),
        ('is the box left of the rack?', ['obj-17', 'rack_1']),
        ('is the cardboard box left of the shelving?', ['obj-17', 'rack_1']),
        ('how far is the nearest pallet from me?', ['pallet_1', '-']),
        ('how far is the second nearest pallet from me?', ['pallet_2', '-']),
        ('how far is the furthest pallet from the leftmost buffer?', ['pallet_3', 'buffer_1']),
        ('how far is the empty forklift from the loaded forklift?',
         ['transporter_1', 'transporter_2']),
        ('how far is the pallet on transporter_2 from me?', ['pallet_3', '-']),
        ('how far is the pallet in buffer_1 from me?', ['pallet_1', '-']),
        ('how far is the nearest pallet from buffer_2?', ['pallet_2', 'buffer_2']),
        ('how far is the transporter carrying pallet_3 from me?', ['transporter_2', '-']),
        ('where is the middle pallet?', ['pallet_2']),
        ('where is the largest pallet?', ['pallet_2']),
        ('where is the pallet closest to the rack?', ['pallet_1']),
        ('where is the second pallet from the right?', ['pallet_2']),
        ('where is the object next to the person?', ['transporter_1']),
        ('how many pallets are in the leftmost buffer?', ['pallet_1 pallet_2 pallet_3', 'buffer_1']),
        ('how many pallets are left of the person?', ['pallet_1 pallet_2']),
        ('which of pallet_1 and pallet_3 is nearest?', ['pallet_1 pallet_3']),
        ('which pallet should the empty transporter pick up?',
         ['pallet_1 pallet_2 pallet_3', 'transporter_1 transporter_2']),
        ('which pallet is closest to the empty transporter?',
         ['pallet_1 pallet_2 pallet_3', 'transporter_1']),
        ('what is in buffer_1?', ['buffer_1', 'pallet_1']),
        ('which buffer is empty?', ['-', 'buffer_2']),
        ('where is #17', ['obj-17']),
        ('how far is the robot from pallet_1', ['-', 'pallet_1']),
        ('where is forklift 2', ['transporter_2']),
    ],
)  # fmt: skip
def test_words_find_their_objects(text: str, ids: list[str]) -> None:
    assert bound_ids(text) == ids


def test_region_numbers_are_mask_positions_where_masks_are_given() -> None:
    text = 'Given <mask> and <mask>, is region 0 left of region 1?'
    assert bound_ids(text, mask_regions=(4, 2)) == ['buffer_2', 'pallet_3']


@pytest.mark.parametrize(
    ('text', 'masks', 'ids'),
    [
        ('is the pallet <mask> left of the pallet <mask>?', (2, 0), ['pallet_3', 'pallet_1']),
        ('is the crate <mask> left of the thing <mask>?', (2, 0), ['pallet_3', 'pallet_1']),
        ('how far is the leftmost pallet from the rightmost pallet among the pallets <mask> <mask>?',
         (2, 1), ['pallet_2', 'pallet_3']),
        ('Given the buffers <mask> <mask> and pallets <mask>, how many pallets are in the right buffer?',
         (3, 4, 2), ['pallet_3', 'buffer_2']),
        ('Given the buffers <mask> <mask> and pallets <mask> <mask>, how many pallets are in the buffer closest to '
         'the shelf <mask>?', (3, 4, 0, 1, 7), ['pallet_1 pallet_2', 'buffer_1']),
    ],
)  # fmt: skip
def test_masks_mean_their_regions(text: str, masks: tuple[int, ...], ids: list[str]) -> None:
    assert bound_ids(text, mask_regions=masks) == ids


def failure_of(text: str, plan: Plan = HALL, mask_regions: tuple[int, ...] = ()):
    with pytest.raises(QuestionError) as error:
        bound_ids(text, plan, mask_regions)
    return error.value.failure


@pytest.mark.parametrize(
    ('text', 'reason', 'words', 'candidates'),
    [
        ('where is pallet_33?', Reason.UNKNOWN_OBJECT, 'did you mean pallet_3', {'pallet_3'}),
        ('where is the giraffe?', Reason.UNKNOWN_OBJECT, 'giraffe', {'pallet_1'}),
        ('where is the pallet?', Reason.AMBIGUOUS, 'leftmost', {'pallet_1', 'pallet_2', 'pallet_3'}),
        ('how far is the forklift from me?', Reason.AMBIGUOUS, 'transporter_2', {'transporter_1'}),
        ('where is the red pallet?', Reason.UNKNOWN_OBJECT, 'red pallet', set()),
        ('where is the fifth pallet from the left?', Reason.UNKNOWN_OBJECT, 'number 5 of 3', set()),
        ('where is the pallet in buffer_2?', Reason.UNKNOWN_OBJECT, 'buffer_2', set()),
        ('where is the middle buffer?', Reason.AMBIGUOUS, 'no middle', {'buffer_1', 'buffer_2'}),
        ('where is #2?', Reason.AMBIGUOUS, 'full id', {'pallet_2', 'buffer_2', 'transporter_2'}),
    ],
)  # fmt: skip
def test_failures_name_what_helps(
    text: str, reason: Reason, words: str, candidates: set[str]
) -> None:
    failure = failure_of(text)
    assert failure.reason is reason
    assert words in failure.message
    assert candidates <= set(failure.candidates)


def test_masks_without_object_ids_are_found_from_the_words_where_those_suffice() -> None:
    assert bound_ids('how far is the person <mask> from the rack <mask>?') == ['person_1', 'rack_1']
    failure = failure_of('how far is the pallet <mask> from the rack <mask>?')
    assert failure.reason is Reason.AMBIGUOUS
    assert 'object_ids' in failure.message
    assert 'object_ids' in failure_of('how far is <mask> from <mask>?').message


@pytest.mark.parametrize('regions', [(0,), (0, 1, 2)])
def test_too_few_or_many_object_ids_say_both_numbers(regions: tuple[int, ...]) -> None:
    failure = failure_of('how far is <mask> from <mask>?', mask_regions=regions)
    assert failure.reason is Reason.NOT_UNDERSTOOD
    assert '2 <mask>' in failure.message
    assert f'{len(regions)} object_ids' in failure.message


def test_a_mask_outside_the_scene_is_refused() -> None:
    failure = failure_of('how far is <mask> from <mask>?', mask_regions=(0, 99))
    assert '99' in failure.message


def test_nothing_detected_says_so() -> None:
    assert 'nothing is detected' in failure_of('where is the pallet?', Plan(())).message


def test_counting_what_is_not_there_is_no_failure() -> None:
    assert bound_ids('how many chairs are there?') == ['-']


def test_a_detected_robot_is_the_robot() -> None:
    plan = Plan((*HALL.things, Thing('amr_1', 'robot', 0.0, 8.0)))
    assert bound_ids('how far is the robot from pallet_1?', plan) == ['amr_1', 'pallet_1']


def test_a_class_word_may_be_the_id() -> None:
    plan = Plan((Thing('pallet', 'pallet', 0.0, 2.0), Thing('pallet_2', 'pallet', 1.0, 2.0)))
    assert bound_ids('where is the pallet?', plan) == ['pallet']


@pytest.mark.parametrize(
    ('text', 'ids'),
    [
        ('how far is 3 from 12?', ['3', '12']),
        ('is #3 left of object 12?', ['3', '12']),
        ('is pallet 3 left of the 1 person?', ['3', '5']),
        ('what is within 3 m of 12?', ['12']),
    ],
)
def test_ids_that_are_numbers(text: str, ids: list[str]) -> None:
    plan = Plan((
        Thing('3', 'pallet', 0.0, 5.0),
        Thing('12', 'pallet', 1.0, 5.0),
        Thing('5', 'person', 2.0, 5.0),
    ))  # fmt: skip
    assert bound_ids(text, plan) == ids


def test_what_stands_on_any_of_several_is_clear_where_only_one_carries() -> None:
    assert bound_ids('how far is the pallet on the forklift from me?') == ['pallet_3', '-']


def test_without_classes_the_ids_tell() -> None:
    plan = Plan(tuple(replace(thing, class_id='') for thing in HALL.things))
    assert bound_ids('how far is the person from the rack?', plan) == ['person_1', 'rack_1']
