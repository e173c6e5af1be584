# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A picture as small arrays that a loading process hands over: the network's size, no tensors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .config import LanguageConfig
from .preprocess import Rays, colour_input, depth_input, points_input
from .preprocessing import Preprocessing
from .regions import resized_mask


@dataclass(frozen=True, eq=False)
class TaughtText:
    """A question with its answer; `regions` is the picture's region of each ``<mask>``.

    `value` is the answer as a number where it is a quantity, else NaN; `relations` (regions, N) say
    how each region stands to those before it, None where nobody knows.
    """

    question: str
    regions: tuple[int, ...]
    answer: str
    value: float = math.nan
    relations: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class PreparedPicture:
    """One picture ready to be stacked.

    Attributes:
        rgb: (3, S, S) float16, in [-1, 1].
        depth: (3, S, S) or, for equal channels, (1, S, S) float32.
        masks: (R, side, side) float16, each region's mask on the refined map's grid.
        texts: questions about it.
        facts: (R, F) float32, what is true of each region, NaN where unknown; None: of none.
    """

    rgb: np.ndarray
    depth: np.ndarray
    masks: np.ndarray
    texts: tuple[TaughtText, ...]
    facts: np.ndarray | None = None


def prepare(
    colour: np.ndarray,
    depth: np.ndarray,
    rays: Rays | None,
    masks: Sequence[np.ndarray],
    texts: Sequence[TaughtText],
    config: LanguageConfig,
    preprocessing: Preprocessing,
    facts: Sequence[np.ndarray] = (),
) -> PreparedPicture:
    """Bring a picture to what the network with `config` sees of it.

    Args:
        colour: (H, W, 3) uint8 RGB.
        depth: (H, W); metres where `preprocessing` asks for points, else uint8 as the dataset has.
        rays: of the depth's pixels; only points need them.
        masks: (h, w) each.
        facts: (F,) each, of every mask or of none.

    Raises:
        ValueError: a picture of another shape or type, points without `rays` or measurement.
        PromptError: a mask that is none.
    """
    side, refined = config.vit_img_size, config.refined_side
    if preprocessing.depth_convention == 'points':
        if rays is None:
            raise ValueError('points need the rays of the camera, and none were given')
        seen = points_input(depth, rays, side, preprocessing.points_scale_m)
    else:
        seen = depth_input(depth, side, preprocessing.depth_convention)[:1].numpy()
    grid = np.zeros((len(masks), refined, refined), np.float16)
    for row, mask in zip(grid, masks):
        row[:] = resized_mask(mask, refined)
    rgb = colour_input(colour, side).numpy().astype(np.float16)
    known = np.stack(facts).astype(np.float32) if facts else None
    return PreparedPicture(rgb, seen, grid, tuple(texts), known)
