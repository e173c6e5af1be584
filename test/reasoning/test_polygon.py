# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Convex polygons on the floor against what a person computes by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.reasoning.polygon import (
    Polygon,
    clip,
    depth_inside,
    extent_along,
    intersection_area,
    polygon_of,
    signed_area,
)

SQUARE: Polygon = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))

coordinates = st.floats(-5.0, 5.0)
angles = st.floats(-math.pi, math.pi)
sizes = st.floats(0.1, 4.0)


@st.composite
def rectangles(draw: st.DrawFn) -> Polygon:
    x, y, angle = draw(coordinates), draw(coordinates), draw(angles)
    half = np.array([draw(sizes), draw(sizes)]) / 2.0
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return polygon_of(signs * half @ rotation.T + (x, y))


@pytest.mark.parametrize(
    ('point', 'expected'),
    [
        pytest.param((1.0, 1.0), 1.0, id='middle'),
        pytest.param((0.25, 1.0), 0.25, id='near an edge'),
        pytest.param((2.0, 1.0), 0.0, id='on an edge'),
        pytest.param((3.0, 1.0), -1.0, id='beside'),
        pytest.param((5.0, 6.0), -5.0, id='off a corner'),
    ],
)
def test_depth_inside_is_the_distance_to_the_border(point, expected):
    assert depth_inside(point, SQUARE) == pytest.approx(expected)


def test_a_point_without_area_contains_nothing():
    assert depth_inside((1.0, 1.0), ((1.0, 1.0), (1.0, 1.0), (1.0, 1.0))) == -math.inf


@pytest.mark.parametrize(
    ('other', 'expected'),
    [
        pytest.param(SQUARE, 4.0, id='itself'),
        pytest.param(((1.0, 1.0), (3.0, 1.0), (3.0, 3.0), (1.0, 3.0)), 1.0, id='corner'),
        pytest.param(((0.5, 0.5), (1.0, 0.5), (1.0, 1.0), (0.5, 1.0)), 0.25, id='contained'),
        pytest.param(((2.0, 0.0), (4.0, 0.0), (4.0, 2.0), (2.0, 2.0)), 0.0, id='touching'),
        pytest.param(((5.0, 5.0), (6.0, 5.0), (6.0, 6.0), (5.0, 6.0)), 0.0, id='apart'),
    ],
)
def test_intersection_area(other, expected):
    assert intersection_area(SQUARE, other) == pytest.approx(expected)


def test_clockwise_corners_are_turned_around():
    assert signed_area(polygon_of(np.array(SQUARE[::-1]))) == pytest.approx(4.0)


def test_clip_of_everything_is_nothing():
    assert clip(SQUARE, (1.0, 0.0), 9.0) == ()


def test_extent_along_a_diagonal():
    side = math.sqrt(0.5)
    assert extent_along(SQUARE, (side, side)) == pytest.approx((0.0, 2.0 * math.sqrt(2.0)))


@given(rectangles(), rectangles())
def test_intersection_is_symmetric_and_no_larger_than_either(a, b):
    area = intersection_area(a, b)
    assert area == pytest.approx(intersection_area(b, a), abs=1e-6)
    assert -1e-9 <= area <= min(signed_area(a), signed_area(b)) + 1e-6


@given(rectangles(), coordinates, coordinates)
def test_depth_inside_is_positive_exactly_where_all_edges_have_it_on_their_left(polygon, x, y):
    crosses = [
        (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        for (ax, ay), (bx, by) in zip(polygon, (*polygon[1:], polygon[0]), strict=True)
    ]
    if min(abs(cross) for cross in crosses) > 1e-6:
        assert (depth_inside((x, y), polygon) > 0.0) == (min(crosses) > 0.0)
