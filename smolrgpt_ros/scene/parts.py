# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Connected parts of a surface, found run by run.

A run is a stretch of tied samples in one row. There are a hundred of them where there are thousands
of samples, so that union-find over runs (Rosenfeld and Pfaltz, "Sequential operations in digital
picture processing", 1966) costs less than labelling samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.surface import Surface


@dataclass(frozen=True, eq=False)
class Parts:
    """Connected parts of chosen samples of an (R, C) window, numbered from 0.

    Attributes:
        samples: (K,) places of the chosen samples in the flat window, ascending.
        numbers: (K,) the part of each.
        count: how many parts there are.
        run_parts: (N,) the part of each run.
        run_rows: (N,) its row.
        run_starts, run_ends: (N,) its first column and the one after its last.
    """

    samples: np.ndarray
    numbers: np.ndarray
    count: int
    run_parts: np.ndarray
    run_rows: np.ndarray
    run_starts: np.ndarray
    run_ends: np.ndarray


def connected_parts(surface: Surface, chosen: np.ndarray) -> Parts:
    """Parts of the chosen samples (R, C) that ties connect."""
    columns = chosen.shape[1]
    samples = np.flatnonzero(chosen)
    opens = chosen.copy()
    # Within a row, what is tied to its left neighbour opens no run.
    np.greater(opens[:, 1:], surface.right & chosen[:, :-1], out=opens[:, 1:])
    firsts = np.flatnonzero(opens.ravel().take(samples))
    lengths = np.empty(len(firsts), dtype=np.intp)
    np.subtract(firsts[1:], firsts[:-1], out=lengths[:-1])
    lengths[-1:] = len(samples) - firsts[-1:]
    run_of_sample = np.arange(len(firsts)).repeat(lengths)
    run_at = np.empty(chosen.size, dtype=np.intp)
    run_at[samples] = run_of_sample
    upper = np.flatnonzero(surface.below & chosen[:-1] & chosen[1:])
    part_of_run, count = _united(len(firsts), run_at.take(upper), run_at.take(upper + columns))
    rows, starts_px = np.divmod(samples[firsts], columns)
    run_parts = np.array(part_of_run, dtype=np.intp)
    return Parts(
        samples, run_parts[run_of_sample], count, run_parts, rows, starts_px, starts_px + lengths
    )


def _united(count: int, first: np.ndarray, second: np.ndarray) -> tuple[list[int], int]:
    """Numbers of the classes of `count` things when pairs of them (P,), (P,) are one.

    And how many classes there are.
    """
    parents = list(range(count))
    if len(first):
        # Neighbouring columns tie the same two runs again and again.
        fresh = np.empty(len(first), dtype=bool)
        fresh[0] = True
        np.not_equal(first[1:], first[:-1], out=fresh[1:])
        fresh[1:] |= second[1:] != second[:-1]
        for a, b in zip(first[fresh].tolist(), second[fresh].tolist(), strict=True):
            while parents[a] != a:
                parents[a] = a = parents[parents[a]]
            while parents[b] != b:
                parents[b] = b = parents[parents[b]]
            if a < b:
                parents[b] = a
            elif b < a:
                parents[a] = b
    # A parent never comes after its child, so that one pass numbers them all.
    numbers: list[int] = []
    classes = 0
    for place, parent in enumerate(parents):
        if parent == place:
            numbers.append(classes)
            classes += 1
        else:
            numbers.append(numbers[parent])
    return numbers, classes
