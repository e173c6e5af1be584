# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Every kind of question on a hall with known answers: masks, boxes, without metres."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from known_hall import ask, every, thing, without_depth

from smolrgpt_ros.language.answer import Answer, Failure, Reason
from smolrgpt_ros.language.question import Category, Reference, Relation
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.geometric import GeometricEngine
from smolrgpt_ros.reasoning.within import answer_within
from smolrgpt_ros.reasoning.world import SceneWorld
from smolrgpt_ros.warehouse.render import as_scene

LR, MCQ, DISTANCE, COUNT = Category.LEFT_RIGHT, Category.MCQ, Category.DISTANCE, Category.COUNT
WHERE, BETWEEN, WITHIN = Category.WHERE, Category.BETWEEN, Category.WITHIN


def answer_one(engine: GeometricEngine, scene, question) -> Answer:
    (outcome,) = engine.answer(scene, [question])
    assert isinstance(outcome, Answer), outcome
    return outcome


def failure_of(engine: GeometricEngine, scene, question) -> Failure:
    (outcome,) = engine.answer(scene, [question])
    assert isinstance(outcome, Failure), outcome
    return outcome


def names(scene, answer: Answer) -> list[str]:
    return [scene.regions[region].id for region in answer.regions]


@pytest.mark.parametrize(
    ('subject', 'landmark', 'expected'),
    [
        pytest.param('pallet_1', 'pallet_3', 'left', id='pallets'),
        pytest.param('pallet_3', 'pallet_1', 'right', id='swapped'),
        pytest.param('buffer_2', 'transporter_2', 'right', id='area and thing'),
        pytest.param('pallet_1', 'me', 'left', id='of me'),
    ],
)
@pytest.mark.parametrize('metric', [True, False], ids=['depth', 'no depth'])
def test_left_and_right_need_no_depth(engine, scene, subject, landmark, expected, metric):
    seen = scene if metric else without_depth(scene)
    answer = answer_one(engine, seen, ask(LR, subject, landmark))
    assert answer.normalized == expected
    assert names(scene, answer)[0] == subject
    assert expected in answer.text
    assert subject in answer.text
    assert answer.confidence > 0.99
    assert math.isnan(answer.value)


@pytest.mark.parametrize(
    ('choice', 'references', 'expected'),
    [
        pytest.param('leftmost', ('pallet',), 'pallet_1', id='leftmost'),
        pytest.param('rightmost', ('pallet',), 'pallet_3', id='rightmost'),
        pytest.param('middle', ('pallet',), 'pallet_2', id='middle'),
        pytest.param('nearest', ('transporter', 'me'), 'transporter_1', id='nearest to me'),
        pytest.param('furthest', ('pallet', 'me'), 'pallet_5', id='furthest from me'),
        pytest.param('nearest', ('buffer', 'transporter_1'), 'buffer_2', id='nearest area'),
        pytest.param('nearest', ('pallet', 'transporter_1'), 'pallet_4', id='nearest thing'),
        pytest.param('largest', ('pallet',), 'pallet_3', id='largest'),
        pytest.param('pickup', ('pallet', 'transporter'), 'pallet_4', id='pickup by the empty one'),
        pytest.param('pickup', ('pallet', 'transporter_1'), 'pallet_4', id='pickup by a given one'),
        pytest.param('pickup', ('pallet',), 'pallet_4', id='pickup by whoever is there'),
    ],
)
def test_choices(engine, scene, choice, references, expected):
    bound = [every(references[0]), *(every(r) if r == 'transporter' else r for r in references[1:])]
    answer = answer_one(engine, scene, ask(MCQ, *bound, choice=choice))
    assert answer.normalized == expected
    assert names(scene, answer)[0] == expected
    assert 0.0 < answer.confidence <= 1.0


def test_choice_by_masks_is_their_index(engine, scene):
    pallets = [i for i, region in enumerate(scene.regions) if region.class_id == 'pallet'][::-1]
    question = ask(
        MCQ,
        Reference('pallets', 'pallet', tuple(range(len(pallets))), plural=True),
        choice='leftmost',
        mask_count=len(pallets),
        mask_regions=tuple(pallets),
    )
    answer = answer_one(engine, scene, question)
    leftmost = [region.id for region in scene.regions].index('pallet_1')
    assert answer.normalized == pallets.index(leftmost) == answer.value
    assert answer.question_positions == (answer.normalized,)


@pytest.mark.parametrize(
    ('a', 'b'),
    [
        ('pallet_1', 'pallet_3'),
        ('pallet_4', 'transporter_1'),
        ('buffer_1', 'buffer_2'),
        ('pallet_4', 'buffer_2'),
        ('pallet_2', 'me'),
    ],
)
@pytest.mark.parametrize('masks', [True, False], ids=['masks', 'boxes'])
def test_distances_are_those_of_the_true_centres(engine, hall, a, b, masks):
    scene = as_scene(hall, masks=masks)
    centres = [
        np.zeros(3) if i == 'me' else hall.centre_camera(hall.world.thing(i)) for i in (a, b)
    ]
    true_m = float(np.linalg.norm(centres[0] - centres[1]))
    answer = answer_one(engine, scene, ask(DISTANCE, a, b))
    assert answer.value == pytest.approx(true_m, rel=0.03 if masks else 0.1)
    assert answer.normalized == pytest.approx(answer.value, abs=6e-4)
    assert answer.unit == 'm'
    assert answer.stddev > 0.0


@pytest.mark.parametrize('order', [1, -1], ids=['pallet first', 'buffer first'])
def test_inside_its_buffer_is_exactly_zero(engine, scene, order):
    answer = answer_one(engine, scene, ask(DISTANCE, *('pallet_3', 'buffer_2')[::order]))
    assert answer.normalized == 0.0
    assert answer.stddev == 0.0
    assert 'inside' in answer.text
    assert answer.confidence > 0.95


@pytest.mark.parametrize(
    ('area', 'expected'), [('buffer_1', ['pallet_1', 'pallet_2']), ('buffer_2', ['pallet_3'])]
)
@pytest.mark.parametrize('masks', [True, False], ids=['masks', 'boxes'])
def test_counts(engine, hall, area, expected, masks):
    scene = as_scene(hall, masks=masks)
    answer = answer_one(engine, scene, ask(COUNT, every('pallet'), area))
    assert answer.normalized == len(expected)
    assert names(scene, answer) == [*expected, area]


def test_a_pallet_detected_twice_counts_once(engine, hall):
    scene = as_scene(hall, masks=False)
    first = next(region for region in scene.regions if region.id == 'pallet_1')
    x0, y0, x1, y1 = first.box_px
    again = replace(first, id='pallet_99', score=0.4, box_px=(x0 + 3.0, y0 + 2.0, x1 + 2.0, y1))
    doubled = replace(scene, regions=(again, *scene.regions))
    answer = answer_one(engine, doubled, ask(COUNT, every('pallet'), 'buffer_1'))
    assert answer.normalized == 2
    assert names(doubled, answer) == ['pallet_1', 'pallet_2', 'buffer_1']


def test_count_does_not_depend_on_the_order_of_regions(engine, scene):
    turned = replace(scene, regions=scene.regions[::-1])
    question = ask(COUNT, every('pallet'), 'buffer_1')
    one, other = answer_one(engine, scene, question), answer_one(engine, turned, question)
    assert one.normalized == other.normalized
    assert sorted(names(scene, one)) == sorted(names(turned, other))


def test_count_of_all_in_view(engine, scene):
    assert answer_one(engine, scene, ask(COUNT, every('transporter'))).normalized == 2


def test_where_in_the_camera_frame(engine, scene, hall):
    answer = answer_one(engine, scene, ask(WHERE, 'pallet_4'))
    true = hall.centre_camera(hall.world.thing('pallet_4'))
    assert [float(v) for v in answer.normalized.split()] == pytest.approx(true.tolist(), abs=0.1)
    # The camera stands at (1.5, 7) and looks along +x.
    assert re.search(r'7\.[3-6] m ahead', answer.text)
    assert scene.frame_id in answer.text


def test_where_in_the_map(engine, hall):
    scene = as_scene(hall, in_world=True)
    answer = answer_one(engine, scene, ask(WHERE, 'pallet_1'))
    true = hall.world.thing('pallet_1').centre
    assert [float(v) for v in answer.normalized.split()] == pytest.approx(list(true), abs=0.1)
    assert '3.8 m ahead and 3.0 m to the left' in answer.text
    assert ' in map.' in answer.text


def test_where_ahead_means_the_robots_x(engine, hall):
    scene = replace(as_scene(hall, in_world=True), target_frame='robot1/base_link')
    answer = answer_one(engine, scene, ask(WHERE, 'pallet_1'))
    assert '5.3 m ahead and 10.0 m to the left' in answer.text


@pytest.mark.parametrize(
    ('a', 'b', 'expected'),
    [
        pytest.param('pallet_1', 'pallet_3', '', id='nothing'),
        pytest.param('buffer_1', 'transporter_1', 'pallet_4', id='one'),
        pytest.param('me', 'pallet_4', '', id='free way'),
        pytest.param('me', 'pallet_5', 'pallet_2 transporter_2', id='from me'),
    ],
)
def test_between(engine, scene, a, b, expected):
    answer = answer_one(engine, scene, ask(BETWEEN, a, b))
    assert answer.normalized == expected
    assert answer.value == len(expected.split())
    assert a.replace('me', 'you') in answer.text


def test_between_mirrors(engine, scene):
    one = answer_one(engine, scene, ask(BETWEEN, 'buffer_1', 'transporter_1'))
    other = answer_one(engine, scene, ask(BETWEEN, 'transporter_1', 'buffer_1'))
    assert set(one.normalized.split()) == set(other.normalized.split())


@pytest.mark.parametrize(
    ('centre', 'radius_m', 'what', 'expected'),
    [
        pytest.param('pallet_4', 2.5, None, {'transporter_1'}, id='all classes'),
        pytest.param('pallet_4', 0.2, None, set(), id='nothing'),
        pytest.param('transporter_2', 1.5, 'pallet', {'pallet_5'}, id='its load'),
        pytest.param('pallet_3', 0.5, None, {'buffer_2'}, id='the area it is in'),
        pytest.param('me', 8.0, 'pallet', {'pallet_1', 'pallet_2', 'pallet_3'}, id='me'),
    ],
)
def test_within(engine, scene, centre, radius_m, what, expected):
    references = [centre] if what is None else [centre, every(what)]
    answer = answer_one(engine, scene, ask(WITHIN, *references, radius_m=radius_m))
    assert set(answer.normalized.split()) == expected
    assert answer.value == len(expected)


@pytest.mark.parametrize(
    'question',
    [
        pytest.param(ask(DISTANCE, 'pallet_1', 'pallet_3'), id='distance'),
        pytest.param(ask(WHERE, 'pallet_1'), id='where'),
        pytest.param(ask(Category.ROOM, 'pallet_4', width_m=1.0), id='room'),
        pytest.param(ask(WITHIN, 'pallet_4', radius_m=2.0), id='within'),
    ],
)
def test_without_metres_the_reason_is_a_sentence(engine, scene, question):
    failure = failure_of(engine, without_depth(scene), question)
    assert failure.reason is Reason.NO_DEPTH
    assert '8 bit' in failure.message
    assert len(failure.message.split()) > 8


@pytest.mark.parametrize(
    ('question', 'reason'),
    [
        pytest.param(
            ask(MCQ, every('pallet'), choice='prettiest'), Reason.NOT_UNDERSTOOD, id='choice'
        ),
        pytest.param(
            ask(
                MCQ,
                every('pallet'),
                replace(thing('transporter_2'), attribute='empty'),
                choice='pickup',
            ),
            Reason.UNKNOWN_OBJECT,
            id='the empty one is loaded',
        ),
        pytest.param(ask(DISTANCE, 'me', 'me'), Reason.NOT_UNDERSTOOD, id='me to me'),
        pytest.param(
            ask(BETWEEN, 'pallet_1', 'pallet_1'), Reason.NOT_UNDERSTOOD, id='between itself'
        ),
        pytest.param(
            ask(Category.ROOM, 'pallet_1', side='above'), Reason.NOT_UNDERSTOOD, id='side'
        ),
    ],
)
def test_what_cannot_be_answered_says_why(engine, scene, question, reason):
    failure = failure_of(engine, scene, question)
    assert failure.reason is reason
    assert len(failure.message.split()) > 5


@pytest.mark.parametrize(
    ('kind', 'other', 'found', 'words'),
    [
        pytest.param('left_of', 'pallet_2', ['pallet_1'], 'to the left of pallet_2', id='left'),
        pytest.param('in', 'buffer_1', ['pallet_1', 'pallet_2'], 'in buffer_1', id='in'),
        pytest.param('on', 'transporter_2', ['pallet_5'], 'on transporter_2', id='on'),
        pytest.param('on', 'transporter_1', [], 'No pallet is on transporter_1', id='nothing'),
    ],
)
def test_relations(scene, kind, other, found, words):
    ids = [region.id for region in scene.regions]
    wanted = replace(every('pallet'), relation=Relation(kind, thing(other)))
    question = ask(WITHIN, other, wanted, radius_m=math.inf)
    bound = ((ids.index(other),), tuple(ids.index(i) for i in found))
    answer = answer_within(Asked(question, SceneWorld(scene), bound))
    assert answer.normalized == ' '.join(found)
    assert words in answer.text
    assert answer.confidence > 0.9


def test_count_on_a_transporter(engine, scene):
    answer = answer_one(engine, scene, ask(COUNT, every('pallet'), 'transporter_2'))
    assert answer.normalized == 1
    assert '1 pallet is on transporter_2: pallet_5' in answer.text


def test_an_area_without_a_class_is_known_by_being_flat(engine, scene):
    unnamed = replace(
        scene,
        regions=tuple(
            replace(r, class_id='' if r.class_id == 'buffer' else r.class_id) for r in scene.regions
        ),
    )
    answer = answer_one(engine, unnamed, ask(DISTANCE, 'pallet_3', 'buffer_2'))
    assert answer.normalized == 0.0


def test_a_loaded_transporter_asked_about_by_name_is_told_to_be_so(engine, scene):
    answer = answer_one(engine, scene, ask(MCQ, every('pallet'), 'transporter_2', choice='pickup'))
    assert answer.normalized == 'pallet_4'
    assert 'transporter_2 seems to carry a pallet already' in answer.text
    assert answer.confidence < 0.2
