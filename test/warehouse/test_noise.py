# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The stereo camera's errors have the size and shape that its parameters say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smolrgpt_ros.warehouse.noise import (
    REALSENSE,
    SensorNoise,
    noisy_depth,
    noisy_detections,
    noisy_mask,
    with_noise,
)
from smolrgpt_ros.warehouse.render import detections
from smolrgpt_ros.warehouse.synthesis import asked_frame

FX = 400.0
ONLY_SIGMA = SensorNoise(quantum_m=1e-6, texture_holes=0.0, flying=0.0)


def flat(depth_m: float, shape=(240, 320)) -> np.ndarray:
    return np.full(shape, depth_m, np.float32)


@pytest.mark.parametrize('depth_m', [1.0, 3.0, 8.0])
def test_error_grows_with_depth_squared(depth_m):
    error = noisy_depth(flat(depth_m), FX, np.random.default_rng(0), ONLY_SIGMA) - depth_m
    assert error.std() == pytest.approx(0.002 * depth_m**2, rel=0.05)
    assert abs(error.mean()) < 0.1 * error.std()
    neighbours = np.corrcoef(error[:, 1:].ravel(), error[:, :-1].ravel())[0, 1]
    assert 0.5 < neighbours < 0.98


def test_depth_comes_in_steps():
    depth = noisy_depth(
        flat(2.0), FX, np.random.default_rng(0), replace(ONLY_SIGMA, quantum_m=0.01)
    )
    np.testing.assert_allclose(depth / 0.01, np.rint(depth / 0.01), atol=1e-3)


def test_holes_lie_left_of_near_objects():
    depth = flat(5.0)
    depth[50:150, 100:200] = 1.0
    noise = replace(ONLY_SIGMA, sigma_per_m=0.0)
    holes = np.isnan(noisy_depth(depth, FX, np.random.default_rng(0), noise))
    jump = FX * noise.baseline_m * (1 / 1.0 - 1 / 5.0)
    assert holes[100].sum() == pytest.approx(jump, abs=1.5)
    assert np.flatnonzero(holes[100]).max() == 99
    assert not holes[:50].any()
    assert not holes[:, 200:].any()


def test_flying_pixels_lie_between_both_surfaces():
    depth = flat(5.0)
    depth[:, 160:] = 1.0
    noise = SensorNoise(sigma_per_m=0.0, texture_holes=0.0, flying=1.0, baseline_m=0.0)
    noisy = noisy_depth(depth, FX, np.random.default_rng(0), noise)
    between = (noisy > 1.05) & (noisy < 4.95)
    assert between[:, 159:161].mean() > 0.9
    assert not between[:, :158].any()
    assert not between[:, 162:].any()


def test_share_of_textureless_holes():
    noise = replace(REALSENSE, texture_holes=0.1)
    depth = noisy_depth(flat(2.0), FX, np.random.default_rng(0), noise)
    assert np.isnan(depth).mean() == pytest.approx(0.1, abs=0.02)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 3.0), st.integers(1, 30), st.integers(1, 40))
def test_masks_stay_near_their_border(seed, border_px, height, width):
    mask = np.zeros((60, 80), bool)
    mask[10 : 10 + height, 20 : 20 + width] = True
    noisy = noisy_mask(mask, border_px, np.random.default_rng(seed))
    assert noisy.any()
    reach = int(np.ceil(6 * border_px)) + 1
    grown = np.zeros_like(mask)
    grown[max(10 - reach, 0) : 10 + height + reach, max(20 - reach, 0) : 20 + width + reach] = True
    assert not (noisy & ~grown).any()
    if border_px == 0.0:
        np.testing.assert_array_equal(noisy, mask)


def test_mask_border_moves_by_about_its_sigma():
    mask = np.zeros((200, 200), bool)
    mask[40:160, 40:160] = True
    rng = np.random.default_rng(3)
    edges = np.concatenate([noisy_mask(mask, 1.5, rng)[60:140].argmax(axis=1) for _ in range(20)])
    assert 0.8 < edges.std() < 2.2
    assert abs(edges.mean() - 40) < 0.7


@pytest.fixture(scope='module')
def frame():
    return asked_frame(4, 1, size_px=(320, 240)).frame


def test_noise_changes_depth_but_not_truth(frame):
    noisy = with_noise(frame, np.random.default_rng(0))
    assert noisy.instance is frame.instance
    known = np.isfinite(noisy.depth_m)
    assert 0.5 < known.mean() < 1.0
    error = np.abs(noisy.depth_m - frame.depth_m)[known]
    assert 0 < np.median(error) < 0.1
    again = with_noise(frame, np.random.default_rng(0))
    np.testing.assert_array_equal(noisy.depth_m, again.depth_m)
    np.testing.assert_array_equal(noisy.colour, again.colour)


def test_detections_are_near_the_true_ones(frame):
    true = {region.id: region for region in detections(frame)}
    found = noisy_detections(frame, np.random.default_rng(0))
    assert [region.id for region in found] == list(true)
    for region in found:
        x0, y0, x1, y1 = region.box_px
        assert 0 <= x0 < x1 <= 320
        assert 0 <= y0 < y1 <= 240
        np.testing.assert_allclose(region.box_px, true[region.id].box_px, atol=6)
        assert 0 < region.score < 1
        assert region.mask.any()


def test_some_are_missed_when_asked_for(frame):
    noise = replace(REALSENSE, missed=0.3)
    rng = np.random.default_rng(0)
    counts = [len(noisy_detections(frame, rng, noise, masks=False)) for _ in range(60)]
    assert np.mean(counts) == pytest.approx(0.7 * len(detections(frame)), rel=0.1)
