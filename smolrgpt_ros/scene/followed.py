# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is remembered of tracked objects beside their motion."""

from __future__ import annotations

import math

import numpy as np

from smolrgpt_ros.scene.sightings import Sightings

_LEARNED = 0.2  # share of a new sighting in what an object looks like
_SHRINKING = 0.1 * _LEARNED


class Followed:
    """N tracked objects, a row each; NaN for what has never been seen of one.

    Attributes:
        ids: their stable names.
        class_ids: as in `Sighting`; '' where no detector has told it yet.
        detector_ids: what the detector called them when they were seen last, '' where that has
            moved to another object.
        boxes_px, views: (N, 4) as seen last.
        sizes: (N, 3) learned, metres.
        appearances: (N, B) learned.
        positions: (N, 3) as measured last, not smoothed, moved for what was not seen.
        last_ns: (N,) stamps of their last sightings.
        counts: (N,) in how many frames they were seen.
    """

    def __init__(self) -> None:
        """Nothing followed yet."""
        self.ids: list[str] = []
        self.class_ids: list[str] = []
        self.detector_ids: list[str] = []
        self.boxes_px = np.zeros((0, 4))
        self.views = np.zeros((0, 4))
        self.sizes = np.zeros((0, 3))
        self.appearances = np.zeros((0, 1))
        self.positions = np.zeros((0, 3))
        self.last_ns: np.ndarray = np.zeros(0, np.int64)
        self.counts: np.ndarray = np.zeros(0, np.int64)

    def __len__(self) -> int:
        """How many."""
        return len(self.ids)

    def begin(self, ids: list[str], stamp_ns: int, seen: Sightings, places: np.ndarray) -> None:
        """Add objects seen for the first time, at places (K, 3)."""
        if not ids:
            return
        looks = self._looks(seen)
        self.ids += ids
        self.class_ids += seen.class_ids
        self.detector_ids += seen.ids
        self.boxes_px = np.concatenate([self.boxes_px, seen.boxes_px])
        self.views = np.concatenate([self.views, seen.views])
        self.sizes = np.concatenate([self.sizes, seen.sizes])
        self.appearances = np.concatenate([self.appearances, looks])
        self.positions = np.concatenate([self.positions, places])
        self.last_ns = np.concatenate([self.last_ns, np.full(len(ids), stamp_ns)])
        self.counts = np.concatenate([self.counts, np.ones(len(ids), np.int64)])

    def see(self, index: np.ndarray, stamp_ns: int, seen: Sightings, places: np.ndarray) -> None:
        """Take one more sighting of each of some objects (K,) in, at places (K, 3)."""
        if not len(index):
            return
        looks = self._looks(seen)
        for j, claim, class_id in zip(index.tolist(), seen.ids, seen.class_ids, strict=True):
            self.detector_ids[j] = claim or self.detector_ids[j]
            self.class_ids[j] = self.class_ids[j] or class_id
        self.boxes_px[index], self.views[index] = seen.boxes_px, seen.views
        self.sizes[index] = _learned_sizes(self.sizes[index], seen.sizes, seen.cut)
        self.appearances[index] = _learned_appearances(self.appearances[index], looks)
        self.positions[index] = _where_known(places, self.positions[index])
        self.last_ns[index] = stamp_ns
        self.counts[index] += 1

    def keep(self, index: list[int]) -> None:
        """Forget all but some."""
        self.ids = [self.ids[j] for j in index]
        self.class_ids = [self.class_ids[j] for j in index]
        self.detector_ids = [self.detector_ids[j] for j in index]
        places = np.array(index, np.intp)
        for name, values in vars(self).items():
            if isinstance(values, np.ndarray):
                setattr(self, name, values[places])

    def _looks(self, seen: Sightings) -> np.ndarray:
        """What sightings look like, (K, B).

        Where it is told in another way from now on, all that was learned of looks is forgotten.
        """
        looks, width = seen.appearances, self.appearances.shape[1]
        if looks.shape[1] == width:
            return looks
        if np.isnan(looks).all():
            return np.full((len(looks), width), math.nan)
        self.appearances = np.full((len(self), looks.shape[1]), math.nan)
        return looks


def _where_known(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    """(K, D) new rows, the old ones where they are NaN."""
    unknown = np.isnan(new[:, :1])
    return np.where(unknown, old, new) if unknown.any() else new


def _learned_appearances(known: np.ndarray, seen: np.ndarray) -> np.ndarray:
    mixed = known + _LEARNED * (seen - known)
    lengths = np.sqrt(np.einsum('kb,kb->k', mixed, mixed))
    mixed /= np.maximum(lengths, 1e-9)[:, None]
    return _where_known(_where_known(mixed, known), seen) if np.isnan(lengths).any() else mixed


def _learned_sizes(known: np.ndarray, seen: np.ndarray, cut: np.ndarray) -> np.ndarray:
    """Follow what is seen, upwards faster: what hides an object makes it seem small.

    The picture's border, cutting it, makes no object smaller.
    """
    shrinking = np.where(cut, 0.0, _SHRINKING)[:, None]
    learned = known + np.where(seen > known, _LEARNED, shrinking) * (seen - known)
    unsure = np.isnan(learned[:, 0])
    return _where_known(_where_known(learned, known), seen) if unsure.any() else learned
