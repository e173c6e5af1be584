# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A hall from above: what stands where, how the robot drove, where it took and left its load."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from smolrgpt_ros.drawing.text import font_of, text_width_px
from smolrgpt_ros.ros.mock_robot.body import REACH_M, Stand
from smolrgpt_ros.ros.mock_robot.stage import Outcome
from smolrgpt_ros.warehouse.world import Thing

_PX_PER_M = 64
_MARGIN_PX, _CAPTION_PX = 30, 92
_FONT_PX, _SMALL_PX = 20, 16
_FILL = {
    'buffer': (255, 246, 196),
    'pallet': (214, 176, 124),
    'transporter': (132, 178, 226),
    'shelf': (206, 208, 212),
    'person': (244, 160, 120),
    '': (186, 190, 196),
}
_LINE = (70, 74, 80)
_TAPE = (222, 176, 0)
_PATH, _PICK, _DROP, _START = (20, 92, 190), (200, 40, 40), (0, 130, 70), (90, 40, 150)
Point = tuple[float, float]


@dataclass(frozen=True)
class _Sheet:
    """Metres of the hall to pixels of the picture; y goes up."""

    draw: ImageDraw.ImageDraw
    width_m: float

    def at(self, x: float, y: float) -> Point:
        return _MARGIN_PX + _PX_PER_M * x, _MARGIN_PX + _PX_PER_M * (self.width_m - y)

    def label(self, x: float, y: float, text: str, colour: tuple[int, int, int], px: int) -> None:
        """Text centred over a floor point, on a bright patch so that lines do not cross it."""
        u, v = self.at(x, y)
        half = text_width_px(text, px) / 2.0
        box = (u - half - 3, v - px * 0.62, u + half + 3, v + px * 0.66)
        self.draw.rectangle(box, fill=(255, 255, 255))
        self.draw.text((u, v), text, fill=colour, font=font_of(px), anchor='mm')


def draw_mission(outcome: Outcome) -> Image.Image:
    """The picture of a mission, RGB."""
    world = outcome.errand.world
    length, width, _ = world.size
    size = (
        round(length * _PX_PER_M) + 2 * _MARGIN_PX,
        round(width * _PX_PER_M) + 2 * _MARGIN_PX + _CAPTION_PX,
    )
    picture = Image.new('RGB', size, (255, 255, 255))
    sheet = _Sheet(ImageDraw.Draw(picture), width)
    corner_low, corner_high = sheet.at(0.0, width), sheet.at(length, 0.0)
    sheet.draw.rectangle((*corner_low, *corner_high), fill=(250, 250, 251), outline=_LINE, width=3)
    _things(sheet, outcome)
    _grid(sheet, length, width)
    _drive(sheet, outcome)
    _names(sheet, outcome)
    _caption(sheet, outcome, size)
    return picture


def _grid(sheet: _Sheet, length: float, width: float) -> None:
    """Ticks every two metres along the walls."""
    for x in range(2, math.ceil(length), 2):
        u, v = sheet.at(x, 0.0)
        sheet.draw.line((u, v, u, v - 8), fill=_LINE)
        sheet.draw.text((u, v + 3), f'{x}', fill=_LINE, font=font_of(_SMALL_PX), anchor='mt')
    for y in range(2, math.ceil(width), 2):
        u, v = sheet.at(0.0, y)
        sheet.draw.line((u, v, u + 8, v), fill=_LINE)
        sheet.draw.text((u - 4, v), f'{y}', fill=_LINE, font=font_of(_SMALL_PX), anchor='rm')


def _polygon(sheet: _Sheet, thing: Thing) -> list[Point]:
    return [sheet.at(x, y) for x, y in thing.footprint]


def _things(sheet: _Sheet, outcome: Outcome) -> None:
    errand = outcome.errand
    now = [outcome.things.get(thing.id, thing) for thing in errand.world.things]
    now.sort(key=lambda thing: (thing.class_id != 'buffer', bool(thing.carried_by)))
    for thing in now:
        tape = thing.class_id == 'buffer'
        sheet.draw.polygon(_polygon(sheet, thing), fill=_FILL[thing.class_id])
        wanted = thing.id == errand.buffer_id
        colour, line = (_DROP, 6) if wanted else (_TAPE, 3) if tape else (_LINE, 2)
        outline = _polygon(sheet, thing)
        sheet.draw.line([*outline, outline[0]], fill=colour, width=line)
    pallet = errand.world.thing(errand.pallet_id)
    _dashed(sheet, [(x, y) for x, y in pallet.footprint], _PICK)


def _dashed(sheet: _Sheet, corners: Sequence[Point], colour: tuple[int, int, int]) -> None:
    """Outline of where something stood before."""
    for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
        for share in np.arange(0.0, 1.0, 0.2):
            ends = [sheet.at(*(np.array(a) + s * np.subtract(b, a))) for s in (share, share + 0.11)]
            sheet.draw.line(ends, fill=colour, width=4)


def _drive(sheet: _Sheet, outcome: Outcome) -> None:
    path = [sheet.at(x, y) for x, y in outcome.path]
    if len(path) > 1:
        sheet.draw.line(path, fill=_PATH, width=4, joint='curve')
    travelled = 0.0
    for a, b in zip(outcome.path, outcome.path[1:], strict=False):
        before, travelled = travelled, travelled + math.dist(a, b)
        if int(before / 1.5) != int(travelled / 1.5):
            _arrow(sheet, a, b)
    start = outcome.errand.start
    u, v = sheet.at(start.x, start.y)
    sheet.draw.ellipse((u - 11, v - 11, u + 11, v + 11), fill=_START)
    sheet.draw.line((u, v, *sheet.at(*start.ahead(0.5))), fill=_START, width=5)


def _arrow(sheet: _Sheet, a: Point, b: Point) -> None:
    """Which way the robot drove."""
    tip = Stand(*b, math.atan2(b[1] - a[1], b[0] - a[0]))
    wings = [Stand(tip.x, tip.y, tip.yaw + turn).ahead(0.2) for turn in (2.6, -2.6)]
    sheet.draw.polygon([sheet.at(*b), *(sheet.at(*wing) for wing in wings)], fill=_PATH)


def _names(sheet: _Sheet, outcome: Outcome) -> None:
    errand = outcome.errand
    for thing in outcome.things.values():
        x, y, _ = thing.centre
        if thing.carried_by in outcome.things:
            continue  # told with its carrier
        if thing.class_id in ('transporter', 'buffer', 'pallet', 'person', 'shelf'):
            important = thing.id in (errand.buffer_id, errand.pallet_id, errand.transporter_id)
            text = thing.id if important else thing.id.replace('_', ' ').split()[-1]
            letter = {'buffer': 'buffer ', 'transporter': 'T', 'pallet': 'P', 'shelf': 'S'}
            if not important:
                text = letter.get(thing.class_id, 'person ') + text
            loads = [t.id for t in outcome.things.values() if t.carried_by == thing.id]
            text += ''.join(f' with P{load.split("_")[-1]}' for load in loads)
            if thing.class_id == 'buffer':
                # At its upper border: the middle is where things stand.
                x, y = thing.footprint.mean(axis=0) + thing.rotation[:2, 1] * (thing.size[1] / 2)
            sheet.label(x, y, text, _LINE if not important else (0, 0, 0), _SMALL_PX)
    sheet.label(errand.start.x, errand.start.y - 0.36, 'start', _START, _FONT_PX)
    was = errand.world.thing(errand.pallet_id)
    sheet.label(was.centre[0], was.centre[1], 'pick', _PICK, _FONT_PX)
    now = outcome.things.get(errand.pallet_id)
    if now is not None and math.dist(now.centre[:2], was.centre[:2]) > REACH_M / 2:
        sheet.label(now.centre[0], now.centre[1] - 0.42, 'drop', _DROP, _FONT_PX)


def _caption(sheet: _Sheet, outcome: Outcome, size: tuple[int, int]) -> None:
    metres = sum(math.dist(a, b) for a, b in zip(outcome.path, outcome.path[1:], strict=False))
    lines = (
        f'Errand {outcome.errand.seed}: bring the pallet for {outcome.errand.transporter_id} to '
        f'{outcome.errand.buffer_id}. Driven {metres:.1f} m. '
        f'{"Done" if outcome.right else "Not done"}, by truth.',
        'P pallet, T transporter, S shelf; metres. Blue: drive. Dashed red: where it stood before.',
    )
    for place, line in enumerate(lines):
        v = size[1] - _CAPTION_PX + 6 + place * 32
        sheet.draw.text((_MARGIN_PX, v), line, fill=(0, 0, 0), font=font_of(_FONT_PX))
