# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Objects that stand on the floor: the footprint below what is seen of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from smolrgpt_ros.scene.carried import bottom_height
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.measured import Floor, Measured, boxed
from smolrgpt_ros.scene.rectangle import Rectangle, fitted_rectangle
from smolrgpt_ros.scene.robust import median_point, quantile, quantiles
from smolrgpt_ros.scene.samples import Samples
from smolrgpt_ros.scene.uncertainty import standing_stddev

# What these stand on is the floor, or a vehicle that itself stands on it.
STANDING_CLASSES = frozenset({'pallet', 'transporter', 'shelf', 'person', 'forklift', 'robot'})


def measure_standing(
    points: np.ndarray,
    samples: Samples,
    own: np.ndarray,
    floor: Floor,
    spread_m: np.ndarray,
    class_id: str,
    *,
    trusted: bool,
    cut: bool,
    focal_px: float,
    depth: DepthImage,
) -> Measured:
    """Box of an object from its points (N, 3) on a floor."""
    heights = floor.heights_m(points)
    plan = floor.coordinates(points)
    sigma_m = quantile(spread_m, 0.5)
    dense = densest_along_ray(plan, sigma_m, class_id)
    if class_id == 'shelf' and not trusted:
        dense[dense] = front_of(plan[dense], sigma_m)
    directions, heights, plan = samples.directions[own][dense], heights[dense], plan[dense]
    top_m = top_height(heights, sigma_m * abs(float(np.mean(directions @ floor.normal))))
    if sigma_m > 0.003:
        plan = within_heights(plan, directions, heights, top_m, floor)
    rectangle = fitted_rectangle(trimmed(plan, sigma_m), sigma_m)
    seen = rectangle
    rectangle = completed(rectangle, class_id, sigma_m, trusted)
    if class_id not in STANDING_CLASSES and not trusted:
        # Of an unknown shape in a box, the bulk of what is seen counts as much as its outermost
        # points.
        rectangle = Rectangle(
            (rectangle.centre + median_point(plan)) / 2.0, rectangle.axes, rectangle.size
        )
    bottom_m = (
        bottom_height(heights, samples, _chosen(own, dense), depth, sigma_m)
        if class_id == 'pallet' and (trusted or sigma_m < 0.01)
        else 0.0
    )
    measured = boxed(rectangle, min(bottom_m, top_m), top_m, floor, np.zeros(3), len(plan))
    stddev = standing_stddev(
        measured.centre_camera, rectangle.size, floor,
        noise_m=sigma_m, sample_m=samples.stride * measured.centre_camera[2] / focal_px,
        pushed_m=float(np.linalg.norm(rectangle.centre - seen.centre)), trusted=trusted, cut=cut,
        count=len(plan),
    )  # fmt: skip
    return replace(measured, stddev_camera=stddev)


def _chosen(own: np.ndarray, dense: np.ndarray) -> np.ndarray:
    """The samples (R, C) that are left of N ones when only some (N,) are kept."""
    chosen = own.copy()
    chosen[own] = dense
    return chosen


def top_height(heights: np.ndarray, sigma_m: float) -> float:
    """Height of the object's top from heights (N,) with noise, metres."""
    if sigma_m < 0.003:
        return float(heights.max())
    return max(0.02, quantile(heights, 0.99) - sigma_m)


def within_heights(
    plan: np.ndarray, directions: np.ndarray, heights: np.ndarray, top_m: float, floor: Floor
) -> np.ndarray:
    """Points (N, 2) moved along their rays to between the floor and the object's top.

    Noise moves samples along their rays only, so that what it lifted above the top or pushed below
    the floor can be put back where its ray passes the one or the other.
    """
    plan = plan.copy()
    for beyond, height_m in ((heights > top_m, top_m), (heights < 0.0, 0.0)):
        hits = floor.hit(directions[beyond], height_m)
        reachable = np.isfinite(hits).all(axis=1) & (
            np.abs(hits - plan[beyond]).max(axis=1, initial=0.0) < 2.0
        )
        moved = plan[beyond]
        moved[reachable] = hits[reachable]
        plan[beyond] = moved
    return plan


# Footprints where only one face was seen, length and width in metres: EUR and ISO 6780 pallets,
# pallet trucks and
# mobile robots of their size, a standing person. A face as wide as one side is taken to have the
# other side's depth.
_USUAL_STDDEV_M = 0.1
_USUAL_SIDES = {
    'pallet': (1.2, 0.8, 1.0),
    'transporter': (1.9, 0.95, 0.95),
    'person': (0.6, 0.5, 0.5),
}


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
    ray = rectangle.centre / max(float(np.linalg.norm(rectangle.centre)), 1e-6)
    facing = np.abs(rectangle.axes @ ray)
    deep = int(np.argmax(facing))
    wide, depth = float(rectangle.size[1 - deep]), float(rectangle.size[deep])
    # Seen from its narrow side an object is long; otherwise as deep as the least that is usual.
    expected = long if wide < 0.5 * (short + middle) + 0.05 else short
    if facing[deep] < 0.6 or wide < 0.5 * short:
        return rectangle
    size = rectangle.size.copy()
    if depth < 0.6 * short and facing[deep] > 0.8:
        size[deep] = 0.5 * (expected + short) if class_id == 'pallet' else expected
    elif class_id == 'pallet' and depth < middle:
        # The far edge is seen at a grazing angle, where noise hides it: what is usual counts as a
        # measurement.
        trust = _USUAL_STDDEV_M**2 / (_USUAL_STDDEV_M**2 + (3.0 * sigma_m) ** 2)
        size[deep] = trust * depth + (1.0 - trust) * middle
    axis = rectangle.axes[deep]
    away = axis if axis @ ray > 0.0 else -axis
    return Rectangle(rectangle.centre + away * (size[deep] - depth) / 2.0, rectangle.axes, size)


def densest_along_ray(plan: np.ndarray, sigma_m: float, class_id: str) -> np.ndarray:
    """Which points (N, 2) lie in the stretch along the ray that holds most of them.

    An object is hardly deeper than twice its width; what lies further off is background that came
    in through mixed pixels or a gap.
    """
    middle = median_point(plan)
    ray = middle / max(float(np.linalg.norm(middle)), 1e-6)
    along, across = plan @ ray, plan @ np.array([-ray[1], ray[0]])
    low, high = quantiles(across, (0.05, 0.95))
    length = max(1.3, 1.9 * float(high - low) + 0.2) + 2.0 * sigma_m
    ordered = np.sort(along)
    if ordered[-1] - ordered[0] <= length:
        return np.ones(len(plan), dtype=bool)
    counts = np.searchsorted(ordered, ordered + length, side='right') - np.arange(len(ordered))
    start = ordered[int(np.argmax(counts))]
    return (along >= start) & (along <= start + length)


def front_of(plan: np.ndarray, sigma_m: float) -> np.ndarray:
    """Which points (N, 2) belong to the front of an open rack; the rest is seen through it."""
    bearing = np.arctan2(plan[:, 0], plan[:, 1])
    ranges = np.linalg.norm(plan, axis=1)
    low, high = bearing.min(), bearing.max()
    bins = np.minimum(
        ((bearing - low) / max(high - low, 1e-9) * _RACK_BINS).astype(int), _RACK_BINS - 1
    )
    front = np.full(_RACK_BINS, np.inf)
    for number in range(_RACK_BINS):
        inside = ranges[bins == number]
        if len(inside) >= 5:
            front[number] = quantile(inside, 0.12)
    return ranges < front[bins] + 0.3 + 2.0 * sigma_m


_RACK_BINS = 14


def trimmed(plan: np.ndarray, sigma_m: float) -> np.ndarray:
    """Points (N, 2) without the few farthest ones along and across the ray.

    Where there is noise.
    """
    if sigma_m < 0.003 or len(plan) < 50:
        return plan
    middle = median_point(plan)
    ray = middle / max(float(np.linalg.norm(middle)), 1e-6)
    along = plan @ ray
    low, high = quantiles(along, (0.015, 0.985))
    return plan[(along >= low) & (along <= high)]


# Pallet racks are 0.8 to 1.2 m deep. What is seen through them lies behind, what hides their back
# makes them thin.
_RACK_DEPTHS_M = (0.8, 1.2)


def _rack(rectangle: Rectangle) -> Rectangle:
    """A rack's rectangle with its near long side kept and a depth that racks have."""
    deep = int(np.argmin(rectangle.size))
    if rectangle.size[1 - deep] < 1.6:
        return rectangle
    depth = float(np.clip(rectangle.size[deep], *_RACK_DEPTHS_M))
    axis = rectangle.axes[deep]
    away = axis if axis @ rectangle.centre > 0.0 else -axis
    size = rectangle.size.copy()
    size[deep] = depth
    return Rectangle(
        rectangle.centre + away * (depth - rectangle.size[deep]) / 2.0, rectangle.axes, size
    )
