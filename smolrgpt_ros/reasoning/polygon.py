# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Convex polygons on the floor, in metres.

Footprints have a handful of corners; plain floats are several times faster on them than arrays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

Point = tuple[float, float]
Polygon = tuple[Point, ...]


def polygon_of(corners: np.ndarray) -> Polygon:
    """The convex polygon (N, 2) as counter-clockwise float pairs."""
    points = tuple((float(x), float(y)) for x, y in corners)
    return points if signed_area(points) >= 0.0 else points[::-1]


def signed_area(polygon: Sequence[Point]) -> float:
    """Area in square metres, positive for counter-clockwise order (shoelace formula)."""
    total = 0.0
    for (x0, y0), (x1, y1) in zip(polygon, (*polygon[1:], *polygon[:1]), strict=True):
        total += x0 * y1 - x1 * y0
    return 0.5 * total


def depth_inside(point: Point, polygon: Polygon) -> float:
    """How far inside the counter-clockwise polygon a point lies, metres; negative outside."""
    px, py = point
    inside = math.inf
    outside = math.inf
    for (x0, y0), (x1, y1) in zip(polygon, (*polygon[1:], *polygon[:1]), strict=True):
        dx, dy = x1 - x0, y1 - y0
        length = math.hypot(dx, dy)
        if length == 0.0:
            continue
        ex, ey = px - x0, py - y0
        inside = min(inside, (dx * ey - dy * ex) / length)
        along = min(max((dx * ex + dy * ey) / (length * length), 0.0), 1.0)
        outside = min(outside, math.hypot(ex - along * dx, ey - along * dy))
    if inside >= 0.0:
        return inside if inside < math.inf else -math.inf
    return -outside


def clip(polygon: Polygon, normal: Point, offset: float) -> Polygon:
    """The part of the polygon where ``normal . p >= offset`` (Sutherland and Hodgman, 1974)."""
    kept: list[Point] = []
    for a, b in zip(polygon, (*polygon[1:], *polygon[:1]), strict=True):
        height_a = normal[0] * a[0] + normal[1] * a[1] - offset
        height_b = normal[0] * b[0] + normal[1] * b[1] - offset
        if height_a >= 0.0:
            kept.append(a)
        if (height_a >= 0.0) != (height_b >= 0.0):
            t = height_a / (height_a - height_b)
            kept.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
    return tuple(kept)


def intersection_area(a: Polygon, b: Polygon) -> float:
    """Area shared by two counter-clockwise convex polygons, square metres."""
    shared = a
    for (x0, y0), (x1, y1) in zip(b, (*b[1:], *b[:1]), strict=True):
        normal = (y0 - y1, x1 - x0)
        shared = clip(shared, normal, normal[0] * x0 + normal[1] * y0)
        if len(shared) < 3:
            return 0.0
    return signed_area(shared)


def gap(a: Polygon, b: Polygon) -> float:
    """Distance between two counter-clockwise convex polygons, metres; 0 where they overlap."""
    # Of two convex polygons apart, one corner at least is among the closest points.
    depth = max(
        max(depth_inside(corner, b) for corner in a), max(depth_inside(corner, a) for corner in b)
    )
    return 0.0 if depth >= 0.0 or intersection_area(a, b) > 0.0 else -depth


def extent_along(polygon: Polygon, direction: Point) -> Point:
    """Smallest and largest coordinate of the polygon along a direction, metres."""
    values = [x * direction[0] + y * direction[1] for x, y in polygon]
    return min(values), max(values)
