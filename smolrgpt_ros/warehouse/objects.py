# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Builders of what stands in a warehouse: pallets, transporters, racks, people, buffers, clutter.

Each takes a place on the floor and a generator of random numbers and returns a `Thing` whose box is
its true one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from smolrgpt_ros.warehouse.world import Cuboid, Ellipsoid, Thing

T = TypeVar('T')

PALLET_FOOTPRINTS = ((1.2, 1.0), (1.2, 0.8), (1.1, 1.1))
DECK_HEIGHT_M = 0.15
_CARTON_TEXTURES = ('carton', 'carton_label', 'carton_print')
_CARTON_TINTS = ((1.0, 1.0, 1.0), (0.92, 0.90, 0.88), (1.06, 1.04, 1.0), (0.84, 0.80, 0.76))
_DECKS = (  # sides, top, tint
    ('wood_side', 'wood_top', (1.0, 1.0, 1.0)),
    ('wood_side', 'wood_top', (0.80, 0.76, 0.72)),
    ('grey_side', 'grey_top', (0.30, 0.30, 0.32)),
    ('grey_side', 'grey_top', (0.16, 0.36, 0.85)),
)
_CRATE_TINTS = ((0.20, 0.42, 0.90), (0.92, 0.78, 0.12), (0.85, 0.25, 0.18), (0.25, 0.62, 0.36))


class _Local:
    """Places cuboids given in a thing's own axes (along, across, up from the floor)."""

    def __init__(self, x: float, y: float, yaw: float, z: float = 0.0):
        self.origin, self.yaw, self.z = np.array([x, y]), yaw, z
        self.cos, self.sin = np.cos(yaw), np.sin(yaw)
        self.parts: list[Cuboid] = []

    def point(self, along: float, across: float) -> tuple[float, float]:
        return (
            float(self.origin[0] + self.cos * along - self.sin * across),
            float(self.origin[1] + self.sin * along + self.cos * across),
        )

    def box(
        self,
        along: float,
        across: float,
        bottom: float,
        size: ArrayLike,
        sides: str = 'plain',
        top: str | None = None,
        tiles: ArrayLike = (1, 1, 1),
        tint: ArrayLike = (1, 1, 1),
        turn: float = 0.0,
    ) -> None:
        (x, y), extent = self.point(along, across), _triple(size)
        self.parts.append(
            Cuboid(
                (x, y, self.z + bottom + extent[2] / 2.0),
                extent,
                self.yaw + turn,
                (sides, top or sides),
                _triple(tiles),
                _triple(tint),
            )
        )


def _triple(values: ArrayLike) -> tuple[float, float, float]:
    a, b, c = np.asarray(values, float).tolist()
    return a, b, c


def _choice(rng: np.random.Generator, options: Sequence[T]) -> T:
    return options[int(rng.integers(len(options)))]


def _stack_cartons(local: _Local, length: float, width: float, rng: np.random.Generator) -> float:
    """Put cardboard boxes on the deck: full layers, then a broken one; returns the top, metres."""
    columns, rows = int(rng.integers(2, 4)), 2
    layer = float(rng.uniform(0.26, 0.42))
    full = int(rng.integers(0, 4))
    overhang = -float(rng.uniform(0.03, 0.09))
    a, b = length + 2 * overhang, width + 2 * overhang
    texture, tint = _choice(rng, _CARTON_TEXTURES), _choice(rng, _CARTON_TINTS)
    top = DECK_HEIGHT_M
    if full:
        local.box(0, 0, top, (a, b, full * layer), texture, 'carton', (columns, rows, full), tint)
        top += full * layer
    broken = rng.random((columns, rows)) < (0.55 if full else 0.8)
    if not full and not broken.any():
        broken[0, 0] = True
    highest = top
    for i, j in zip(*np.nonzero(broken)):
        size = np.array([a / columns, b / rows, layer * float(rng.uniform(0.6, 1.15))])
        size[:2] *= rng.uniform(0.84, 0.98, 2)
        place = ((i + 0.5) * a / columns - a / 2.0, (j + 0.5) * b / rows - b / 2.0)
        local.box(
            *place,
            top,
            size,
            _choice(rng, _CARTON_TEXTURES),
            'carton',
            tint=np.array(tint) * rng.uniform(0.9, 1.0),
            turn=float(rng.uniform(-0.05, 0.05)),
        )
        highest = max(highest, top + size[2])
    return float(highest)


def build_pallet(
    thing_id: str,
    x: float,
    y: float,
    yaw: float,
    rng: np.random.Generator,
    *,
    bottom_m: float = 0.0,
    footprint: tuple[float, float] | None = None,
    empty: bool | None = None,
    carried_by: str = '',
) -> Thing:
    """Build a wooden or plastic pallet, stacked with boxes, or empty (single or a pile)."""
    length, width = footprint or _choice(rng, PALLET_FOOTPRINTS)
    sides, top, tint = _choice(rng, _DECKS)
    local = _Local(x, y, yaw, bottom_m)
    if empty is None:
        empty = bool(rng.random() < 0.15)
    count = int(rng.integers(1, 5)) if empty and not carried_by else 1
    for i in range(count):
        local.box(
            0, 0, i * DECK_HEIGHT_M, (length, width, DECK_HEIGHT_M), sides, top, (1, 1, 1), tint
        )
    height = count * DECK_HEIGHT_M if empty else _stack_cartons(local, length, width, rng)
    return Thing(
        thing_id,
        'pallet',
        (x, y, bottom_m + height / 2.0),
        (length, width, height),
        yaw,
        tuple(local.parts),
        carried_by=carried_by,
    )


TRANSPORTER_BED_M = 0.30


def build_transporter(
    thing_id: str,
    x: float,
    y: float,
    yaw: float,
    rng: np.random.Generator,
    mast: bool | None = None,
) -> Thing:
    """Build a vehicle with a low flat bed for a pallet.

    Its front half metre is a head, sometimes with a mast.
    """
    length, width = 1.90, 0.95
    mast = bool(rng.random() < 0.4) if mast is None else mast
    tint = _choice(
        rng, ((0.95, 0.45, 0.10), (0.88, 0.90, 0.92), (0.95, 0.78, 0.10), (0.20, 0.50, 0.85))
    )
    height = float(rng.uniform(1.25, 1.6)) if mast else float(rng.uniform(0.5, 0.7))
    local = _Local(x, y, yaw)
    local.box(0, 0, 0.05, (length, width, 0.13), 'hazard', 'deck', (8, 4, 0.6))
    local.box(
        -0.27,
        0,
        0.18,
        (length - 0.56, width - 0.04, TRANSPORTER_BED_M - 0.18),
        'panel',
        'deck',
        (2, 1, 1),
        tint,
    )
    head = height if not mast else 0.62
    local.box(
        length / 2.0 - 0.27,
        0,
        0.18,
        (0.50, width - 0.06, head - 0.18),
        'panel',
        'panel',
        (1, 1, 1),
        tint,
    )
    local.box(length / 2.0 - 0.018, 0, 0.36, (0.02, width * 0.6, 0.07), tint=(0.10, 0.85, 0.95))
    if mast:
        for side in (-1, 1):
            local.box(
                length / 2.0 - 0.46,
                side * 0.30,
                head,
                (0.07, 0.09, height - head),
                'plain',
                tint=(0.20,) * 3,
            )
        local.box(
            length / 2.0 - 0.46, 0, height - 0.09, (0.07, 0.51, 0.09), 'plain', tint=(0.20,) * 3
        )
    for along in (-0.62, 0.55):
        for side in (-1, 1):
            local.box(along, side * (width / 2.0 - 0.06), 0.0, (0.22, 0.10, 0.12), tint=(0.10,) * 3)
    return Thing(
        thing_id,
        'transporter',
        (x, y, height / 2.0),
        (length, width, height),
        yaw,
        tuple(local.parts),
    )


def load_of(transporter: Thing, thing_id: str, rng: np.random.Generator) -> Thing:
    """Build a pallet that stands on a transporter's bed."""
    x, y = _Local(*transporter.centre[:2], transporter.yaw).point(-0.29, 0.0)
    return build_pallet(
        thing_id,
        x,
        y,
        transporter.yaw,
        rng,
        bottom_m=TRANSPORTER_BED_M,
        footprint=(1.2, 0.8),
        carried_by=transporter.id,
    )


def build_shelf(
    thing_id: str,
    x: float,
    y: float,
    yaw: float,
    rng: np.random.Generator,
    length: float = 2.7,
    levels: int = 3,
) -> Thing:
    """Build a rack's bay: uprights, beams, boards, boxes on them; one can look through."""
    depth, pitch = 1.0, float(rng.uniform(0.75, 0.95))
    height = levels * pitch + 0.15
    local = _Local(x, y, yaw)
    blue = (0.16, 0.34, 0.78)
    for along in (-1, 1):
        for across in (-1, 1):
            local.box(
                along * (length / 2 - 0.04),
                across * (depth / 2 - 0.04),
                0,
                (0.08, 0.08, height),
                'steel',
                'plain',
                (1, 1, height / 0.25),
                blue,
            )
    for level in range(levels):
        bottom = 0.12 + level * pitch
        local.box(
            0, 0, bottom, (length - 0.02, depth - 0.10, 0.04), 'plain', tint=(0.55, 0.56, 0.58)
        )
        for across in (-1, 1):
            local.box(
                0,
                across * (depth / 2 - 0.04),
                bottom - 0.06,
                (length - 0.16, 0.05, 0.10),
                tint=(0.95, 0.48, 0.08),
            )
        _fill_level(local, bottom + 0.04, length - 0.3, depth - 0.25, pitch - 0.22, rng)
    return Thing(
        thing_id, 'shelf', (x, y, height / 2.0), (length, depth, height), yaw, tuple(local.parts)
    )


def _fill_level(
    local: _Local,
    bottom: float,
    length: float,
    depth: float,
    room: float,
    rng: np.random.Generator,
) -> None:
    slots = 4
    for slot in range(slots):
        if rng.random() < 0.25:
            continue
        along = (slot + 0.5) * length / slots - length / 2.0
        size = (
            length / slots * rng.uniform(0.6, 0.95),
            depth * rng.uniform(0.6, 0.95),
            room * rng.uniform(0.45, 0.95),
        )
        if rng.random() < 0.3:
            local.box(along, 0, bottom, size, 'crate', 'crate', tint=_choice(rng, _CRATE_TINTS))
        else:
            local.box(
                along,
                0,
                bottom,
                size,
                _choice(rng, _CARTON_TEXTURES),
                'carton',
                tint=_choice(rng, _CARTON_TINTS),
            )


def build_person(thing_id: str, x: float, y: float, yaw: float, rng: np.random.Generator) -> Thing:
    """Build a standing or walking worker in a safety vest, of rounded parts."""
    height = float(rng.uniform(1.62, 1.92))
    k = height / 1.75
    step = float(rng.uniform(0.0, 0.42))
    skin = _choice(rng, ((0.95, 0.76, 0.62), (0.72, 0.50, 0.36), (0.45, 0.30, 0.22)))
    trousers = _choice(rng, ((0.16, 0.20, 0.36), (0.22, 0.22, 0.22), (0.40, 0.36, 0.28)))
    vest = _choice(rng, ((0.98, 0.52, 0.08), (0.82, 0.95, 0.15)))
    local = _Local(x, y, yaw)
    parts: list[Ellipsoid] = []

    def add(
        along: float,
        across: float,
        up: float,
        radii: tuple[float, float, float],
        tint: tuple[float, float, float],
        pitch: float = 0.0,
    ) -> None:
        parts.append(
            Ellipsoid(
                (*local.point(along * k, across * k), up * k),
                (radii[0] * k, radii[1] * k, radii[2] * k),
                yaw,
                pitch,
                tint,
            )
        )

    for side in (-1, 1):
        swing = side * step
        add(0.40 * np.sin(swing), side * 0.10, 0.45, (0.085, 0.085, 0.44), trousers, -swing)
        add(
            0.80 * np.sin(swing) + 0.05, side * 0.10, 0.045, (0.14, 0.05, 0.045), (0.12, 0.10, 0.08)
        )
        add(-0.22 * np.sin(swing), side * 0.255, 1.10, (0.055, 0.055, 0.31), vest, swing * 0.8)
        add(-0.42 * np.sin(swing), side * 0.26, 0.80, (0.05, 0.045, 0.07), skin)
    add(0, 0, 1.16, (0.14, 0.215, 0.34), vest)
    add(0.004, 0, 1.16, (0.145, 0.219, 0.045), (0.96, 0.96, 0.90))
    add(0, 0, 1.50, (0.06, 0.06, 0.09), skin)
    add(0.01, 0, 1.615, (0.10, 0.082, 0.125), skin)
    add(-0.005, 0, 1.665, (0.125, 0.105, 0.085), (0.95, 0.85, 0.15))
    length = 2 * k * max(0.15, 0.80 * np.sin(step) + 0.16)
    return Thing(
        thing_id,
        'person',
        (x, y, height / 2.0),
        (length, 0.62 * k, height),
        yaw,
        ellipsoids=tuple(parts),
    )


def build_buffer(
    thing_id: str, x: float, y: float, yaw: float, length: float, width: float
) -> Thing:
    """Build a storage area: a rectangle painted on the floor."""
    return Thing(thing_id, 'buffer', (x, y, 0.0), (length, width, 0.0), yaw)


def build_pillar(x: float, y: float, height: float) -> Thing:
    """Build a roof pillar with a hazard sleeve."""
    local = _Local(x, y, 0.0)
    local.box(0, 0, 0, (0.32, 0.32, 1.2), 'hazard', tiles=(1, 1, 4))
    local.box(0, 0, 1.2, (0.26, 0.26, height - 1.2), tint=(0.72, 0.73, 0.74))
    return Thing('', '', (x, y, height / 2), (0.32, 0.32, height), 0.0, tuple(local.parts))


def build_table(thing_id: str, x: float, y: float, yaw: float, rng: np.random.Generator) -> Thing:
    """Build a packing table with crates and cartons."""
    local = _Local(x, y, yaw)
    local.box(0, 0, 0.76, (1.8, 0.75, 0.05), tint=(0.62, 0.63, 0.64))
    for along in (-0.84, 0.84):
        for across in (-0.33, 0.33):
            local.box(along, across, 0, (0.05, 0.05, 0.76), tint=(0.4, 0.4, 0.42))
    for slot in (-0.55, 0.05, 0.6):
        size = rng.uniform((0.3, 0.3, 0.12), (0.5, 0.5, 0.35))
        if rng.random() < 0.5:
            local.box(
                slot,
                0,
                0.81,
                size,
                'crate',
                tint=_choice(rng, _CRATE_TINTS),
                turn=rng.uniform(-0.3, 0.3),
            )
        else:
            local.box(slot, 0, 0.81, size, 'carton_label', 'carton', turn=rng.uniform(-0.3, 0.3))
    return Thing(thing_id, '', (x, y, 0.6), (1.8, 0.75, 1.2), yaw, tuple(local.parts))
