# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where labels go: beside what they name, inside the picture, and not over each other."""

from __future__ import annotations

from collections.abc import Sequence

Box = tuple[float, float, float, float]

OVER_A_LABEL = 20.0
OVER_THE_BAR = 50.0
OVER_ANOTHER_REGION = 1.0
STEP_FROM_FAVOURITE = 0.02
"""Costs in units of the label's area; an unreadable label costs more than a hidden object."""


def overlap_px2(a: Box, b: Box) -> float:
    """Area that two boxes share."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0.0


def place_label(
    target_px: Box,
    label_size_px: tuple[int, int],
    picture_size_px: tuple[int, int],
    *,
    labels: Sequence[Box],
    others: Sequence[Box],
    bar: Box | None = None,
) -> Box:
    """The cheapest of the places around and inside a region's box.

    Args:
        target_px: box of the region to be named.
        label_size_px: width and height of the label.
        picture_size_px: width and height of the picture.
        labels: labels placed already.
        others: boxes of other regions the answer refers to, better left visible.
        bar: the bar with the answer's text.
    """
    area = max(1, label_size_px[0] * label_size_px[1])

    def cost(order_and_place: tuple[int, Box]) -> float:
        order, place = order_and_place
        hidden = OVER_A_LABEL * sum(overlap_px2(place, label) for label in labels)
        hidden += OVER_ANOTHER_REGION * sum(overlap_px2(place, other) for other in others)
        if bar is not None:
            hidden += OVER_THE_BAR * overlap_px2(place, bar)
        return hidden / area + STEP_FROM_FAVOURITE * order

    places = _places(target_px, label_size_px, picture_size_px)
    return min(enumerate(places), key=cost)[1]


def _places(target: Box, size: tuple[int, int], picture: tuple[int, int]) -> list[Box]:
    """Candidates in order of preference, each moved into the picture."""
    x0, y0, x1, y1 = target
    width, height = size
    middle_x, middle_y = (x0 + x1 - width) / 2, (y0 + y1 - height) / 2
    corners = [
        (x0, y0 - height),
        (x1 - width, y0 - height),
        (middle_x, y0 - height),
        (x0, y1),
        (x1 - width, y1),
        (middle_x, y1),
        (x0, y0),
        (x1 - width, y0),
        (x0, y1 - height),
        (x1 - width, y1 - height),
        (x1, y0),
        (x0 - width, y0),
        (x1, middle_y),
        (x0 - width, middle_y),
        (middle_x, middle_y),
        (x0, y0 - 2 * height),
        (x0, y1 + height),
        (x1, y0 - height),
        (x0 - width, y0 - height),
        (x1, y1),
        (x0 - width, y1),
    ]
    return [_inside(corner, size, picture) for corner in corners]


def _inside(corner: tuple[float, float], size: tuple[int, int], picture: tuple[int, int]) -> Box:
    x0 = min(max(corner[0], 0.0), max(0.0, picture[0] - size[0]))
    y0 = min(max(corner[1], 0.0), max(0.0, picture[1] - size[1]))
    return (x0, y0, x0 + size[0], y0 + size[1])
