# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is read of regions: means, places, points around."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from smolrgpt_ros.models.tinygiant.regions import (
    FineMaps,
    Masks,
    boxes,
    cell_centres,
    pooled,
    sampled,
)
from smolrgpt_ros.models.tinygiant.reinspection import regions_in_order

SIDE, WIDTH = 16, 5


def maps(pictures=1, seed=0):
    generator = torch.Generator().manual_seed(seed)

    def random(width):
        return torch.randn(pictures, SIDE, SIDE, width, generator=generator)

    return FineMaps(random(WIDTH), random(WIDTH), random(3))


def box_weights(left, top, right, bottom):
    weights = torch.zeros(SIDE, SIDE)
    weights[top:bottom, left:right] = 1
    return weights.flatten()


BOX = st.tuples(*[st.integers(0, SIDE - 1)] * 4).map(
    lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]) + 1, max(b[1], b[3]) + 1)
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), BOX), max_size=8))
def test_regions_are_means_of_their_own_picture(rows):
    fine = maps(3)
    weights = (
        torch.stack([box_weights(*box) for _, box in rows]) if rows else torch.zeros(0, SIDE**2)
    )
    picture = torch.tensor([number for number, _ in rows], dtype=torch.long)
    regions = pooled(fine, Masks.of(weights, picture, 3))
    assert regions.rgb.shape == (len(rows), WIDTH)
    for row, (number, (left, top, right, bottom)) in enumerate(rows):
        for found, whole in ((regions.rgb, fine.rgb), (regions.depth, fine.depth)):
            expected = whole[number, top:bottom, left:right].mean((0, 1))
            torch.testing.assert_close(found[row], expected, atol=1e-5, rtol=0)
        plane = fine.plane[number, top:bottom, left:right]
        x, y, *depth = regions.geometry[row, :5].tolist()
        assert x == pytest.approx((left + right) / SIDE - 1, abs=1e-5)
        assert y == pytest.approx((top + bottom) / SIDE - 1, abs=1e-5)
        np.testing.assert_allclose(depth, plane.mean((0, 1)), atol=1e-5)
        spread = plane.flatten(0, 1).var(0, correction=0).sqrt()
        np.testing.assert_allclose(regions.geometry[row, 7:10], spread, atol=1e-3)
        area = (right - left) * (bottom - top) / SIDE**2
        assert float(regions.geometry[row, 10]) == pytest.approx(area**0.5, abs=1e-5)
        box = [2 * edge / SIDE - 1 for edge in (left, top, right, bottom)]
        np.testing.assert_allclose(regions.geometry[row, 11:], box, atol=1e-6)


def test_a_mask_of_nothing_is_nothing_and_finite():
    masks = Masks.of(torch.zeros(1, SIDE**2), torch.zeros(1, dtype=torch.long), 1)
    regions, points = pooled(maps(), masks), sampled(maps(), masks, 4, 1.5)
    assert not regions.rgb.any()
    assert not boxes(masks.weights).any()
    assert regions.geometry.isfinite().all()
    assert points.where.isfinite().all()


@settings(max_examples=30, deadline=None)
@given(BOX, st.sampled_from([1.0, 1.5, 2.0]))
def test_points_are_where_they_say(box, context):
    """On a map whose values are its own coordinates the samples are their places."""
    centres = cell_centres(SIDE, torch.device('cpu'))
    y, x = torch.meshgrid(centres, centres, indexing='ij')
    places = torch.stack((x, y, torch.ones_like(x)), -1)[None]
    masks = Masks.of(box_weights(*box)[None], torch.zeros(1, dtype=torch.long), 1)
    points = sampled(FineMaps(places, places, places), masks, 4, context)
    assert points.rgb.shape == (1, 16, 3)
    edge = 1 - 1 / SIDE
    inner = points.where[0, :, :2].abs().amax(-1) < edge - 2 / SIDE
    torch.testing.assert_close(
        points.rgb[0, inner, :2], points.where[0, inner, :2], atol=1e-5, rtol=0
    )
    torch.testing.assert_close(points.where[..., 3:], points.depth, atol=1e-6, rtol=0)
    assert (points.where[..., 2] >= 0).all()
    assert (points.where[..., 2] <= 1 + 1e-6).all()


def test_points_tell_inside_from_around():
    masks = Masks.of(box_weights(4, 4, 12, 12)[None], torch.zeros(1, dtype=torch.long), 1)
    inside = sampled(maps(), masks, 4, 2.0).where[0, :, 2].view(4, 4)
    assert (inside[1:3, 1:3] == 1).all()
    assert (inside[0] < 0.5).all()
    assert (inside[:, 3] < 0.5).all()


def test_regions_come_in_the_questions_order():
    slots = torch.tensor([[-1, 2, 2, -1, 0, 0], [-1, -1, -1, -1, -1, -1], [1, 1, -1, -1, -1, -1]])
    first = torch.zeros_like(slots, dtype=torch.bool)
    first[0, 1] = first[0, 4] = first[2, 0] = True
    assert regions_in_order(slots, first).tolist() == [[2, 0], [-1, -1], [1, -1]]
    none = torch.zeros(2, 3, dtype=torch.bool)
    assert regions_in_order(torch.full((2, 3), -1), none).shape == (2, 0)
