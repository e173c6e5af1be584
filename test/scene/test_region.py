# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Detections as they arrive: clipped, named, or refused with a sentence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.scene.region import Region, RegionError, tight_box_px, unique_ids

SIZE_PX = (640, 480)


@pytest.mark.parametrize(
    ('box', 'clipped'),
    [
        ((10, 20, 30, 40), (10, 20, 30, 40)),
        ((-5, -5, 30, 40), (0, 0, 30, 40)),
        ((600, 400, 700, 900), (600, 400, 640, 480)),
        ((0.25, 0.5, 0.75, 0.9), (0.25, 0.5, 0.75, 0.9)),
    ],
    ids=['inside', 'upper-left', 'lower-right', 'within-a-pixel'],
)
def test_boxes_are_clipped_to_the_picture(box, clipped):
    region = Region.from_box(box, SIZE_PX, class_id=' Pallet ')
    assert region.box_px == clipped
    assert region.class_id == 'pallet'
    x0, y0, x1, y1 = region.window_px()
    assert x1 > x0
    assert y1 > y0


@pytest.mark.parametrize(
    ('box', 'more', 'words'),
    [
        pytest.param((math.nan, 0, 1, 1), {}, 'finite', id='nan'),
        pytest.param((0, 0, math.inf, 1), {}, 'finite', id='inf'),
        pytest.param((10, 10, 10, 20), {}, 'empty', id='empty'),
        pytest.param((20, 10, 10, 20), {}, 'turned round', id='turned-round'),
        pytest.param((700, 10, 800, 20), {}, 'outside of the picture of 640x480', id='outside'),
        pytest.param((-50, 10, -1, 20), {}, 'outside', id='left-of-it'),
        pytest.param((0, 0, 1), {}, '3 numbers', id='three-numbers'),
        pytest.param((0, 0, 9, 9), {'score': math.nan}, 'score', id='nan-score'),
        pytest.param((0, 0, 9, 9), {'score': 1.5}, '1.5', id='score-above-one'),
        pytest.param(
            (0, 0, 9, 9), {'mask': np.ones((9, 9))}, r'\(9, 9\)', id='mask-of-another-size'
        ),
    ],
)
def test_what_marks_nothing_is_refused_by_name(box, more, words):
    with pytest.raises(RegionError, match=words) as caught:
        Region.from_box(box, SIZE_PX, id='pallet_7', **more)
    assert 'pallet_7' in str(caught.value)


def test_masks_have_tight_boxes():
    mask = np.zeros((480, 640), bool)
    mask[100:150, 30:90] = True
    region = Region.from_mask(mask, class_id='pallet')
    assert region.box_px == (30.0, 100.0, 90.0, 150.0)


@pytest.mark.parametrize('mask', [np.zeros((4, 4), bool), np.zeros(4, bool)], ids=['empty', 'flat'])
def test_masks_that_mark_nothing_are_refused(mask):
    with pytest.raises(RegionError):
        tight_box_px(mask)


def test_ids_are_made_unique_and_given_ones_kept():
    ids = ['a', '', 'a', 'pallet_1', '']
    classes = ['pallet', 'pallet', 'pallet', 'pallet', '']
    assert unique_ids(ids, classes) == ['a', 'pallet_2', 'a_2', 'pallet_1', 'object_1']


@given(
    st.lists(
        st.tuples(st.sampled_from(['', 'a', 'a_2', 'b', 'b_1']), st.sampled_from(['', 'a', 'b'])),
        max_size=30,
    )
)
def test_ids_are_always_unique(pairs):
    ids = unique_ids([one for one, _ in pairs], [other for _, other in pairs])
    assert len(set(ids)) == len(ids)
    assert all(ids)
