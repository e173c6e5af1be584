# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Objects that stand on the floor: the footprint below what is seen of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from smolrgpt_ros.scene.carried import bottom_height
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.foreground import ray_axes
from smolrgpt_ros.scene.hidden import completed
from smolrgpt_ros.scene.measured import Floor, Measured, boxed
from smolrgpt_ros.scene.overhead import Overhead
from smolrgpt_ros.scene.rectangle import Rectangle, fitted_rectangle
from smolrgpt_ros.scene.robust import at_share, quantile, quantiles, sorted_rows
from smolrgpt_ros.scene.samples import Samples
from smolrgpt_ros.scene.uncertainty import standing_stddev

# What these stand on is the floor, or a vehicle that itself stands on it.
STANDING_CLASSES = frozenset({'pallet', 'transporter', 'shelf', 'person', 'forklift', 'robot'})
# Below this sigma a sample is taken to be where it was measured.
_SHARP_M = 0.003


@dataclass(frozen=True, eq=False)
class Circumstances:
    """How an object was seen.

    Attributes:
        class_id: its class, '' where not known.
        trusted: True where a mask tells the object from the rest.
        cut: True where the picture's border cuts it.
        focal_px: focal length.
        depth: the depth it was seen in.
        noise_per_m: one sigma of inverse depth, 1/m.
    """

    class_id: str
    trusted: bool
    cut: bool
    focal_px: float
    depth: DepthImage
    noise_per_m: float


def measure_standing(
    seen: Overhead, samples: Samples, own: np.ndarray, floor: Floor, how: Circumstances
) -> Measured:
    """Box of an object on a floor from its samples, given by their places (N,) in the window."""
    class_id, trusted = how.class_id, how.trusted
    seen = seen.at(own)
    sigma_m = seen.sigma_m(how.noise_per_m)
    axes, _ = ray_axes(seen.plan)
    dense = densest_along_ray(axes @ seen.plan, sigma_m)
    if class_id == 'shelf' and not trusted:
        dense = np.arange(len(own)) if dense is None else dense
        dense = dense[front_of(seen.plan[:, dense], sigma_m)]
    if dense is not None:
        own, seen = own.take(dense), seen.at(dense)
    top_m = top_height(seen, sigma_m)
    plan = trimmed = seen.plan
    if sigma_m > _SHARP_M:
        plan = within_heights(seen, top_m, floor)
        trimmed = without_farthest(plan, axes[0])
    tight = fitted_rectangle(trimmed, sigma_m)
    rectangle = completed(tight, class_id, sigma_m, trusted)
    if class_id not in STANDING_CLASSES and not trusted:
        # Of an unknown shape in a box, the bulk of what is seen counts as much as its outermost
        # points.
        _, middle = ray_axes(plan)
        rectangle = Rectangle((rectangle.centre + middle) / 2.0, rectangle.axes, rectangle.size)
    bottom_m = 0.0
    if class_id == 'pallet' and (trusted or sigma_m < 0.01):
        bottom_m = min(top_m, bottom_height(seen, samples, own, how.depth, sigma_m))
    box = boxed(rectangle, bottom_m, top_m, floor, np.zeros(3), len(own))
    centre = box.centre_camera
    stddev = standing_stddev(
        centre, rectangle, floor, class_id=class_id,
        noise_m=sigma_m, sample_m=samples.stride * float(centre[2]) / how.focal_px,
        pushed_m=math.dist(rectangle.centre.tolist(), tight.centre.tolist()), trusted=trusted,
        cut=how.cut, count=len(own),
    )  # fmt: skip
    return replace(box, stddev_camera=stddev)


def top_height(seen: Overhead, sigma_m: float) -> float:
    """Height of the object's top from samples with noise along their rays, metres."""
    upwards_m = sigma_m * abs(float(seen.falls.mean())) if sigma_m > _SHARP_M else 0.0
    if upwards_m < _SHARP_M:
        return float(seen.heights.max())
    return max(0.02, quantile(seen.heights, 0.99) - upwards_m)


def within_heights(seen: Overhead, top_m: float, floor: Floor) -> np.ndarray:
    """Floor coordinates (2, N), moved along rays to between the floor and the object's top.

    Noise moves samples along their rays only, so that what it lifted above the top or pushed below
    the floor can be put back where its ray passes the one or the other.
    """
    plan = seen.plan.copy()
    for beyond, height_m in ((seen.heights > top_m, top_m), (seen.heights < 0.0, 0.0)):
        places = np.flatnonzero(beyond & (seen.falls < -1e-9))
        if len(places) == 0:
            continue
        was = seen.plan.take(places, axis=1)
        scale = (height_m - floor.offset_m) / seen.falls.take(places) * seen.inverse_z.take(places)
        hits = was * scale
        near = (np.abs(hits - was) < _FARTHEST_MOVE_M).all(axis=0)
        plan[:, places[near]] = hits[:, near]
    return plan


_FARTHEST_MOVE_M = 2.0


def densest_along_ray(turned: np.ndarray, sigma_m: float) -> np.ndarray | None:
    """Places of the points in the stretch along the ray that holds most of them; None for all.

    An object is hardly deeper than twice its width; what lies further off is background that came
    in through mixed pixels or a gap.

    Args:
        turned: (2, N) coordinates along and across the ray, metres.
    """
    along = turned[0]
    ordered_across = sorted_rows(turned[1:])[0]
    width = at_share(ordered_across, 0.95) - at_share(ordered_across, 0.05)
    length = max(1.3, 1.9 * width + 0.2) + 2.0 * sigma_m
    if along.max() - along.min() <= length:
        return None
    ordered = np.sort(along)
    counts = np.searchsorted(ordered, ordered + length, side='right') - np.arange(len(ordered))
    start = ordered[int(np.argmax(counts))]
    return np.flatnonzero((along >= start) & (along <= start + length))


def front_of(plan: np.ndarray, sigma_m: float) -> np.ndarray:
    """Which points (2, N) belong to the front of an open rack; the rest is seen through it."""
    bearing = np.arctan2(plan[0], plan[1])
    ranges = np.hypot(plan[0], plan[1])
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


def without_farthest(plan: np.ndarray, ray: np.ndarray) -> np.ndarray:
    """Points (2, N) without the few nearest and farthest ones along a ray (2,)."""
    if plan.shape[1] < 50:
        return plan
    along = ray @ plan
    low, high = quantiles(along, (0.015, 0.985))
    return plan.take(np.flatnonzero((along >= low) & (along <= high)), axis=1)
