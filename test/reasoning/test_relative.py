# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Answers from relative 8-bit depth alone: no metres, no intrinsics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from known_hall import ask, every

from smolrgpt_ros.language.answer import Answer, Failure, Reason
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.reasoning.geometric import GeometricEngine
from smolrgpt_ros.reasoning.relative import world_up_to_scale

MCQ, COUNT, DISTANCE = Category.MCQ, Category.COUNT, Category.DISTANCE


@pytest.fixture(scope='module')
def relative(scene):
    """The hall as the benchmark gives it."""
    return replace(scene, depth=None, camera=None)


@pytest.mark.parametrize(
    ('question', 'expected'),
    [
        pytest.param(
            ask(MCQ, every('pallet'), 'transporter_1', choice='nearest'), 'pallet_4', id='nearest'
        ),
        pytest.param(
            ask(MCQ, every('pallet'), every('transporter'), choice='pickup'),
            'pallet_4',
            id='pickup',
        ),
        pytest.param(ask(COUNT, every('pallet'), 'buffer_1'), 2, id='count'),
        pytest.param(ask(DISTANCE, 'pallet_3', 'buffer_2'), 0.0, id='inside is 0 in any unit'),
        pytest.param(ask(Category.BETWEEN, 'buffer_1', 'transporter_1'), 'pallet_4', id='between'),
    ],
)
def test_what_needs_no_metres_is_answered(engine, relative, question, expected):
    (answer,) = engine.answer(relative, [question])
    assert isinstance(answer, Answer), answer
    assert answer.normalized == expected
    assert 'Depth is relative' in answer.text
    # No length is told that nobody knows.
    assert ' m)' not in answer.text


def test_metres_are_refused(engine, relative):
    (failure,) = engine.answer(relative, [ask(DISTANCE, 'pallet_1', 'pallet_3')])
    assert isinstance(failure, Failure)
    assert failure.reason is Reason.NO_DEPTH
    assert 'relative' in failure.message


@pytest.mark.parametrize(('a', 'b'), [('pallet_1', 'pallet_3'), ('pallet_4', 'transporter_1')])
def test_known_pallets_give_the_scale(hall, relative, a, b):
    (answer,) = GeometricEngine(pallet_length_m=1.2).answer(relative, [ask(DISTANCE, a, b)])
    centres = [hall.centre_camera(hall.world.thing(i)) for i in (a, b)]
    assert answer.value == pytest.approx(np.linalg.norm(centres[0] - centres[1]), rel=0.1)
    assert 'pallets 1.2 m long' in answer.text
    # The pallets' spread and the shape's error are told.
    assert answer.stddev > 0.02 * answer.value


@pytest.mark.parametrize('length', [0.0, -1.2, 1200.0])
def test_a_pallet_length_is_in_metres(length):
    with pytest.raises(ValueError, match='expected metres'):
        GeometricEngine(pallet_length_m=length)


@pytest.mark.parametrize(
    'levels',
    [
        pytest.param(np.zeros((480, 640), np.uint8), id='black'),
        pytest.param(np.full((480, 640), 128, np.uint8), id='one grey'),
        pytest.param(
            np.random.default_rng(3).integers(0, 256, (480, 640)).astype(np.uint8), id='noise'
        ),
    ],
)
def test_a_picture_that_tells_no_shape_is_refused(engine, relative, levels):
    seen = replace(relative, relative_depth=levels)
    assert world_up_to_scale(seen) is None
    (failure,) = engine.answer(seen, [ask(COUNT, every('pallet'), 'buffer_1')])
    assert isinstance(failure, Failure)
    assert failure.reason is Reason.NO_DEPTH


def test_metric_depth_is_never_replaced(scene):
    assert world_up_to_scale(scene) is None
