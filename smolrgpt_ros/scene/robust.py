# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Order statistics without the overhead of numpy's general ones.

Which is most of the time for small arrays.
"""

from __future__ import annotations

import numpy as np


def quantile(values: np.ndarray, share: float) -> float:
    """The value (of N >= 1, none NaN) below which about `share` of them lie.

    An element, not interpolated.
    """
    place = min(len(values) - 1, int(share * (len(values) - 1) + 0.5))
    return float(np.partition(values, place)[place])


def quantiles(values: np.ndarray, shares: tuple[float, ...]) -> tuple[float, ...]:
    """Several quantiles of the same values (N,)."""
    last = len(values) - 1
    places = [min(last, int(share * last + 0.5)) for share in shares]
    parted = np.partition(values, places)
    return tuple(float(parted[place]) for place in places)


def sorted_rows(values: np.ndarray, at_most: int = 256) -> np.ndarray:
    """Rows (D, N) in order, of long ones about `at_most` values, to read quantiles from."""
    ordered = values[:, :: max(1, values.shape[1] // at_most)].copy()
    ordered.sort(axis=1)
    return ordered


def at_share(ordered: np.ndarray, share: float) -> float:
    """The value, of ascending ones (N,), below which about `share` of the others lie."""
    return float(ordered[int(share * (len(ordered) - 1) + 0.5)])
