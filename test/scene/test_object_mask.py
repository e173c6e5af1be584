# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An object's pixels inside its box: nearer to the true ones than the box, whatever the depth."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.object_mask import object_mask
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.warehouse.noise import noisy_detections, with_noise
from smolrgpt_ros.warehouse.render import Frame, as_scene, detections
from smolrgpt_ros.warehouse.synthesis import asked_frame


@cache
def hall(noisy: bool, viewpoint: str) -> tuple[Frame, Scene]:
    frame = asked_frame(502, 0, size_px=(640, 480), viewpoint=viewpoint).frame
    rng = np.random.default_rng(0)
    regions = noisy_detections(frame, rng, masks=False) if noisy else detections(frame, masks=False)
    seen = with_noise(frame, rng) if noisy else frame
    return frame, as_scene(seen, regions, with_relative_depth=False)


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return np.count_nonzero(a & b) / np.count_nonzero(a | b)


def box_of(scene: Scene, region: Region) -> np.ndarray:
    mask = np.zeros(scene.size_px[::-1], dtype=bool)
    x0, y0, x1, y1 = region.window_px(size_px=scene.size_px)
    mask[y0:y1, x0:x1] = True
    return mask


@pytest.mark.parametrize('viewpoint', ['high', 'robot'])
@pytest.mark.parametrize('noisy', [False, True], ids=['clean', 'noisy'])
def test_is_nearer_to_the_true_pixels_than_the_box(noisy: bool, viewpoint: str):
    frame, scene = hall(noisy, viewpoint)
    index_of = {thing.id: index for index, thing in enumerate(frame.world.things)}
    ours, boxes = [], []
    for region in scene.regions:
        truth, mask, box = frame.mask(index_of[region.id]), object_mask(scene, region), None
        box = box_of(scene, region)
        assert mask.dtype == bool
        assert mask.shape == box.shape
        assert mask.any()
        assert not (mask & ~box).any()
        ours.append(overlap(mask, truth))
        boxes.append(overlap(box, truth))
    assert np.mean(ours) > np.mean(boxes) + 0.05


def test_a_detectors_mask_is_believed():
    _, scene = hall(False, 'high')
    mask = np.zeros(scene.size_px[::-1], dtype=bool)
    mask[100:120, 200:230] = True
    region = replace(scene.regions[0], mask=mask)
    assert object_mask(scene, region) is mask


@pytest.mark.parametrize(
    'change',
    [
        pytest.param({'depth': None}, id='no depth'),
        pytest.param({'camera': None}, id='no camera'),
        pytest.param({'depth': DepthImage(np.zeros((480, 640), np.uint16), 0.001)}, id='all holes'),
        pytest.param(
            {'depth': DepthImage(np.full((480, 640), np.nan, np.float32), 1.0)}, id='all NaN'
        ),
    ],
)
def test_is_the_box_where_depth_says_nothing(change: dict):
    _, scene = hall(False, 'high')
    scene = replace(scene, **change)
    for region in scene.regions:
        assert np.array_equal(object_mask(scene, region), box_of(scene, region))


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0.0, 630.0), st.floats(0.0, 470.0), st.floats(0.3, 400.0), st.floats(0.3, 400.0),
    st.sampled_from(['pallet', 'buffer', 'transporter', '', 'dog']),
)  # fmt: skip
def test_any_box_gives_pixels_inside_of_it(x: float, y: float, w: float, h: float, class_id: str):
    _, scene = hall(True, 'robot')
    region = Region.from_box((x, y, x + w, y + h), scene.size_px, class_id=class_id, id='any')
    scene = replace(scene, regions=(region,))
    mask = object_mask(scene, region)
    assert mask.any()
    assert not (mask & ~box_of(scene, region)).any()
