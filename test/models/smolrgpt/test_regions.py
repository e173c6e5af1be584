# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_smolrgpt import TINY
from torch.nn import functional as F

from smolrgpt_ros.models.smolrgpt import box_mask
from smolrgpt_ros.models.smolrgpt.refiner import Refiner, as_linear, by_quadrant
from smolrgpt_ros.models.smolrgpt.regions import RefinedMap, mask_weights, resized_mask

SIZES = st.tuples(st.integers(1, 300), st.integers(1, 300))


@settings(max_examples=40, deadline=None)
@given(SIZES, st.sampled_from([16, 64]), st.integers(0, 9))
def test_masks_are_resized_as_torch_does(size, side, seed):
    mask = np.random.default_rng(seed).random(size, dtype=np.float32)
    theirs = F.interpolate(
        torch.from_numpy(mask)[None, None],
        (side, side),
        mode='bilinear',
        align_corners=False,
        antialias=False,
    )[0, 0]
    np.testing.assert_allclose(resized_mask(mask, side), theirs, atol=2e-4)


@given(SIZES, st.tuples(*[st.floats(-50, 350)] * 2, *[st.floats(0, 300)] * 2))
def test_a_box_marks_its_pixels_and_always_one(size, box):
    mask = box_mask(box, *size)
    assert mask.shape == size
    assert mask.any()
    rows, columns = np.nonzero(mask)
    x, y, width, height = box
    if x >= 0 and y >= 0 and round(x + width) <= size[1] and round(y + height) <= size[0]:
        assert columns.min() in (round(x), size[1] - 1)
        assert rows.min() in (round(y), size[0] - 1)
        assert len(set(columns)) == max(round(x + width) - round(x), 1)


@pytest.mark.parametrize('dtype', [bool, np.uint8, np.float64, np.int32])
def test_masks_of_any_number_type_weigh_the_same(dtype):
    mask = box_mask((10, 5, 30, 20), 60, 80)
    np.testing.assert_array_equal(resized_mask(mask.astype(dtype), 64), resized_mask(mask, 64))


def plain_refiner(refiner):
    """The same weights as transposed convolutions over the whole map."""

    def run(tokens):
        side = round(len(tokens) ** 0.5)
        x = tokens.T.reshape(1, -1, side, side)
        for index, doubling in enumerate(refiner.doublings):
            width = tokens.shape[1]
            weight = doubling.proj.weight.view(2, 2, width, width).permute(3, 2, 0, 1)
            x = F.conv_transpose2d(x, weight, doubling.proj.bias[:width], stride=2)
            if index < 2:
                norm = refiner.norms[index]
                x = F.layer_norm(x.permute(0, 2, 3, 1), (width,), norm.weight, norm.bias, norm.eps)
                x = x.permute(0, 3, 1, 2)
            x = F.gelu(x)
        return x[0]

    return run


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 60), st.integers(1, 60)),
        min_size=1,
        max_size=5,
    )
)
@torch.no_grad()
def test_regions_equal_means_over_the_whole_refined_map(boxes):
    torch.manual_seed(0)
    refiner = Refiner(TINY)
    for doubling in refiner.doublings:
        doubling.proj.bias.copy_(doubling.proj.bias[: TINY.lm_hidden_dim].repeat(4))
    tokens = torch.randn(4, TINY.lm_hidden_dim)
    whole = plain_refiner(refiner)(tokens)
    masks = [box_mask(box, 64, 64) for box in boxes]
    lazy = RefinedMap(refiner, tokens)
    for mask in masks:  # one at a time, so that later ones meet places that are known
        weights = torch.from_numpy(resized_mask(mask, 16))
        wanted = (whole * weights).sum((1, 2)) / (weights.sum() + 1e-8)
        ours = lazy.regions(mask_weights([mask], 16))[0]
        np.testing.assert_allclose(ours, wanted, atol=1e-5)
    np.testing.assert_allclose(lazy.regions(mask_weights(masks, 16))[-1], ours, atol=1e-5)


def test_quadrant_order_is_a_permutation():
    order = by_quadrant(torch.arange(16 * 16).view(1, 16, 16))[0]
    assert sorted(order.tolist()) == list(range(256))
    assert order[:4].tolist() == [0, 1, 16, 17]
    assert order[4:8].tolist() == [2, 3, 18, 19]
    assert order[64:68].tolist() == [8, 9, 24, 25]


def test_a_transposed_convolution_is_a_linear_layer():
    weight = torch.randn(3, 5, 2, 2)
    x = torch.randn(1, 3, 1, 1)
    linear = (as_linear(weight) @ x.flatten()).view(2, 2, 5).permute(2, 0, 1)
    np.testing.assert_allclose(linear, F.conv_transpose2d(x, weight, stride=2)[0], atol=1e-6)
