# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Areas painted on the floor: buffers, zones.

Their outline meets the floor, so that no depth is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.inscribed import rectangles_of_box
from smolrgpt_ros.scene.measured import Floor, Measured, boxed
from smolrgpt_ros.scene.rectangle import Rectangle, smallest_rectangle
from smolrgpt_ros.scene.robust import quantile
from smolrgpt_ros.scene.samples import Samples
from smolrgpt_ros.scene.uncertainty import painted_stddev, touches_border

if TYPE_CHECKING:
    from smolrgpt_ros.scene.frame import Scene
    from smolrgpt_ros.scene.region import Region

AREA_CLASSES = frozenset({'buffer', 'zone', 'area'})
_FLAT_SHARE = 0.9
# Samples along each side of a supposed rectangle, and how far inside of it paint is looked for, as
# shares of its half.
_ALONG = np.linspace(-0.94, 0.94, 20)
_PAINT_LEVELS = 40
_INSETS_M = (0.03, 0.07, 0.25)


def is_painted_area(region: Region, samples: Samples, floor: Floor, noise_per_m: float) -> bool:
    """Whether a region is part of the floor: by its class, or, without one.

    Since its mask lies flat on it.
    """
    if region.class_id:
        return region.class_id in AREA_CLASSES
    if region.mask is None:
        return False
    usable = samples.inside & np.isfinite(samples.z)
    if np.count_nonzero(usable) < 20:
        return False
    inverse_z = 1.0 / samples.z[usable]
    inverse_floor = samples.directions[usable] @ (-floor.normal / floor.offset_m)
    band = 3.0 * noise_per_m + 0.05 / floor.offset_m * inverse_z
    return float(np.mean(np.abs(inverse_z - inverse_floor) < band)) > _FLAT_SHARE


def measure_painted(
    region: Region, samples: Samples, scene: Scene, floor: Floor, noise_per_m: float
) -> Measured | None:
    """The painted rectangle; None where its rays do not meet the floor."""
    assert scene.camera is not None
    rectangle = None
    if region.mask is None:
        rectangle = _from_box(region, scene, scene.camera, floor)
        rectangle = _from_paint(region, samples, scene, floor, noise_per_m, rectangle) or rectangle
    if rectangle is None:
        plan = floor.hit(samples.directions[samples.inside])
        plan = plan[np.isfinite(plan).all(axis=1)]
        if len(plan) < 8:
            return None
        rectangle = smallest_rectangle(plan)
    centre = floor.points(rectangle.centre)
    # A pixel further up meets the floor z^2 / (focal length * camera height) further away.
    stddev = painted_stddev(
        rectangle, floor, centre,
        pixel_m=samples.stride * centre[2] ** 2 / (scene.camera.fy * floor.offset_m),
        noise_m=0.4 * noise_per_m * centre[2] ** 2,
        trusted=region.mask is not None, cut=touches_border(region.box_px, scene.size_px),
    )  # fmt: skip
    return boxed(rectangle, 0.0, 0.0, floor, stddev, int(np.count_nonzero(samples.inside)))


def _from_box(region: Region, scene: Scene, camera: Camera, floor: Floor) -> Rectangle | None:
    """The rectangle on the floor whose picture fills the box.

    Turned as the paint in the picture says.
    """
    angles = np.deg2rad(np.arange(0.0, 90.0, 3.0))
    found = rectangles_of_box(region.box_px, camera, floor, angles)
    if found is None:
        return None
    angles, centres, sizes = found
    if scene.colour is None:
        best = int(
            np.argmin(
                np.abs(np.log(sizes[:, 0] * sizes[:, 1] / np.median(sizes[:, 0] * sizes[:, 1])))
            )
        )
        return _rectangle(angles[best], centres[best], sizes[best])
    scores = _paint_under_sides(angles, centres, sizes, scene.colour, camera, floor)
    best = int(np.argmax(scores))
    fine = rectangles_of_box(
        region.box_px, camera, floor, angles[best] + np.deg2rad(np.arange(-2.5, 2.6, 0.5))
    )
    if fine is not None:
        fine_scores = _paint_under_sides(*fine, scene.colour, camera, floor)
        if fine_scores.max() >= scores[best]:
            angles, centres, sizes = fine
            best = int(np.argmax(fine_scores))
    return _rectangle(angles[best], centres[best], sizes[best])


def _from_paint(
    region: Region,
    samples: Samples,
    scene: Scene,
    floor: Floor,
    noise_per_m: float,
    other: Rectangle | None,
) -> Rectangle | None:
    """The rectangle around the paint on the floor within the box.

    Where it explains the picture better than the other.

    Hidden or cut corners make a box smaller than its area's picture; paint shows where the sides
    lie all the same.
    """
    if scene.colour is None:
        return None
    assert scene.camera is not None
    seen = scene.colour[samples.rows[:, None], samples.columns].astype(np.int16)
    saturation = seen.max(axis=-1) - seen.min(axis=-1)
    with np.errstate(invalid='ignore', divide='ignore'):
        inverse_z = 1.0 / samples.z
        inverse_floor = samples.directions @ (-floor.normal / floor.offset_m)
        band = 3.0 * noise_per_m + 0.05 / floor.offset_m * inverse_z
        flat = samples.inside & (np.abs(inverse_z - inverse_floor) < band)
    if np.count_nonzero(flat) < 50:
        return None
    painted = flat & (saturation > quantile(saturation[flat], 0.5) + _PAINT_LEVELS)
    plan = floor.hit(samples.directions[painted])
    if len(plan) < 20:
        return None
    found = smallest_rectangle(plan)
    if _overlap(found, region, scene, floor) < 0.6:
        return None
    candidates = [found] if other is None else [found, other]
    scores = _paint_under_sides(
        np.array([np.arctan2(one.axes[0, 1], one.axes[0, 0]) for one in candidates]),
        np.array([one.centre for one in candidates]),
        np.array([one.size for one in candidates]),
        scene.colour, scene.camera, floor,
    )  # fmt: skip
    return candidates[int(np.argmax(scores))]


def _overlap(rectangle: Rectangle, region: Region, scene: Scene, floor: Floor) -> float:
    """Intersection over union of a region's box and the bounds of a rectangle's picture."""
    assert scene.camera is not None
    pixels = scene.camera.project(floor.points(rectangle.corners))
    if not np.isfinite(pixels).all():
        return 0.0
    limits = np.array(scene.size_px, dtype=float)
    low = np.clip(pixels.min(axis=0), 0.0, limits)
    high = np.clip(pixels.max(axis=0), 0.0, limits)
    box = np.array(region.box_px)
    shared = np.clip(np.minimum(high, box[2:]) - np.maximum(low, box[:2]), 0.0, None).prod()
    return float(shared / max((high - low).prod() + (box[2:] - box[:2]).prod() - shared, 1e-9))


def _rectangle(angle: float, centre: np.ndarray, size: np.ndarray) -> Rectangle:
    axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return Rectangle(centre, axes, size)


def _paint_under_sides(
    angles: np.ndarray,
    centres: np.ndarray,
    sizes: np.ndarray,
    colour: np.ndarray,
    camera: Camera,
    floor: Floor,
) -> np.ndarray:
    """How saturated the picture is along the sides of each rectangle (A,).

    More than just inside of it.
    """
    half = sizes / 2.0
    sides = [_sides(np.maximum(half - inset_m, 0.1 * half)) for inset_m in _INSETS_M]
    cos, sin = np.cos(angles), np.sin(angles)
    levels = []
    for local in sides:
        turned = np.stack(
            [
                local[..., 0] * cos[:, None] - local[..., 1] * sin[:, None],
                local[..., 0] * sin[:, None] + local[..., 1] * cos[:, None],
            ],
            axis=-1,
        )
        with np.errstate(invalid='ignore'):
            pixels = camera.project(floor.points(turned + centres[:, None]))
        levels.append(_saturation(pixels, colour))
    contrast = np.minimum(np.fmax(levels[0], levels[1]) - levels[2], 60.0)
    # Sides outside of the picture say nothing; few visible ones say little.
    visible = np.isfinite(contrast)
    contrast = np.where(visible, contrast, 0.0).sum(axis=1) / np.maximum(
        visible.sum(axis=1), 0.5 * visible.shape[1]
    )
    # Areas that things are put down in are no stripes: what is thinner was turned wrongly.
    thin = np.minimum(sizes.min(axis=1) / np.minimum(0.3 * sizes.max(axis=1), 1.0), 1.0)
    return contrast * thin + 5.0 * thin


def _sides(half: np.ndarray) -> np.ndarray:
    """Points (A, 4 * 20, 2) along the sides of rectangles of half sizes (A, 2) about the origin."""
    a, b = half[:, :1], half[:, 1:]
    along_a, along_b = a * _ALONG, b * _ALONG
    ones = np.ones_like(_ALONG)
    x = np.concatenate([along_a, along_a, -a * ones, a * ones], axis=1)
    y = np.concatenate([-b * ones, b * ones, along_b, along_b], axis=1)
    return np.stack([x, y], axis=-1)


def _saturation(pixels: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """Greatest less smallest channel at pixels (..., 2), NaN outside of the picture."""
    height, width = colour.shape[:2]
    inside = (
        (pixels[..., 0] >= 0)
        & (pixels[..., 0] <= width - 1)
        & (pixels[..., 1] >= 0)
        & (pixels[..., 1] <= height - 1)
    )
    x = np.where(inside, pixels[..., 0], 0.0).round().astype(np.intp)
    y = np.where(inside, pixels[..., 1], 0.0).round().astype(np.intp)
    seen = colour[y, x].astype(np.int16)
    return np.where(inside, seen.max(axis=-1) - seen.min(axis=-1), np.nan)
