# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Depth as colours that mean the same to any eyes: cividis, from near and bright to far and dark.

cividis grows evenly in lightness and was made for colour vision deficiency (J. Nuñez, C. Anderton,
R. Renslow, PLoS ONE 13(7), 2018); here as the polynomials of degree 5 that d3-scale-chromatic fits
to it, within 8 of 255 levels.
"""

from __future__ import annotations

import numpy as np

_POLYNOMIALS = (
    (-4.54, -35.34, 2381.73, -6402.7, 7024.72, -2710.57),
    (32.49, 170.73, 52.82, -131.46, 176.58, -67.37),
    (81.24, 442.36, -2482.43, 6167.24, -6614.94, 2475.67),
)
UNKNOWN = (255, 255, 255)
_HATCH = (150, 150, 150)
_HATCH_PX = 8
_ENDS_PERCENT = (1.0, 99.0)


def cividis(share: np.ndarray) -> np.ndarray:
    """Colours uint8 (..., 3) of numbers from 0 (dark blue) to 1 (yellow)."""
    t = np.clip(np.asarray(share, dtype=float), 0.0, 1.0)
    channels = [
        sum(factor * t**power for power, factor in enumerate(polynomial))
        for polynomial in _POLYNOMIALS
    ]
    return np.clip(np.rint(np.stack(channels, axis=-1)), 0, 255).astype(np.uint8)


def depth_range_m(depth_m: np.ndarray) -> tuple[float, float] | None:
    """Near and far end of the colours, metres; None where nothing was measured."""
    known = depth_m[np.isfinite(depth_m) & (depth_m > 0)]
    if not known.size:
        return None
    near, far = (float(value) for value in np.percentile(known, _ENDS_PERCENT))
    return near, max(far, near + 0.01)


def depth_picture(depth_m: np.ndarray, range_m: tuple[float, float]) -> np.ndarray:
    """RGB uint8 (H, W, 3); what was not measured is white with grey stripes.

    Args:
        depth_m: (H, W) metres along the optical axis, 0 or not finite where not measured.
        range_m: near and far end of the colours.
    """
    near, far = range_m
    known = np.isfinite(depth_m) & (depth_m > 0)
    picture = cividis((far - np.where(known, depth_m, far)) / (far - near))
    rows, columns = np.indices(depth_m.shape)
    stripes = (rows + columns) % _HATCH_PX < 2
    picture[~known] = UNKNOWN
    picture[~known & stripes] = _HATCH
    return picture
