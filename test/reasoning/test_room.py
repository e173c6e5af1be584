# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Free floor beside a thing, against the true hall."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from known_hall import ask

from smolrgpt_ros.language.answer import Answer, Failure, Reason
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.scene.depth import DepthImage


def room(engine, scene, thing_id, side, width_m=1.0):
    (outcome,) = engine.answer(scene, [ask(Category.ROOM, thing_id, side=side, width_m=width_m)])
    return outcome


@pytest.mark.parametrize(
    ('thing_id', 'side', 'width_m', 'expected'),
    [
        pytest.param('pallet_4', 'left', 1.0, 'yes', id='open floor'),
        pytest.param('pallet_4', 'front', 1.5, 'yes', id='open floor in front'),
        pytest.param('pallet_3', 'left', 1.5, 'yes', id='painted lines are no obstacle'),
        pytest.param('pallet_2', 'left', 3.0, 'no', id='another pallet'),
    ],
)
def test_room(engine, scene, thing_id, side, width_m, expected):
    outcome = room(engine, scene, thing_id, side, width_m)
    assert isinstance(outcome, Answer), outcome
    assert outcome.normalized == expected
    assert (outcome.value >= width_m) == (expected == 'yes')
    assert thing_id in outcome.text
    assert outcome.stddev > 0.0


def test_an_obstacle_without_a_detection_counts(engine, scene):
    seen = replace(scene, regions=tuple(r for r in scene.regions if r.id != 'pallet_1'))
    assert room(engine, seen, 'pallet_2', 'left', 3.0).normalized == 'no'


def test_hidden_floor_is_not_called_free(engine, scene):
    """Without the samples around the pallet nothing is known about the floor there."""
    region = next(r for r in scene.regions if r.id == 'pallet_4')
    raw = scene.depth.raw.copy()
    x0, _y0, x1, _y1 = (int(v) for v in region.box_px)
    around = np.ones(raw.shape, bool)
    around[:, : x0 - 60] = around[:, x1 + 60 :] = False
    around &= ~region.mask
    raw[around] = 0
    outcome = room(engine, replace(scene, depth=DepthImage(raw, 0.001)), 'pallet_4', 'left')
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.NO_DEPTH
    assert 'cannot be seen' in outcome.message


def test_the_floor_behind_a_high_thing_is_unknown(engine, scene):
    outcome = room(engine, scene, 'pallet_1', 'behind')
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.NO_DEPTH


def test_partly_hidden_floor_is_doubted(engine, scene):
    region = next(r for r in scene.regions if r.id == 'pallet_4')
    raw = scene.depth.raw.copy()
    raw[:, : int(region.box_px[0]) - 30] = 0
    outcome = room(engine, replace(scene, depth=DepthImage(raw, 0.001)), 'pallet_4', 'left', 2.0)
    assert outcome.normalized == 'no'
    assert outcome.confidence == 0.5
    assert 'cannot be confirmed' in outcome.text
    assert 0.1 < outcome.value < 2.0


def test_any_side_takes_the_best(engine, scene):
    outcome = room(engine, scene, 'pallet_2', '', 1.0)
    assert outcome.normalized == 'yes'


def test_without_a_width_it_says_how_much(engine, scene):
    (outcome,) = engine.answer(scene, [ask(Category.ROOM, 'pallet_4', side='left')])
    assert outcome.normalized == 'yes'
    assert outcome.value > 1.0


def test_a_thing_cut_by_the_picture_is_doubted(engine, scene):
    """Its edges are guessed from what is seen of it."""
    region = next(r for r in scene.regions if r.id == 'pallet_4')
    width = int(region.box_px[2]) - 10
    cut = replace(region, box_px=(*region.box_px[:2], float(width), region.box_px[3]))
    cut = replace(cut, mask=region.mask[:, :width])
    others = tuple(
        replace(r, mask=r.mask[:, :width]) for r in scene.regions if r.box_px[2] <= width - 10
    )
    seen = replace(
        scene,
        regions=(cut, *others),
        size_px=(width, scene.size_px[1]),
        depth=DepthImage(scene.depth.raw[:, :width], 0.001),
        camera=replace(scene.camera, width=width),
    )
    outcome = room(engine, seen, 'pallet_4', 'left')
    assert 'partly in view' in outcome.text
    assert outcome.confidence <= 0.5
