# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Colours that people with any colour vision tell apart (M. Okabe and K. Ito, 2008)."""

from __future__ import annotations

Colour = tuple[int, int, int]

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
QUIET: Colour = (215, 215, 215)
"""Outline of what the answer does not refer to."""

REFERENCED: tuple[Colour, ...] = (
    (230, 159, 0),  # orange
    (86, 180, 233),  # sky blue
    (240, 228, 66),  # yellow
    (204, 121, 167),  # reddish purple
    (0, 158, 115),  # bluish green
    (213, 94, 0),  # vermillion
    (0, 114, 178),  # blue
)


def colour_of(order: int) -> Colour:
    """Colour of the n-th region an answer refers to; they repeat after seven."""
    return REFERENCED[order % len(REFERENCED)]


def hex_of(order: int) -> str:
    """The same colour as '#e69f00'."""
    return '#{:02x}{:02x}{:02x}'.format(*colour_of(order))


def ink_on(background: Colour) -> Colour:
    """Black or white, whichever is read better on a background (luma of ITU-R BT.601)."""
    red, green, blue = background
    return BLACK if 0.299 * red + 0.587 * green + 0.114 * blue > 100 else WHITE
