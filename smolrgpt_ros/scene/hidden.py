# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How far an object goes on behind what is seen of it, by what is usual for its class."""

from __future__ import annotations

import math

import numpy as np

from smolrgpt_ros.scene.rectangle import Rectangle

# Footprints where only one face was seen, length and width in metres: EUR and ISO 6780 pallets,
# pallet trucks and mobile robots of their size, a standing person. A face as wide as one side is
# taken to have the other side's depth.
_USUAL_STDDEV_M = 0.1
_USUAL_SIDES = {
    'pallet': (1.2, 0.8, 1.0),
    'transporter': (1.9, 0.95, 0.95),
    'person': (0.6, 0.5, 0.5),
}
# Pallet racks are 0.8 to 1.2 m deep. What is seen through them lies behind, what hides their back
# makes them thin.
_RACK_DEPTHS_M = (0.8, 1.2)


def completed(
    rectangle: Rectangle, class_id: str, sigma_m: float, trusted: bool = True
) -> Rectangle:
    """A rectangle whose hidden far side was pushed back to where its class has it.

    See `_USUAL_SIDES`.
    """
    if class_id == 'shelf' and (sigma_m > 0.003 or not trusted):
        return _rack(rectangle)
    if class_id not in _USUAL_SIDES:
        return rectangle
    long, short, middle = _USUAL_SIDES[class_id]
    # Of two axes square on each other, the one along the ray has the larger share of it.
    x, y = rectangle.centre.tolist()
    ax, ay = rectangle.axes[0].tolist()
    length = max(math.hypot(x, y), 1e-6)
    shares = abs(ax * x + ay * y) / length, abs(ax * y - ay * x) / length
    deep = 0 if shares[0] >= shares[1] else 1
    sides = rectangle.size.tolist()
    wide, depth = sides[1 - deep], sides[deep]
    # Seen from its narrow side an object is long; otherwise as deep as the least that is usual.
    expected = long if wide < 0.5 * (short + middle) + 0.05 else short
    if shares[deep] < 0.6 or wide < 0.5 * short:
        return rectangle
    if depth < 0.6 * short and shares[deep] > 0.8:
        sides[deep] = 0.5 * (expected + short) if class_id == 'pallet' else expected
    elif class_id == 'pallet' and depth < middle:
        # The far edge is seen at a grazing angle, where noise hides it: what is usual counts as a
        # measurement.
        trust = _USUAL_STDDEV_M**2 / (_USUAL_STDDEV_M**2 + (3.0 * sigma_m) ** 2)
        sides[deep] = trust * depth + (1.0 - trust) * middle
    return _deepened(rectangle, deep, sides[deep])


def _rack(rectangle: Rectangle) -> Rectangle:
    """A rack's rectangle with its near long side kept and a depth that racks have."""
    deep = int(np.argmin(rectangle.size))
    if rectangle.size[1 - deep] < 1.6:
        return rectangle
    least, most = _RACK_DEPTHS_M
    return _deepened(rectangle, deep, min(max(float(rectangle.size[deep]), least), most))


def _deepened(rectangle: Rectangle, deep: int, depth_m: float) -> Rectangle:
    """The rectangle with another size along axis `deep` and its near side where it was."""
    axis = rectangle.axes[deep]
    away = axis if axis @ rectangle.centre > 0.0 else -axis
    size = rectangle.size.copy()
    size[deep] = depth_m
    return Rectangle(
        rectangle.centre + away * ((depth_m - float(rectangle.size[deep])) / 2.0),
        rectangle.axes,
        size,
    )
