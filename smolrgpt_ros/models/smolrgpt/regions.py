# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Masks to weights on the refined map, and weights to region tokens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from .errors import PromptError
from .refiner import Refiner, by_quadrant

_EPSILON = 1e-8


def box_mask(box_px: Sequence[float], height: int, width: int) -> np.ndarray:
    """Mask (height, width) of the box `(x, y, width, height)` in pixels, true inside.

    Fractions of pixels are rounded; a box smaller than a pixel still marks one.
    """
    x, y, box_width, box_height = (float(value) for value in box_px)
    mask = np.zeros((height, width), bool)
    left, top = (min(max(round(start), 0), end - 1) for start, end in ((x, width), (y, height)))
    right, bottom = max(round(x + box_width), left + 1), max(round(y + box_height), top + 1)
    mask[top:bottom, left:right] = True
    return mask


def resized_mask(mask: np.ndarray, side: int) -> np.ndarray:
    """Bilinear resize of `mask` (h, w) to (side, side), half-pixel centres, no antialiasing.

    Only the four pixels around each sample are read, so a mask of a whole camera picture costs no
    more than a small one. Raises `PromptError` for anything but a non-empty plane of numbers.
    """
    mask = np.asarray(mask)
    if mask.ndim != 2 or 0 in mask.shape or mask.dtype.kind not in 'biuf':
        raise PromptError(
            f'a mask is a plane of numbers (height, width), not {mask.dtype} {mask.shape}'
        )
    (top, bottom, down), (left, right, across) = (_samples(size, side) for size in mask.shape)
    upper, lower = mask[top].astype(np.float32), mask[bottom].astype(np.float32)
    rows = upper * (1 - down)[:, None] + lower * down[:, None]
    weights = rows[:, left] * (1 - across) + rows[:, right] * across
    if not np.isfinite(weights).all():
        raise PromptError('a mask holds values that are not finite')
    return weights


def _samples(size: int, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For `side` samples along `size` pixels: pixel before, pixel after, weight of the latter."""
    place = np.maximum((np.arange(side, dtype=np.float32) + 0.5) * np.float32(size / side) - 0.5, 0)
    before = np.minimum(place.astype(np.int64), size - 1)
    return before, np.minimum(before + 1, size - 1), (place - before).astype(np.float32)


class RefinedMap:
    """Refined places of one picture, each computed when a mask first covers it."""

    def __init__(self, refiner: Refiner, tokens: Tensor) -> None:
        """`tokens` (T, C) of one picture."""
        self._refiner, self._tokens = refiner, tokens
        count = tokens.shape[0] * 16
        self._known = torch.zeros(count, dtype=torch.bool, device=tokens.device)
        self._places = tokens.new_empty(count, 4, tokens.shape[1])

    def regions(self, weights: Tensor) -> Tensor:
        """Weights (R, places) -> weighted means (R, C) of the refined map."""
        covered = weights.unflatten(1, (-1, 4)).ne(0).any(2).any(0)  # (cells,)
        self._compute(torch.nonzero(covered & ~self._known)[:, 0])
        cells = torch.nonzero(covered)[:, 0]  # (n,)
        picked = weights.unflatten(1, (-1, 4))[:, cells].flatten(1)  # (R, 4 n)
        sums = picked.to(self._places.dtype) @ self._places[cells].flatten(0, 1)
        return sums / (weights.sum(1, keepdim=True) + _EPSILON).to(sums.dtype)

    def _compute(self, cells: Tensor) -> None:
        """Fill in the cells (n,) that are not known yet."""
        if len(cells):
            self._places[cells] = self._refiner(self._tokens, cells)
            self._known[cells] = True


def mask_weights(masks: Sequence[np.ndarray], side: int) -> Tensor:
    """Masks of any sizes -> weights (R, side * side) in the order of refined places, float32."""
    resized = np.stack([resized_mask(mask, side) for mask in masks])  # (R, side, side)
    return by_quadrant(torch.from_numpy(resized))
