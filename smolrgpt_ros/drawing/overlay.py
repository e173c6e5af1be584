# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One picture of a scene and an answer: numbered regions, the distance, the text in a bar."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from smolrgpt_ros.drawing.outlines import outline_mask, tint, window_of
from smolrgpt_ros.drawing.palette import BLACK, QUIET, WHITE, Colour, colour_of, ink_on
from smolrgpt_ros.drawing.placement import Box, overlap_px2, place_label
from smolrgpt_ros.drawing.projection import anchor_px, footprint_px
from smolrgpt_ros.drawing.text import font_of, font_px_for, printable, shorten, text_width_px, wrap
from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.scene.frame import Scene

BUFFER_CLASS = 'buffer'
UNKNOWN_PICTURE: Colour = (70, 70, 70)
TINT = 0.28
BAR_COLOUR: Colour = (18, 18, 18)
BAR_STRENGTH = 0.78
MOST_BAR_LINES = 4
MOST_LABELS = 40
"""More labels than that cover the picture; the outlines stay."""


@dataclass(frozen=True)
class _Sizes:
    """Everything that grows with the picture, in pixels."""

    font: int
    line: int
    thin: int
    padding: int

    @classmethod
    def of(cls, height_px: int) -> _Sizes:
        font = font_px_for(height_px)
        return cls(font, max(2, round(font / 7)), max(1, round(font / 16)), max(2, round(font / 5)))

    @property
    def row(self) -> int:
        return round(self.font * 1.25)


def draw_overlay(scene: Scene, answer: Answer | None = None, *, question: str = '') -> np.ndarray:
    """The scene's picture with what an answer refers to; a new array, of the picture's size.

    Args:
        scene: drawn on grey where it has no colour picture.
        answer: None draws the regions with their ids alone.
        question: written above the answer.

    Returns:
        RGB uint8 (H, W, 3).
    """
    canvas = _copy_of_picture(scene)
    sizes = _Sizes.of(canvas.shape[0])
    referenced = _referenced(scene, answer)
    for index, colour in reversed(referenced):
        _draw_mask(canvas, scene, index, colour, sizes)
    picture = Image.fromarray(canvas)
    draw = ImageDraw.Draw(picture)
    draw.fontmode = 'L'
    named = {index for index, _ in referenced}
    for index, region in enumerate(scene.regions):
        if index not in named:
            draw.rectangle(_drawable(region.box_px), outline=QUIET, width=sizes.thin)
    for index, colour in reversed(referenced):
        _draw_outline(draw, scene, index, colour, sizes)
    labels: list[Box] = []
    lines = _bar_lines(answer, question, scene.size_px[0] - 4 * sizes.padding, sizes)
    bar = (
        _bar_place(scene, [index for index, _ in referenced], len(lines), sizes) if lines else None
    )
    if answer is not None and answer.category is Category.DISTANCE:
        labels += _draw_distance(
            draw, scene, answer, [index for index, _ in referenced[:2]], bar, sizes
        )
    if answer is None:
        numbered = [(index, QUIET, '') for index in range(len(scene.regions))]
    else:
        numbered = [
            (index, colour, _number(answer, order))
            for order, (index, colour) in enumerate(referenced)
        ]
    _draw_labels(draw, scene, numbered[:MOST_LABELS], labels, bar, sizes)
    if bar is not None:
        picture = _draw_bar(picture, bar, lines, sizes)
    return np.array(picture)


def _copy_of_picture(scene: Scene) -> np.ndarray:
    width, height = scene.size_px
    if scene.colour is None:
        return np.full((height, width, 3), UNKNOWN_PICTURE, np.uint8)
    return np.array(scene.colour, dtype=np.uint8, order='C')


def _referenced(scene: Scene, answer: Answer | None) -> list[tuple[int, Colour]]:
    """Region index and colour, each region once, the answer's own first."""
    if answer is None:
        return []
    seen = dict.fromkeys(index for index in answer.regions if 0 <= index < len(scene.regions))
    return [(index, colour_of(order)) for order, index in enumerate(seen)]


def _number(answer: Answer, order: int) -> str:
    """The region's number in the question; what the question does not number has none."""
    regions = list(dict.fromkeys(answer.regions))
    first = answer.regions.index(regions[order])
    position = answer.question_positions[first] if first < len(answer.question_positions) else -1
    return str(position) if position >= 0 else ''


def _draw_mask(canvas: np.ndarray, scene: Scene, index: int, colour: Colour, sizes: _Sizes) -> None:
    region = scene.regions[index]
    window = window_of(region.box_px, scene.size_px)
    if region.mask is not None:
        tint(canvas, window, colour, TINT, region.mask)
        outline_mask(canvas, window, colour, sizes.line, region.mask)


def _draw_outline(
    draw: ImageDraw.ImageDraw, scene: Scene, index: int, colour: Colour, sizes: _Sizes
) -> None:
    """A buffer is outlined on the floor; a mask has its own edge; the rest gets its box."""
    region = scene.regions[index]
    if region.class_id == BUFFER_CLASS:
        corners = footprint_px(scene, index)
        if corners:
            draw.line([*corners, corners[0]], fill=BLACK, width=sizes.line + 2)
            draw.line([*corners, corners[0]], fill=colour, width=sizes.line)
            return
    if region.mask is not None:
        return
    x0, y0, x1, y1 = _drawable(region.box_px)
    # A dark edge around the bright one, so that the box is seen on any background.
    draw.rectangle((x0 - 1, y0 - 1, x1 + 1, y1 + 1), outline=BLACK, width=1)
    draw.rectangle((x0, y0, x1, y1), outline=colour, width=sizes.line)


def _drawable(box_px: Box) -> tuple[int, int, int, int]:
    """Inclusive corners as Pillow wants them, never inverted."""
    x0, y0 = math.floor(box_px[0]), math.floor(box_px[1])
    return x0, y0, max(x0, math.ceil(box_px[2]) - 1), max(y0, math.ceil(box_px[3]) - 1)


def _draw_distance(
    draw: ImageDraw.ImageDraw,
    scene: Scene,
    answer: Answer,
    pair: list[int],
    bar: Box | None,
    sizes: _Sizes,
) -> list[Box]:
    """The line between the two objects with its length; returns the label's place."""
    ends = [anchor_px(scene, index) for index in pair]
    if len(ends) < 2:
        return []
    draw.line(ends, fill=BLACK, width=sizes.line + 2)
    draw.line(ends, fill=WHITE, width=sizes.line)
    radius = 2 * sizes.line
    for x, y in ends:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=WHITE, outline=BLACK)
    if not math.isfinite(answer.value):
        return []
    text = f'{answer.value:.2f} {answer.unit or "m"}'
    middle = ((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2)
    boxes = [scene.regions[index].box_px for index in pair]
    place = place_label(
        (middle[0] - 1, middle[1] - 1, middle[0] + 1, middle[1] + 1),
        _label_size(text, sizes),
        scene.size_px,
        labels=[],
        others=boxes,
        bar=bar,
    )
    _draw_label(draw, place, text, WHITE, sizes)
    return [place]


def _draw_labels(
    draw: ImageDraw.ImageDraw,
    scene: Scene,
    numbered: list[tuple[int, Colour, str]],
    labels: list[Box],
    bar: Box | None,
    sizes: _Sizes,
) -> None:
    """Number and id of each region beside it; the smallest regions choose their place first."""
    boxes = {index: scene.regions[index].box_px for index, _, _ in numbered}
    for index, colour, number in sorted(
        numbered, key=lambda entry: overlap_px2(boxes[entry[0]], boxes[entry[0]])
    ):
        region = scene.regions[index]
        name = printable(region.id or region.class_id or f'#{index}')
        text = shorten(f'{number}: {name}' if number else name, scene.size_px[0] // 3, sizes.font)
        place = place_label(
            region.box_px,
            _label_size(text, sizes),
            scene.size_px,
            labels=labels,
            others=[box for other, box in boxes.items() if other != index],
            bar=bar,
        )
        labels.append(place)
        _draw_label(draw, place, text, colour, sizes)


def _label_size(text: str, sizes: _Sizes) -> tuple[int, int]:
    return text_width_px(text, sizes.font) + 2 * sizes.padding, sizes.row


def _draw_label(
    draw: ImageDraw.ImageDraw, place: Box, text: str, colour: Colour, sizes: _Sizes
) -> None:
    x0, y0, x1, y1 = (round(value) for value in place)
    draw.rectangle((x0, y0, x1 - 1, y1 - 1), fill=colour, outline=BLACK)
    draw.text((x0 + sizes.padding, y0), text, fill=ink_on(colour), font=font_of(sizes.font))


def _bar_lines(
    answer: Answer | None, question: str, width_px: int, sizes: _Sizes
) -> list[tuple[str, Colour]]:
    if answer is None:
        return [(line, WHITE) for line in wrap(question, width_px, sizes.font, 2)]
    asked = [(line, QUIET) for line in wrap(question, width_px, sizes.font, 2)]
    said = [
        (line, WHITE)
        for line in wrap(answer.text, width_px, sizes.font, MOST_BAR_LINES - len(asked))
    ]
    return asked + said


def _bar_place(scene: Scene, referenced: list[int], line_count: int, sizes: _Sizes) -> Box:
    """At the bottom or the top, wherever it hides less of what the answer refers to."""
    width, height = scene.size_px
    bar_height = line_count * sizes.row + 2 * sizes.padding
    bottom = (0.0, float(height - bar_height), float(width), float(height))
    top = (0.0, 0.0, float(width), float(bar_height))

    def hidden(bar: Box) -> float:
        return sum(
            overlap_px2(bar, box) / max(1.0, overlap_px2(box, box))
            for box in (scene.regions[index].box_px for index in referenced)
        )

    return top if hidden(top) < hidden(bottom) else bottom


def _draw_bar(
    picture: Image.Image, bar: Box, lines: list[tuple[str, Colour]], sizes: _Sizes
) -> Image.Image:
    canvas = np.array(picture)
    tint(canvas, window_of(bar, picture.size), BAR_COLOUR, BAR_STRENGTH, None)
    picture = Image.fromarray(canvas)
    draw = ImageDraw.Draw(picture)
    y = round(bar[1]) + sizes.padding
    for text, colour in lines:
        draw.text((2 * sizes.padding, y), text, fill=colour, font=font_of(sizes.font))
        y += sizes.row
    return picture
