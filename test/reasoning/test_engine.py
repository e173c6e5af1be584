# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The engine as a whole: batches, deadlines, failures, laziness, symmetry."""

from __future__ import annotations

import gc
import logging
import pickle
import weakref
from dataclasses import replace

import numpy as np
import pytest
from known_hall import ask, every, without_depth

from smolrgpt_ros.language.answer import Answer, Failure, Reason
from smolrgpt_ros.language.question import Category, Reference
from smolrgpt_ros.reasoning import geometric
from smolrgpt_ros.reasoning.geometric import GeometricEngine
from smolrgpt_ros.scene import geometry
from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.warehouse.render import as_scene

BATCH = [
    ask(Category.LEFT_RIGHT, 'pallet_1', 'pallet_3'),
    ask(Category.MCQ, every('pallet'), every('transporter'), choice='pickup'),
    ask(Category.MCQ, every('pallet'), 'me', choice='nearest'),
    ask(Category.DISTANCE, 'pallet_1', 'pallet_3'),
    ask(Category.DISTANCE, 'pallet_1', 'buffer_1'),
    ask(Category.COUNT, every('pallet'), 'buffer_1'),
    ask(Category.WHERE, 'transporter_1'),
    ask(Category.BETWEEN, 'buffer_1', 'transporter_1'),
    ask(Category.ROOM, 'pallet_4', side='left', width_m=1.0),
    ask(Category.WITHIN, 'pallet_4', radius_m=3.0),
    ask(Category.MCQ, every('pallet'), choice='prettiest'),
]


def test_batch_equals_single(engine, scene):
    together = engine.answer(replace(scene), BATCH)
    alone = [engine.answer(replace(scene), [question])[0] for question in BATCH]
    assert list(map(repr, together)) == list(map(repr, alone))


def test_what_a_scene_keeps_changes_no_answer(engine, scene):
    kept = replace(scene)
    changes = {'target_frame': 'map', 'target_from_camera': Pose(np.eye(3), np.ones(3))}
    for asked, further in ((kept, {}), (kept.twin(**changes), changes), (kept, {})):
        for question in [*BATCH, *BATCH[::-1]]:
            [afresh] = engine.answer(replace(scene, **further), [question])
            assert repr(engine.answer(asked, [question])) == repr([afresh])


def test_a_scene_goes_with_all_that_it_keeps(engine, scene):
    kept = replace(scene)
    engine.answer(kept, BATCH)
    gone = weakref.ref(kept)
    gc.disable()
    try:
        del kept
        assert gone() is None
    finally:
        gc.enable()


def test_order_does_not_matter(engine, scene):
    forwards = engine.answer(scene, BATCH)
    backwards = engine.answer(replace(scene), BATCH[::-1])[::-1]
    assert list(map(repr, forwards)) == list(map(repr, backwards))


def test_no_question_no_answer(engine, scene):
    assert engine.answer(scene, []) == []


def test_answers_name_their_engine(engine, scene):
    answers = [outcome for outcome in engine.answer(scene, BATCH) if isinstance(outcome, Answer)]
    assert len(answers) == len(BATCH) - 1
    assert {answer.engine for answer in answers} == {'geometric'}
    for answer in answers:
        assert len(answer.regions) == len(answer.question_positions) == len(set(answer.regions))
        assert 0.0 <= answer.confidence <= 1.0


def test_one_failure_never_costs_the_others(engine, scene, monkeypatch, caplog):
    def broken(asked):
        raise RuntimeError('out of cheese')

    monkeypatch.setattr(geometric, 'ANSWERERS', {**geometric.ANSWERERS, Category.COUNT: broken})
    with caplog.at_level(logging.ERROR):
        outcomes = engine.answer(scene, BATCH)
    failed = outcomes[5]
    assert isinstance(failed, Failure)
    assert failed.reason is Reason.ENGINE_FAILED
    assert 'out of cheese' in failed.message
    assert 'Traceback' in caplog.text
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == len(BATCH) - 2


def test_deadline_is_kept_between_questions(engine, scene):
    outcomes = engine.answer(scene, BATCH, deadline_s=0.0)
    assert [outcome.reason for outcome in outcomes] == [Reason.TIMEOUT] * len(BATCH)
    assert '0 of 11' in outcomes[0].message


def test_no_deadline_answers_all(engine, scene):
    assert all(
        getattr(outcome, 'reason', None) is not Reason.TIMEOUT
        for outcome in engine.answer(scene, BATCH, deadline_s=60.0)
    )


def test_left_and_right_touch_no_depth(engine, scene):
    class Untouchable:
        def __getattr__(self, name):
            raise AssertionError(f'depth was asked for {name}')

    seen = replace(scene, depth=Untouchable())
    (outcome,) = engine.answer(seen, BATCH[:1])
    assert isinstance(outcome, Answer), outcome


def test_each_region_is_measured_once_however_often_and_for_whatever_frame(
    engine, hall, monkeypatch
):
    measured = []
    measure = geometry.Measurements._measure

    def counted(self, region, *rest):
        measured.append(region.id if hasattr(region, 'id') else region)
        return measure(self, region, *rest)

    monkeypatch.setattr(geometry.Measurements, '_measure', counted)
    seen = as_scene(hall)
    elsewhere = seen.twin(target_frame='map', target_from_camera=Pose(np.eye(3), np.ones(3)))
    engine.answer(seen, BATCH)
    for question in BATCH:
        engine.answer(seen, [question])
        engine.answer(elsewhere, [question])
    assert measured
    assert len(measured) == len(set(measured))


def test_classes_from_words_reach_the_measurement(engine, scene):
    unnamed = replace(scene, regions=tuple(replace(r, class_id='') for r in scene.regions))
    ids = [region.id for region in scene.regions]
    question = ask(
        Category.DISTANCE,
        Reference('the pallet', 'pallet', (0,)),
        Reference('the buffer zone', 'buffer', (1,)),
        mask_count=2,
        mask_regions=(ids.index('pallet_3'), ids.index('buffer_2')),
    )
    (outcome,) = engine.answer(unnamed, [question])
    assert outcome.normalized == 0.0
    assert outcome.question_positions == (0, 1)


def mirrored(scene: Scene) -> Scene:
    width, _ = scene.size_px
    camera = scene.camera
    regions = tuple(
        replace(
            region,
            box_px=(
                width - region.box_px[2],
                region.box_px[1],
                width - region.box_px[0],
                region.box_px[3],
            ),
            mask=None if region.mask is None else region.mask[:, ::-1],
        )
        for region in scene.regions
    )
    return replace(
        scene,
        regions=regions,
        depth=DepthImage(scene.depth.raw[:, ::-1], scene.depth.metres_per_unit),
        camera=Camera(
            camera.width,
            camera.height,
            camera.fx,
            camera.fy,
            camera.width - 1 - camera.cx,
            camera.cy,
        ),
    )


@pytest.mark.parametrize('question', BATCH[:6], ids=lambda q: f'{q.category.value} {q.choice}')
def test_a_mirrored_picture_swaps_left_and_right_only(engine, scene, question):
    one, other = engine.answer(scene, [question])[0], engine.answer(mirrored(scene), [question])[0]
    if question.category is Category.LEFT_RIGHT:
        assert {one.normalized, other.normalized} == {'left', 'right'}
    elif question.category is Category.DISTANCE:
        assert one.value == pytest.approx(other.value, abs=0.05)
    else:
        assert one.normalized == other.normalized


@pytest.mark.parametrize(('one', 'other'), [('leftmost', 'rightmost'), ('middle', 'middle')])
def test_a_mirrored_picture_swaps_the_extremes(engine, scene, one, other):
    straight = engine.answer(scene, [ask(Category.MCQ, every('pallet'), choice=one)])[0]
    turned = engine.answer(mirrored(scene), [ask(Category.MCQ, every('pallet'), choice=other)])[0]
    assert straight.normalized == turned.normalized


def test_distance_is_symmetric(engine, scene):
    ids = [region.id for region in scene.regions]
    pairs = [(a, b) for a in ids for b in ids if a < b]
    forwards = engine.answer(scene, [ask(Category.DISTANCE, a, b) for a, b in pairs])
    backwards = engine.answer(scene, [ask(Category.DISTANCE, b, a) for a, b in pairs])
    for one, other in zip(forwards, backwards, strict=True):
        assert (one.value, one.stddev, one.confidence) == pytest.approx(
            (other.value, other.stddev, other.confidence)
        )


def test_a_region_without_depth_fails_alone(engine, scene):
    raw = scene.depth.raw.copy()
    raw[next(r for r in scene.regions if r.id == 'pallet_1').mask] = 0
    seen = replace(scene, depth=DepthImage(raw, 0.001))
    broken, fine, count, nearest = engine.answer(
        seen,
        [
            ask(Category.DISTANCE, 'pallet_1', 'pallet_3'),
            ask(Category.DISTANCE, 'pallet_2', 'pallet_3'),
            ask(Category.COUNT, every('pallet'), 'buffer_1'),
            ask(Category.MCQ, every('pallet'), 'me', choice='furthest'),
        ],
    )
    assert isinstance(broken, Failure)
    assert broken.reason is Reason.NO_DEPTH
    assert 'pallet_1' in broken.message
    assert isinstance(fine, Answer)
    assert count.normalized == 1
    assert 'pallet_1 has no usable depth' in count.text
    assert count.confidence <= 0.5
    assert nearest.normalized == 'pallet_5'
    assert nearest.confidence <= 0.5


@pytest.mark.parametrize(
    'raw',
    [
        pytest.param(np.zeros((480, 640), np.uint16), id='all zero'),
        pytest.param(np.full((480, 640), np.nan, np.float32), id='all NaN'),
    ],
)
def test_blind_depth_is_no_depth(engine, scene, raw):
    seen = replace(scene, depth=DepthImage(raw, 1.0))
    outcomes = engine.answer(seen, BATCH)
    reasons = {outcome.reason for outcome in outcomes if isinstance(outcome, Failure)}
    assert reasons <= {Reason.NO_DEPTH, Reason.NOT_UNDERSTOOD, Reason.UNKNOWN_OBJECT}
    assert isinstance(outcomes[0], Answer)


def test_it_can_be_sent_to_another_process(scene):
    engine = pickle.loads(pickle.dumps(GeometricEngine()))
    assert engine.answer(scene, BATCH[:1])[0].normalized == 'left'
    engine.close()


def test_unmetred_picture_still_has_sides(engine, scene):
    outcomes = engine.answer(without_depth(scene), BATCH)
    assert isinstance(outcomes[0], Answer)
    assert isinstance(outcomes[3], Failure)
