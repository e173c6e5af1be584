# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Classes that only the questions' words know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smolrgpt_ros.language.question import Category, Question, Reference, Relation
from smolrgpt_ros.reasoning.hints import hinted
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.region import Region


def scene_of(*classes: str) -> Scene:
    return Scene(tuple(Region((0.0, 0.0, 9.0, 9.0), name) for name in classes), (10, 10))


def question_of(*references: Reference, regions: tuple[int, ...] = (0, 1)) -> Question:
    return Question('?', Category.DISTANCE, references, mask_count=2, mask_regions=regions)


BUFFER, PALLET = (
    Reference('b', class_id='buffer', masks=(0,)),
    Reference('p', class_id='pallet', masks=(1,)),
)


@pytest.mark.parametrize(
    ('classes', 'questions', 'expected'),
    [
        pytest.param(
            ('', ''), [question_of(BUFFER, PALLET)], ('buffer', 'pallet'), id='both named'
        ),
        pytest.param(
            ('', 'shelf'), [question_of(BUFFER, PALLET)], ('buffer', 'shelf'), id='detector first'
        ),
        pytest.param(('', ''), [], ('', ''), id='no question'),
        pytest.param(
            ('', ''), [question_of(Reference('one', masks=(0, 1)))], ('', ''), id='no class'
        ),
        pytest.param(
            ('', ''),
            [question_of(Reference('p', 'pallet', (1,), relation=Relation('in', BUFFER)))],
            ('buffer', 'pallet'),
            id='in a relation',
        ),
        pytest.param(
            ('', ''),
            [
                question_of(BUFFER),
                question_of(BUFFER),
                question_of(replace(BUFFER, class_id='pallet')),
            ],
            ('buffer', ''),
            id='majority',
        ),
        pytest.param(('', ''), [question_of(BUFFER, regions=())], ('', ''), id='unbound masks'),
        pytest.param(
            ('', ''),
            [question_of(BUFFER, regions=(7, -3))],
            ('', ''),
            id='region that is not there',
        ),
    ],
)
def test_words_fill_in_missing_classes(classes, questions, expected):
    for order in (questions, questions[::-1]):
        regions = hinted(scene_of(*classes), order).regions
        assert tuple(region.class_id for region in regions) == expected


def test_a_scene_with_classes_keeps_its_measurements():
    scene = scene_of('buffer', 'pallet')
    assert hinted(scene, [question_of(BUFFER, PALLET)]) is scene
