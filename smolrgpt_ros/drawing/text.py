# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Lines that fit a width in Pillow's built-in font; no font file of the system is needed."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

SMALLEST_FONT_PX = 13
LARGEST_FONT_PX = 44
FONT_SHARE_OF_HEIGHT = 1 / 34
LONGEST_TEXT = 600
"""Characters; a question may hold 100 kB, a picture may not."""


@lru_cache(maxsize=16)
def font_of(size_px: int) -> Font:
    """The built-in font; before Pillow 10.1 it has one size only."""
    try:
        return ImageFont.load_default(size_px)
    except TypeError:
        return ImageFont.load_default()


def font_px_for(height_px: int) -> int:
    """A size that is readable on a picture of that height."""
    return int(min(max(height_px * FONT_SHARE_OF_HEIGHT, SMALLEST_FONT_PX), LARGEST_FONT_PX))


def text_width_px(text: str, size_px: int) -> int:
    """How wide a line of text is drawn: the built-in font has no kerning.

    Glyphs are remembered, not lines: there are few of them, while each answer has numbers of its
    own that would be kept for nothing.
    """
    return ceil(sum(_advance_px(character, size_px) for character in text))


@lru_cache(maxsize=1024)
def _advance_px(character: str, size_px: int) -> float:
    font = font_of(size_px)
    if isinstance(font, ImageFont.FreeTypeFont):
        return font.getlength(character)
    return float(font.getmask(character).size[0])


def printable(text: str) -> str:
    """One line without control characters, shortened to what a picture can hold."""
    flat = ' '.join(
        ''.join(c if c.isprintable() else ' ' for c in text[: 4 * LONGEST_TEXT]).split()
    )
    if not isinstance(font_of(SMALLEST_FONT_PX), ImageFont.FreeTypeFont):
        # The old bitmap font raises on anything else.
        flat = flat.encode('latin-1', 'replace').decode('latin-1')
    return flat if len(flat) <= LONGEST_TEXT else flat[: LONGEST_TEXT - 3] + '...'


def wrap(text: str, width_px: int, size_px: int, most_lines: int) -> list[str]:
    """Lines of at most `width_px`; longer words are broken, what does not fit ends in '...'."""
    lines: list[str] = []
    line = ''
    for word in printable(text).split():
        for piece in _pieces(word, width_px, size_px):
            joined = f'{line} {piece}' if line else piece
            if text_width_px(joined, size_px) <= width_px:
                line = joined
                continue
            lines.append(line)
            line = piece
    if line:
        lines.append(line)
    if len(lines) <= most_lines:
        return lines
    rest = ' '.join(lines[most_lines - 1 :])
    return [*lines[: most_lines - 1], shorten(rest, width_px, size_px)]


def shorten(text: str, width_px: int, size_px: int) -> str:
    """The text, its end replaced by '...' where it is wider than `width_px`."""
    if text_width_px(text, size_px) <= width_px:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if text_width_px(text[:middle] + '...', size_px) <= width_px:
            fits = middle
        else:
            too_long = middle
    return text[:fits] + '...'


def _pieces(word: str, width_px: int, size_px: int) -> list[str]:
    """A word cut so that each piece fits a line."""
    if text_width_px(word, size_px) <= width_px:
        return [word]
    length = max(1, int(len(word) * width_px / text_width_px(word, size_px)) - 1)
    return [word[start : start + length] for start in range(0, len(word), length)]
