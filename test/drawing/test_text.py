# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Lines that fit, whatever is to be written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from smolrgpt_ros.drawing.text import (
    LONGEST_TEXT,
    font_of,
    font_px_for,
    printable,
    shorten,
    text_width_px,
    wrap,
)

WIDTH_PX, SIZE_PX = 200, 14


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80).map(printable), st.integers(13, 44))
def test_a_line_is_as_wide_as_it_is_drawn(text: str, size_px: int) -> None:
    image = Image.new('L', (1, 1))
    drawn_px = ImageDraw.Draw(image).textlength(text, font=font_of(size_px))
    assert text_width_px(text, size_px) == pytest.approx(drawn_px, abs=1.0)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300), st.integers(1, 5))
def test_lines_fit_and_are_no_more_than_allowed(text: str, most: int) -> None:
    lines = wrap(text, WIDTH_PX, SIZE_PX, most)
    assert len(lines) <= most
    assert all(text_width_px(line, SIZE_PX) <= WIDTH_PX for line in lines)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text('abcdefgh', min_size=1, max_size=9), max_size=8))
def test_short_text_loses_no_word(words: list[str]) -> None:
    assert ' '.join(wrap(' '.join(words), WIDTH_PX, SIZE_PX, 100)).split() == words


ODD = {
    'nothing': ('', ''),
    'line ends': ('a\nb\r\tc', 'a b c'),
    'control characters': ('a\x00b\x1b[31m', 'a b [31m'),
    'umlauts stay': ('größe', 'größe'),
}


@pytest.mark.parametrize(('text', 'shown'), ODD.values(), ids=ODD.keys())
def test_only_what_can_be_printed_is_left(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_hundred_kilobytes_are_cut() -> None:
    assert len(printable('x' * 100_000)) == LONGEST_TEXT
    assert wrap('x' * 100_000, WIDTH_PX, SIZE_PX, 2)[-1].endswith('...')


def test_shorten_keeps_what_fits() -> None:
    assert shorten('pallet_3', 500, SIZE_PX) == 'pallet_3'
    assert shorten('pallet_' + '3' * 200, WIDTH_PX, SIZE_PX).endswith('...')


def test_text_grows_with_the_picture() -> None:
    sizes = [font_px_for(height) for height in (120, 480, 720, 1080, 4000)]
    assert sizes == sorted(sizes)
    assert font_px_for(480) >= 13
    assert font_px_for(1080) >= 28
