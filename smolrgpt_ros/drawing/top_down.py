# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The scene from above as SVG: camera, objects, the distance asked about, metres.

The camera looks up the page. What the answer refers to has a colour, a thick line of its own
pattern, a number and its id; everything else is thin and grey.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from smolrgpt_ros.drawing.palette import hex_of
from smolrgpt_ros.drawing.placement import Box, place_label
from smolrgpt_ros.drawing.projection import measured_or_none
from smolrgpt_ros.drawing.text import printable
from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.measured import Measured

PATTERNS = ('none', '10 5', '3 4', '14 4 3 4', '7 3')
"""Dashes of the outlines, in the order of the answer's objects."""

_WIDTH_PX, _TALLEST_PX = 760, 760
_MARGIN_M = 0.8
_FONT_PX = 15
_CHARACTER_PX = 9.2
_SIGMAS = 2.0
_STEPS_M = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)


@dataclass(frozen=True, eq=False)
class _Thing:
    index: int
    outline_m: np.ndarray
    centre_m: np.ndarray
    stddev_m: np.ndarray


def top_down_svg(scene: Scene, answer: Answer | None) -> str:
    """The map; '' where nothing is measured.

    Raises nothing for what cannot be measured: it is left out.
    """
    axes = _ground_axes(scene)
    things = [
        _thing(index, measured, axes)
        for index in range(len(scene.regions))
        if (measured := measured_or_none(scene, index)) is not None
    ]
    if not things:
        return ''
    order = {index: place for place, index in enumerate(dict.fromkeys(_referenced(answer)))}
    sheet = _Sheet.around(things)
    labels: list[Box] = []
    parts = [_grid(sheet, labels), _camera(sheet, scene), _viewer(sheet, scene, axes)]
    quiet = [thing for thing in things if thing.index not in order]
    parts += [_quiet(sheet, thing) for thing in quiet]
    told = [thing for thing in things if thing.index in order]
    parts += [_told(sheet, thing, order[thing.index]) for thing in told]
    if answer is not None and answer.category is Category.DISTANCE:
        parts.append(_distance(sheet, scene, axes, things, answer, labels))
    for thing in sorted(told, key=lambda one: order[one.index]) + quiet:
        parts.append(_label(sheet, scene, thing, order.get(thing.index), answer, labels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {sheet.width_px:.0f} '
        f'{sheet.height_px:.0f}" role="img" aria-label="Map from above" '
        f'font-size="{_FONT_PX}">{"".join(parts)}</svg>'
    )


class _Sheet:
    """Metres to the right and ahead of the camera, on the page."""

    def __init__(self, low_m: np.ndarray, high_m: np.ndarray):
        span = np.maximum(high_m - low_m, 1.0)
        self.scale = min(_WIDTH_PX / span[0], _TALLEST_PX / span[1])
        # A narrow hall is shown in the middle of a page of the usual width.
        spare_m = max(0.0, _WIDTH_PX / self.scale - span[0]) / 2
        self.low_m = low_m - np.array([spare_m, 0.0])
        self.high_m = low_m + span + np.array([spare_m, 0.0])
        self.width_px, self.height_px = (self.high_m - self.low_m) * self.scale

    @classmethod
    def around(cls, things: Sequence[_Thing]) -> _Sheet:
        points = np.vstack([np.zeros((1, 2)), *(thing.outline_m for thing in things)])
        return cls(points.min(axis=0) - _MARGIN_M, points.max(axis=0) + _MARGIN_M)

    def px(self, point_m: np.ndarray) -> tuple[float, float]:
        x = (point_m[0] - self.low_m[0]) * self.scale
        y = (self.high_m[1] - point_m[1]) * self.scale
        return float(x), float(y)

    def path(self, points_m: np.ndarray) -> str:
        return ' '.join(f'{x:.1f},{y:.1f}' for x, y in (self.px(point) for point in points_m))


def _ground_axes(scene: Scene) -> np.ndarray:
    """(2, 3) to the right and ahead, level, in the camera frame."""
    floor = scene.measurements.floor
    if floor is not None:
        up = floor.normal
    else:
        up = scene.up_camera if scene.up_camera is not None else np.array([0.0, -1.0, 0.0])
    ahead = np.array([0.0, 0.0, 1.0]) - up[2] * up
    if np.linalg.norm(ahead) < 0.05:  # it looks straight down: the picture's top is ahead
        ahead = np.array([0.0, -1.0, 0.0]) + up[1] * up
    ahead = ahead / np.linalg.norm(ahead)
    return np.array([np.cross(ahead, up), ahead])


def _thing(index: int, measured: Measured, axes: np.ndarray) -> _Thing:
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2
    corners = (
        measured.centre_camera
        + signs[:, :1] * measured.size[0] * measured.rotation[:, 0]
        + signs[:, 1:] * measured.size[1] * measured.rotation[:, 1]
    )
    spread = np.sqrt(np.square(axes) @ np.square(measured.stddev_camera))
    return _Thing(index, corners @ axes.T, axes @ measured.centre_camera, spread)


def _referenced(answer: Answer | None) -> tuple[int, ...]:
    return answer.regions if answer is not None else ()


def _grid(sheet: _Sheet, labels: list[Box]) -> str:
    """Rings of equal distance around the camera, each with its metres."""
    reach_m = float(np.max(np.abs([*sheet.low_m, *sheet.high_m])))
    step_m = next((step for step in _STEPS_M if reach_m / step <= 8), _STEPS_M[-1])
    x, y = sheet.px(np.zeros(2))
    parts = []
    for count in range(1, math.ceil(1.5 * reach_m / step_m) + 1):
        radius_m = count * step_m
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius_m * sheet.scale:.1f}" fill="none" '
            'stroke="#d0d0d0" stroke-width="1"/>'
        )
        label_px = _ring_label_px(sheet, radius_m)
        if label_px is not None:
            text = f'{radius_m:g} m'
            size = (round(len(text) * _CHARACTER_PX), _FONT_PX)
            labels.append((label_px[0] - size[0], label_px[1] - size[1], *label_px))
            parts.append(
                f'<text x="{label_px[0]:.1f}" y="{label_px[1]:.1f}" text-anchor="end" fill="#555" '
                f'font-size="{_FONT_PX - 2}">{text}</text>'
            )
    return ''.join(parts)


def _ring_label_px(sheet: _Sheet, radius_m: float) -> tuple[float, float] | None:
    """Right of the camera, or where a wide ring leaves the page: beside what the camera sees."""
    edge_m = sheet.high_m[0]
    if radius_m < edge_m:
        x, y = sheet.px(np.array([radius_m, 0.0]))
        return x - 3, y - 3
    up_m = math.sqrt(radius_m**2 - edge_m**2)
    if up_m > sheet.high_m[1] - 0.3:
        return None
    x, y = sheet.px(np.array([edge_m, up_m]))
    return x - 3, y - 3


def _camera(sheet: _Sheet, scene: Scene) -> str:
    """A triangle that points where the camera looks, and the edges of what it sees."""
    x, y = sheet.px(np.zeros(2))
    parts = []
    if scene.camera is not None:
        for edge_px in (0.0, float(scene.camera.width)):
            slope = (edge_px - scene.camera.cx) / scene.camera.fx
            far = np.array([slope, 1.0]) * (sheet.high_m[1] + 1.0)
            fx, fy = sheet.px(far)
            parts.append(
                f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{fx:.1f}" y2="{fy:.1f}" stroke="#999" '
                'stroke-width="1" stroke-dasharray="2 5"/>'
            )
    parts.append(
        f'<polygon points="{x:.1f},{y - 16:.1f} {x - 10:.1f},{y + 8:.1f} {x + 10:.1f},{y + 8:.1f}" '
        'fill="#000"/>'
        f'<text x="{x + 14:.1f}" y="{y + 8:.1f}">camera</text>'
    )
    return ''.join(parts)


def _viewer(sheet: _Sheet, scene: Scene, axes: np.ndarray) -> str:
    """Where 'me' is, where that is not the camera."""
    if scene.viewer_camera is None:
        return ''
    point = axes @ scene.viewer_camera
    x, y = sheet.px(point)
    if math.hypot(x - sheet.px(np.zeros(2))[0], y - sheet.px(np.zeros(2))[1]) < 12:
        return ''
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="#fff" stroke="#000" stroke-width="2"/>'
        f'<text x="{x + 10:.1f}" y="{y + 5:.1f}">robot</text>'
    )


def _quiet(sheet: _Sheet, thing: _Thing) -> str:
    return (
        f'<polygon points="{sheet.path(thing.outline_m)}" fill="#f2f2f2" fill-opacity="0.7" '
        'stroke="#777" stroke-width="1.2"/>'
    )


def _told(sheet: _Sheet, thing: _Thing, order: int) -> str:
    colour = hex_of(order)
    x, y = sheet.px(thing.centre_m)
    rx, ry = (_SIGMAS * thing.stddev_m * sheet.scale).tolist()
    ellipse = ''
    if math.isfinite(rx) and math.isfinite(ry):
        ellipse = (
            f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="none" '
            'stroke="#000" stroke-width="1.2" stroke-dasharray="1 3"/>'
        )
    outline = sheet.path(thing.outline_m)
    return (
        f'<polygon points="{outline}" fill="{colour}" fill-opacity="0.35" stroke="#000" '
        f'stroke-width="5.5"/><polygon points="{outline}" fill="none" stroke="{colour}" '
        f'stroke-width="3.5" stroke-dasharray="{PATTERNS[order % len(PATTERNS)]}"/>{ellipse}'
    )


def _distance(
    sheet: _Sheet,
    scene: Scene,
    axes: np.ndarray,
    things: Sequence[_Thing],
    answer: Answer,
    labels: list[Box],
) -> str:
    """A line between the two, or from the one to who asks, with the answer's metres."""
    places = {thing.index: thing.centre_m for thing in things}
    ends = [places[index] for index in dict.fromkeys(answer.regions) if index in places][:2]
    if len(ends) == 1:
        viewer = scene.viewer_camera
        ends.append(axes @ viewer if viewer is not None else np.zeros(2))
    if len(ends) < 2:
        return ''
    (x0, y0), (x1, y1) = (sheet.px(end) for end in ends)
    text = f'{answer.value:.2f} m' if math.isfinite(answer.value) else ''
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    line = (
        f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="#000" '
        'stroke-width="2.5" marker-start="url(#end)" marker-end="url(#end)"/>'
    )
    marker = (
        '<defs><marker id="end" viewBox="-5 -5 10 10" markerWidth="5" markerHeight="5">'
        '<circle r="4"/></marker></defs>'
    )
    if not text:
        return marker + line
    place = _placed(
        sheet, text, (middle[0] - 1, middle[1] - 1, middle[0] + 1, middle[1] + 1), labels
    )
    return marker + line + _tag(place, text, '#ffffff', '#000000')


def _label(
    sheet: _Sheet,
    scene: Scene,
    thing: _Thing,
    order: int | None,
    answer: Answer | None,
    labels: list[Box],
) -> str:
    region = scene.regions[thing.index]
    name = printable(region.id or region.class_id or f'#{thing.index}')
    points = [sheet.px(point) for point in thing.outline_m]
    around = (
        min(x for x, _ in points),
        min(y for _, y in points),
        max(x for x, _ in points),
        max(y for _, y in points),
    )
    if order is None or answer is None:
        place = _placed(sheet, name, around, labels)
        return (
            f'<text x="{place[0] + 3:.1f}" y="{place[3] - 5:.1f}" fill="#555" '
            f'stroke="#fff" stroke-width="3" paint-order="stroke">{escape(name)}</text>'
        )
    first = answer.regions.index(thing.index)
    positions = answer.question_positions
    number = positions[first] if first < len(positions) else -1
    text = f'{number}: {name}' if number >= 0 else name
    return _tag(_placed(sheet, text, around, labels), text, '#ffffff', hex_of(order))


def _placed(sheet: _Sheet, text: str, around: Box, labels: list[Box]) -> Box:
    size = (round(len(text) * _CHARACTER_PX) + 8, _FONT_PX + 7)
    page = (round(sheet.width_px), round(sheet.height_px))
    place = place_label(around, size, page, labels=labels, others=[])
    labels.append(place)
    return place


def _tag(place: Box, text: str, fill: str, edge: str) -> str:
    x0, y0, x1, y1 = place
    return (
        f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" rx="3" '
        f'fill="{fill}" stroke="#000" stroke-width="4"/>'
        f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" rx="3" '
        f'fill="{fill}" stroke="{edge}" stroke-width="2"/>'
        f'<text x="{x0 + 4:.1f}" y="{y1 - 6:.1f}" font-weight="bold">{escape(text)}</text>'
    )
