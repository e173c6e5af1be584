# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The held-out split: what trained networks are scored on, always the same pictures and questions.

Its halls come from a range of their own (`halls.py`), so nothing trains on them. Four variants ask
the same questions about the same views. A change of what they contain is a new version.
"""

from __future__ import annotations

from smolrgpt_ros.warehouse.halls import HELD_OUT_HALLS
from smolrgpt_ros.warehouse.synthesis import Recipe, recipe_noise

VERSION = 'held-out-1'
SCENES = 200
SEED = 1


def held_out(*, noise: bool = False, boxes: bool = False, scenes: int = SCENES) -> Recipe:
    """Return a variant's recipe.

    Args:
        noise: depth, colour and masks as a stereo camera and a detector give them.
        boxes: masks are filled boxes.
        scenes: the first so many pictures.
    """
    return Recipe(scenes, SEED, noise=recipe_noise(noise), boxes=boxes, halls=HELD_OUT_HALLS)


def variant_name(*, noise: bool, boxes: bool) -> str:
    """'held-out-1 noisy boxes' and the like."""
    return ' '.join([VERSION, 'noisy' if noise else 'clean', 'boxes' if boxes else 'masks'])


HELD_OUT = held_out()
HELD_OUT_NOISY = held_out(noise=True)
HELD_OUT_BOXES = held_out(boxes=True)
HELD_OUT_NOISY_BOXES = held_out(noise=True, boxes=True)
