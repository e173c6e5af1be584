# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Small tiling textures, painted once, each with coarser levels for what is far away."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

SIZE = 128
LEVELS = 5
# Each level is as large as the first and only coarser, so that a place has the same index in all of
# them.
LEVEL_TEXELS = SIZE * SIZE


@dataclass(frozen=True, eq=False)
class Atlas:
    """All textures in one array.

    Attributes:
        texels: (N,) uint32, bytes RGBA.
        start: first texel of each texture by name.
    """

    texels: np.ndarray
    start: dict[str, int]


def _noise(rng: np.random.Generator, blur: float, amount: float) -> np.ndarray:
    field = ndimage.gaussian_filter(rng.normal(size=(SIZE, SIZE)), blur, mode='wrap')
    return (field / field.std() * amount)[..., None]


def _filled(colour: tuple[float, float, float]) -> np.ndarray:
    return np.broadcast_to(np.array(colour, float), (SIZE, SIZE, 3)).copy()


def _carton(rng: np.random.Generator, label: bool, print_side: bool) -> np.ndarray:
    """One cardboard box's face: seam around, tape across the middle, sometimes a label."""
    face = _filled((184, 138, 90)) + _noise(rng, 2.0, 5.0) + _noise(rng, 0.6, 3.0)
    face[:, ::4] -= 3.0
    face[SIZE // 2 - 7 : SIZE // 2 + 7] = (
        face[SIZE // 2 - 7 : SIZE // 2 + 7] * 0.5 + np.array([205, 178, 140]) * 0.5
    )
    face[SIZE // 2] -= 40.0
    edge = np.minimum.outer(*(np.minimum(np.arange(SIZE), SIZE - 1 - np.arange(SIZE)),) * 2)
    face -= (55.0 * np.clip(1.0 - edge / 3.0, 0, 1) + 18.0 * np.clip(1.0 - edge / 14.0, 0, 1))[
        ..., None
    ]
    picture = Image.fromarray(np.clip(face, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    if label:
        draw.rectangle((80, 18, 112, 42), fill=(235, 233, 226))
        for x in range(84, 108, 3):
            draw.line((x, 30, x, 39), fill=(40, 40, 40))
        draw.line((84, 23, 104, 23), fill=(90, 90, 90))
    if print_side:
        draw.polygon(((22, 112), (30, 96), (38, 112)), outline=(95, 60, 35))
        draw.line((48, 104, 48, 112), fill=(95, 60, 35), width=3)
        draw.rectangle((14, 20, 44, 26), fill=(120, 82, 50))
    return np.asarray(picture, float)


def _boards(rng: np.random.Generator, colour: tuple[float, float, float], gaps: int) -> np.ndarray:
    """Paint a pallet's deck from above: boards along u with dark gaps between."""
    face = (
        _filled(colour)
        + ndimage.gaussian_filter(rng.normal(size=(SIZE, SIZE, 1)), (0.5, 12, 0)) * 35
    )
    phase = (np.arange(SIZE) * gaps / SIZE) % 1.0
    face[phase > 0.72] *= 0.25
    face += (rng.normal(size=gaps)[(np.arange(SIZE) * gaps // SIZE)] * 8)[:, None, None]
    return face


def _stringer(rng: np.random.Generator, colour: tuple[float, float, float]) -> np.ndarray:
    """Paint a pallet's side: boards, three blocks, two dark openings for the forks."""
    face = _filled(colour) + _noise(rng, 1.5, 5.0)
    for x0, x1 in ((18, 54), (74, 110)):
        face[34:100, x0:x1] *= 0.16
    face[30:34] *= 0.6
    face[100:104] *= 0.6
    return face


def _wall(rng: np.random.Generator) -> np.ndarray:
    """Corrugated white panels with a blue band and a dark skirting, eaves at the top row."""
    ripple = 9.0 * np.sign(np.sin(np.arange(SIZE) * 2 * np.pi / 16))
    face = _filled((208, 210, 212)) + ripple[None, :, None] + _noise(rng, 6, 3)
    face[:, :4] *= 0.85
    face[88:98] = np.array([34, 82, 160]) + ripple[None, :, None] * 0.6
    face[98:120] = np.array([176, 176, 172]) + _noise(rng, 4, 4)[98:120]
    face[120:] *= 0.35
    return face


def _stripes(
    dark: tuple[float, float, float], bright: tuple[float, float, float], count: int
) -> np.ndarray:
    i, j = np.mgrid[:SIZE, :SIZE]
    return np.where(
        (((i + j) * count // SIZE) % 2)[..., None] > 0,
        np.array(dark, float),
        np.array(bright, float),
    )


def _panel(rng: np.random.Generator) -> np.ndarray:
    """Painted sheet metal with a seam and bolts (tinted by its owner)."""
    face = _filled((225, 225, 225)) + _noise(rng, 5, 4)
    face[:3] *= 0.6
    face[-4:] *= 0.45
    face[:, :2] *= 0.7
    face[:, -2:] *= 0.7
    face[40:44] *= 0.72
    for x in (12, 115):
        face[14:19, x : x + 5] *= 0.4
    return face


def _crate(rng: np.random.Generator) -> np.ndarray:
    """Paint a plastic crate's side: rim and grid."""
    face = _filled((215, 215, 215)) + _noise(rng, 3, 3)
    face[28:118:18] *= 0.45
    face[28:118, ::16] *= 0.55
    face[:14] *= 1.1
    face[14:18] *= 0.5
    return face


def _paint_all() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(20240607)
    wood = (168, 132, 88)
    return {
        'plain': _filled((255, 255, 255)),
        'ceiling': _filled((150, 152, 156)) + 25 * (np.arange(SIZE) % 64 < 6)[None, :, None],
        'wall': _wall(rng),
        'tape': np.array([236, 196, 24]) + _noise(rng, 1.5, 6.0),
        'carton': _carton(rng, label=False, print_side=False),
        'carton_label': _carton(rng, label=True, print_side=False),
        'carton_print': _carton(rng, label=True, print_side=True),
        'wood_top': _boards(rng, wood, 7),
        'wood_side': _stringer(rng, wood),
        'grey_top': _boards(rng, (200, 200, 205), 9),
        'grey_side': _stringer(rng, (190, 190, 195)),
        'panel': _panel(rng),
        'deck': _filled((120, 122, 126))
        * (1 - 0.25 * ((np.mgrid[:SIZE, :SIZE].sum(0) % 16) < 3))[..., None],
        'hazard': _stripes((28, 28, 28), (238, 196, 20), 4),
        'crate': _crate(rng),
        'steel': _filled((235, 235, 235))
        * (1 - 0.55 * ((np.arange(SIZE) % 32 < 9)[:, None] & (np.abs(np.arange(SIZE) - 64) < 14)))[
            ..., None
        ],
    }


def _halved(face: np.ndarray) -> np.ndarray:
    return face.reshape(face.shape[0] // 2, 2, face.shape[1] // 2, 2, 3).mean(axis=(1, 3))


@lru_cache(maxsize=1)
def atlas() -> Atlas:
    """Paint all textures, when first needed."""
    texels: list[np.ndarray] = []
    start: dict[str, int] = {}
    used = 0
    for name, face in _paint_all().items():
        start[name] = used
        for _ in range(LEVELS):
            rgba = np.full((SIZE, SIZE, 4), 255, np.uint8)
            repeat = SIZE // len(face)
            rgba[..., :3] = np.clip(face, 0, 255).repeat(repeat, axis=0).repeat(repeat, axis=1)
            texels.append(rgba.view(np.uint32).ravel())
            used += texels[-1].size
            face = _halved(face)
    return Atlas(np.concatenate(texels), start)


@lru_cache(maxsize=1)
def concrete_grain() -> np.ndarray:
    """Return the grain of concrete: (256, 256), tiling, mean 0, standard deviation 1."""
    rng = np.random.default_rng(7)
    field = rng.normal(size=(256, 256)) * 0.6
    for blur in (1.2, 3.0, 7.0):
        layer = ndimage.gaussian_filter(rng.normal(size=(256, 256)), blur, mode='wrap')
        field += layer / layer.std()
    return (field / field.std()).astype(np.float32)
