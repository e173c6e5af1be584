# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Labels stay in the picture, off the bar, and off each other where there is room."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.drawing.placement import Box, overlap_px2, place_label

PICTURE = (640, 480)
LABEL = (70, 18)


def place(
    target: Box, labels: Sequence[Box] = (), others: Sequence[Box] = (), bar: Box | None = None
) -> Box:
    return place_label(target, LABEL, PICTURE, labels=labels, others=others, bar=bar)


@given(st.tuples(st.floats(-50, 640), st.floats(-50, 480), st.floats(1, 300), st.floats(1, 300)))
def test_a_label_is_inside_the_picture(box: tuple[float, float, float, float]) -> None:
    x, y, width, height = box
    x0, y0, x1, y1 = place((x, y, x + width, y + height))
    assert x0 >= 0
    assert y0 >= 0
    assert x1 <= PICTURE[0]
    assert y1 <= PICTURE[1]


def test_the_favourite_place_is_above() -> None:
    assert place((100, 100, 200, 200)) == (100, 82, 170, 100)


def test_labels_of_one_place_do_not_cover_each_other() -> None:
    labels: list[Box] = []
    for _ in range(8):
        labels.append(place((300, 200, 340, 240), labels))
    shared = [overlap_px2(a, b) for n, a in enumerate(labels) for b in labels[n + 1 :]]
    assert sum(shared) == 0


def test_a_label_leaves_the_bar_free() -> None:
    bar = (0.0, 420.0, 640.0, 480.0)
    assert overlap_px2(place((10, 400, 300, 480), bar=bar), bar) == 0


def test_a_label_leaves_a_neighbour_visible() -> None:
    neighbour = (100.0, 40.0, 200.0, 100.0)
    assert overlap_px2(place((100, 100, 200, 200), others=[neighbour]), neighbour) == 0


@given(st.tuples(*[st.floats(0, 100)] * 4), st.tuples(*[st.floats(0, 100)] * 4))
def test_overlap_is_symmetric_and_never_negative(a: Box, b: Box) -> None:
    assert overlap_px2(a, b) == overlap_px2(b, a) >= 0
