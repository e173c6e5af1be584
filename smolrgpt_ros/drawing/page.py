# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One question on one page of HTML, with everything in it: nothing is loaded from anywhere.

Nothing is told by colour alone: objects have numbers, ids and line patterns, verdicts have words.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from html import escape

import numpy as np
from PIL import Image, ImageDraw

from smolrgpt_ros.drawing.depth_map import cividis, depth_picture, depth_range_m
from smolrgpt_ros.drawing.overlay import draw_overlay
from smolrgpt_ros.drawing.page_style import STYLE
from smolrgpt_ros.drawing.palette import hex_of
from smolrgpt_ros.drawing.placement import Box, place_label
from smolrgpt_ros.drawing.projection import measured_or_none
from smolrgpt_ros.drawing.text import font_of, font_px_for, printable, text_width_px
from smolrgpt_ros.drawing.top_down import PATTERNS, top_down_svg
from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.scene.frame import Scene

_JPEG_QUALITY = 88
_MOST_OBJECTS = 60


@dataclass(frozen=True)
class Opinion:
    """What one engine says.

    Attributes:
        engine: its name.
        said: its answer, or why it has none.
    """

    engine: str
    said: Answer | str


@dataclass(frozen=True, eq=False)
class Page:
    """What a page shows.

    Attributes:
        answer: None where there is none; `problem` says why.
        opinions: of every engine that was asked by itself.
        agreement: whether two engines mean the same; None where no two have answered.
        source: where the picture is from.
    """

    scene: Scene
    question: str
    answer: Answer | None
    problem: str
    opinions: Sequence[Opinion]
    agreement: bool | None
    source: str


def render_page(page: Page) -> str:
    """The page as HTML."""
    title = escape(printable(page.question))
    picture = _figure(
        'What the camera saw',
        _image(draw_overlay(page.scene, page.answer), page.question),
        'Outlined and numbered: what the answer refers to. Thin and grey: what else the detector '
        'saw.',
    )
    left, right = picture + _depth(page.scene), _map(page) + _opinions(page)
    content = (
        f'{_verdict(page)}<div class="columns"><div>{left}</div><div>{right}</div></div>'
        f'{_objects(page)}'
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><style>{STYLE}</style></head><body><main>'
        f'{content}</main></body></html>\n'
    )


def _verdict(page: Page) -> str:
    answer = page.answer
    if answer is None:
        said = f'<p class="answer"><b>No answer.</b> {escape(page.problem)}</p>'
        chips: list[str] = []
    else:
        first, stop, rest = answer.text.partition('. ')
        said = f'<p class="answer">{escape(first + stop.strip())}</p>'
        said += f'<p>{escape(rest)}</p>' if rest else ''
        unit = f' {answer.unit}' if answer.unit else ''
        chips = [f'confidence {answer.confidence:.0%}', f'engine {answer.engine}']
        if math.isfinite(answer.stddev):
            chips.insert(0, f'± {answer.stddev:.2f}{unit} (one sigma)')
    if page.agreement is not None:
        chips.append('✓ both engines agree' if page.agreement else '✗ the engines disagree')
    about = [page.source]
    if page.scene.stamp_ns:
        taken = datetime.fromtimestamp(page.scene.stamp_ns / 1e9, timezone.utc)
        about.append(f'{taken:%Y-%m-%d %H:%M:%S}.{page.scene.stamp_ns // 1_000_000 % 1000:03d} UTC')
    frame = page.scene.target_frame or page.scene.frame_id
    if frame:
        about.append(f"positions in '{frame}'")
    return (
        f'<header><h1>{escape(printable(page.question))}</h1>{said}'
        f'<p class="chips">{"".join(f"<span>{escape(chip)}</span>" for chip in chips)}</p>'
        f'<p class="source">{escape(" · ".join(about))}</p></header>'
    )


def _figure(title: str, content: str, caption: str) -> str:
    return (
        f'<section><h2>{escape(title)}</h2><figure>{content}'
        f'<figcaption>{caption}</figcaption></figure></section>'
    )


def _map(page: Page) -> str:
    svg = top_down_svg(page.scene, page.answer)
    if not svg:
        return _figure('From above', '', 'Nothing is measured: there is no depth, or no camera.')
    return _figure(
        'From above',
        svg,
        'The camera looks up the page; rings are metres from it. Dotted ellipse: where an object '
        "is at two sigma. Dotted lines: the edges of the camera's view.",
    )


def _depth(scene: Scene) -> str:
    if scene.depth is None:
        return _figure('Depth', '', 'There is no depth.')
    metres = scene.depth.metres()
    range_m = depth_range_m(metres)
    if range_m is None:
        return _figure('Depth', '', 'No pixel of the depth picture is measured.')
    picture = Image.fromarray(depth_picture(metres, range_m))
    draw = ImageDraw.Draw(picture)
    font_px = font_px_for(picture.height)
    for region in scene.regions:
        x0, y0, x1, y1 = region.box_px
        draw.rectangle((x0, y0, max(x0, x1 - 1), max(y0, y1 - 1)), outline=(0, 0, 0), width=3)
        draw.rectangle(
            (x0 + 1, y0 + 1, max(x0 + 1, x1 - 2), max(y0 + 1, y1 - 2)),
            outline=(255, 255, 255),
            width=1,
        )
    labels: list[Box] = []
    for region in scene.regions[:_MOST_OBJECTS]:
        name = printable(region.id or region.class_id)
        size = (text_width_px(name, font_px) + 4, font_px + 6)
        place = place_label(region.box_px, size, picture.size, labels=labels, others=[])
        labels.append(place)
        draw.text(
            (place[0] + 2, place[1]),
            name,
            fill=(255, 255, 255),
            stroke_fill=(0, 0, 0),
            stroke_width=2,
            font=font_of(font_px),
        )
    share = float(np.mean(np.isfinite(metres) & (metres > 0)))
    near, far = range_m
    colours = cividis(np.linspace(1.0, 0.0, 256))[None].repeat(12, axis=0)
    bar = _image(colours, f'Colours from {near:.1f} m to {far:.1f} m', lossless=True)
    middle = (near + far) / 2
    return _figure(
        'Depth',
        f'{_image(np.array(picture), "Depth")}<div class="scale">{bar}<p><span>{near:.1f} m</span>'
        f'<span>{middle:.1f} m</span><span>{far:.1f} m</span></p></div>',
        f'Near is bright, far is dark. Striped white: not measured ({1 - share:.0%} of the '
        'pixels).',
    )


def _opinions(page: Page) -> str:
    rows = []
    for opinion in page.opinions:
        kind = 'measured' if opinion.engine == 'geometric' else 'network'
        said = opinion.said
        if isinstance(said, str):
            cells = ['no answer', '', '', said]
        else:
            cells = [
                _value(said),
                _or_dash(said.stddev, '.2f'),
                f'{said.confidence:.0%}',
                said.text,
            ]
        rows.append([f'{opinion.engine} ({kind})', *cells])
    if page.agreement is None:
        verdict = (
            'Only one engine has answered; --engine verified asks measuring and a network.'
            if len(page.opinions) < 2
            else 'There are no two answers to compare.'
        )
    else:
        verdict = (
            '✓ Both mean the same.'
            if page.agreement
            else '✗ They disagree: do not act on the answer without another look.'
        )
    table = _table(['engine', 'value', 'sigma', 'confidence', 'in words'], rows)
    return f'<section><h2>What each engine says</h2>{table}<p>{verdict}</p></section>'


def _objects(page: Page) -> str:
    scene, answer = page.scene, page.answer
    order = {
        index: place for place, index in enumerate(dict.fromkeys(answer.regions if answer else ()))
    }
    indices = [*order, *(index for index in range(len(scene.regions)) if index not in order)]
    rows = []
    for index in indices[:_MOST_OBJECTS]:
        region = scene.regions[index]
        measured = measured_or_none(scene, index)
        position, size = ['–'] * 3, '–'
        if measured is not None:
            centre = measured.centre_camera
            if scene.target_from_camera is not None:
                centre = scene.target_from_camera.apply(centre)
            position = [f'{value:.2f}' for value in centre.tolist()]
            size = ' x '.join(f'{value:.2f}' for value in measured.size.tolist())
        rows.append([region.id, region.class_id, *position, size, f'{region.score:.2f}'])
    marks = [_swatch(order[index]) if index in order else '' for index in indices[:_MOST_OBJECTS]]
    more = len(indices) - len(rows)
    note = f'<p>{more} more are left out.</p>' if more > 0 else ''
    headings = ['id', 'class', 'x, m', 'y, m', 'z, m', 'size, m', 'score']
    return f'<section class="wide"><h2>Objects</h2>{_table(headings, rows, marks)}{note}</section>'


def _swatch(order: int) -> str:
    """The outline of an object in the answer, as on the map."""
    colour = hex_of(order)
    return (
        '<svg viewBox="0 0 34 14" width="34" height="14" aria-hidden="true"><line x1="2" y1="7" '
        f'x2="32" y2="7" stroke="#000" stroke-width="7"/><line x1="2" y1="7" x2="32" y2="7" '
        f'stroke="{colour}" stroke-width="4" stroke-dasharray="{PATTERNS[order % len(PATTERNS)]}"/>'
        '</svg>'
    )


def _table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], marks: Sequence[str] | None = None
) -> str:
    """A table; `marks` are HTML in front of each row."""
    head = ''.join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = []
    for place, row in enumerate(rows):
        mark = '' if marks is None else f'<td>{marks[place]}</td>'
        cells = ''.join(f'<td>{escape(cell)}</td>' for cell in row)
        body.append(f'<tr>{mark}{cells}</tr>')
    first = '' if marks is None else '<th scope="col">outline</th>'
    return (
        f'<div class="scroll"><table><thead><tr>{first}{head}</tr></thead>'
        f'<tbody>{"".join(body)}</tbody></table></div>'
    )


def _value(answer: Answer) -> str:
    if isinstance(answer.normalized, float):
        return f'{answer.normalized:.2f} {answer.unit}'.strip()
    return f'{answer.normalized} {answer.unit}'.strip()


def _or_dash(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else '–'


def _image(pixels: np.ndarray, alt: str, *, lossless: bool = False) -> str:
    stream = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    if lossless:
        picture.save(stream, 'PNG')
    else:
        picture.save(stream, 'JPEG', quality=_JPEG_QUALITY)
    kind = 'png' if lossless else 'jpeg'
    data = base64.b64encode(stream.getvalue()).decode()
    return f'<img alt="{escape(printable(alt))}" src="data:image/{kind};base64,{data}">'
