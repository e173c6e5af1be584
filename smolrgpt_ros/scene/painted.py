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
from smolrgpt_ros.scene.paint_contrast import paint_under_sides, saturation
from smolrgpt_ros.scene.paint_stripes import striped_rectangles
from smolrgpt_ros.scene.rectangle import Rectangle, smallest_rectangle
from smolrgpt_ros.scene.robust import quantiles
from smolrgpt_ros.scene.samples import Samples
from smolrgpt_ros.scene.uncertainty import painted_stddev, touches_border

if TYPE_CHECKING:
    from smolrgpt_ros.scene.frame import Scene
    from smolrgpt_ros.scene.region import Region

AREA_CLASSES = frozenset({'buffer', 'zone', 'area'})
_FLAT_SHARE = 0.9
# Paint is this much more saturated than the floor around it, and than half of the way from there to
# the strongest colour: wood that depth noise lets pass for floor is not.
_PAINT_LEVELS = 40
_STRONGEST_SHARE = 0.97
_LEAST_PAINTED = 20
# Below this the best score is that of grain, and says nothing of how an area is turned.
_LEAST_SCORE = 15.0
# Intersection over union of the pictures of box and paint below which the paint is another's.
_LEAST_OVERLAP = 0.6
_MOST_CANDIDATES = 8
# Of a box's longer side, that detectors draw it wrongly by; what a share of visible border beyond
# it costs, next to contrast.
_SLACK_SHARE, _SLACK_PX = 0.04, 5.0
_BEYOND_WEIGHT, _BEYOND_MOST = 300.0, 0.03
_USUAL = 2  # around all paint, and between its outermost stripes
_BORDER_POINTS = 12
_NEARER_SHARE = 0.06  # of the floor's depth, that what hides it is nearer by
# A pixel at the horizon would stand for more floor than all others together.
_MOST_WEIGHED_M = 15.0


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
        rectangle = _from_paint(region, samples, scene, floor, noise_per_m)
        if rectangle is None:
            rectangle = _from_box(region, scene, scene.camera, floor)
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

    Turned as the paint in the picture says, and where there is none, so that its area is usual.
    """
    angles = np.deg2rad(np.arange(0.0, 90.0, 3.0))
    found = rectangles_of_box(region.box_px, camera, floor, angles)
    if found is None:
        return None
    angles, centres, sizes = found
    scores = None
    if scene.colour is not None:
        scores = paint_under_sides(angles, centres, sizes, scene.colour, camera, floor)
    if scene.colour is None or scores is None or scores.max() < _LEAST_SCORE:
        areas = sizes.prod(axis=1)
        best = int(np.argmin(np.abs(np.log(areas / np.median(areas)))))
        return _rectangle(angles[best], centres[best], sizes[best])
    best = int(np.argmax(scores))
    fine = rectangles_of_box(
        region.box_px, camera, floor, angles[best] + np.deg2rad(np.arange(-2.5, 2.6, 0.5))
    )
    if fine is not None:
        fine_scores = paint_under_sides(*fine, scene.colour, camera, floor)
        if fine_scores.max() >= scores[best]:
            angles, centres, sizes = fine
            best = int(np.argmax(fine_scores))
    return _rectangle(angles[best], centres[best], sizes[best])


def _from_paint(
    region: Region, samples: Samples, scene: Scene, floor: Floor, noise_per_m: float
) -> Rectangle | None:
    """The rectangle along the stripes of paint within the box, as explains the picture best.

    Hidden or cut corners make a box smaller than its area's picture, while paint shows where the
    sides lie all the same; where other things' colour passes for paint, the box knows better. Their
    direction is the stripes' either way. None where there are no stripes of this box.
    """
    if scene.colour is None:
        return None
    assert scene.camera is not None
    painted = _painted(samples, scene.colour, floor, noise_per_m)
    if np.count_nonzero(painted) < _LEAST_PAINTED:
        return None
    places = floor.hit(samples.directions[painted])
    # A pixel stands for floor that grows with z cubed: with z each way, and again by its slant.
    weights = np.minimum(samples.z[painted].astype(np.float64), _MOST_WEIGHED_M) ** 3
    found = striped_rectangles(places, weights)
    angle = float(np.arctan2(found[0].axes[0, 1], found[0].axes[0, 0]))
    of_box = rectangles_of_box(region.box_px, scene.camera, floor, np.array([angle]))
    boxed_one = [] if of_box is None else [_rectangle(angle, of_box[1][0], of_box[2][0])]
    best = None
    # Stripes of the next area are told apart only where they were taken for this one's.
    for stripes in (found[:_USUAL], found):
        overlaps = [_overlap(one, region, scene, floor) for one in stripes]
        order = [i for i in np.argsort(overlaps)[::-1] if overlaps[i] >= _LEAST_OVERLAP]
        candidates = [*(stripes[i] for i in order[:_MOST_CANDIDATES]), *boxed_one]
        if not order:
            continue
        beyond = np.array([_seen_beyond_box(one, region, scene, floor) for one in candidates])
        scores = paint_under_sides(
            np.full(len(candidates), angle),
            np.array([one.centre for one in candidates]),
            np.array([one.size for one in candidates]),
            scene.colour, scene.camera, floor,
        )  # fmt: skip
        chosen = int(np.argmax(scores - _BEYOND_WEIGHT * beyond))
        best = candidates[chosen]
        if beyond[chosen] <= _BEYOND_MOST:
            break
    return best


def _seen_beyond_box(rectangle: Rectangle, region: Region, scene: Scene, floor: Floor) -> float:
    """Share of a rectangle's border whose floor the picture shows outside of the region's box.

    A detector draws its box around all that is seen of an area: what of it hides behind something
    may lie outside, what shows may not.
    """
    assert scene.camera is not None
    assert scene.depth is not None
    corners = rectangle.corners
    along = np.linspace(0.0, 1.0, _BORDER_POINTS, endpoint=False)[:, None]
    border = np.concatenate(
        [a + along * (b - a) for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)]
    )
    points = floor.points(border)
    pixels = scene.camera.project(points)
    width, height = scene.size_px
    x0, y0, x1, y1 = region.box_px
    slack = max(_SLACK_SHARE * max(x1 - x0, y1 - y0), _SLACK_PX)
    with np.errstate(invalid='ignore'):
        shown = (pixels >= 0.0).all(axis=1) & (pixels < (width, height)).all(axis=1)
        outside = (
            (pixels[:, 0] < x0 - slack)
            | (pixels[:, 0] > x1 + slack)
            | (pixels[:, 1] < y0 - slack)
            | (pixels[:, 1] > y1 + slack)
        )
    out = np.flatnonzero(shown & outside)
    columns, rows = pixels[out].astype(np.intp).T
    depth_m = scene.depth.at_m(rows, columns)
    with np.errstate(invalid='ignore'):
        on_floor = depth_m > (1.0 - _NEARER_SHARE) * points[out, 2]
    return float(np.count_nonzero(on_floor)) / len(border)


def _painted(samples: Samples, colour: np.ndarray, floor: Floor, noise_per_m: float) -> np.ndarray:
    """Samples (R, C) of a box that lie on the floor, in a colour much stronger than most there."""
    with np.errstate(invalid='ignore', divide='ignore'):
        inverse_z = 1.0 / samples.z
        inverse_floor = samples.directions @ (-floor.normal / floor.offset_m)
        band = 3.0 * noise_per_m + 0.05 / floor.offset_m * inverse_z
        flat = samples.inside & (np.abs(inverse_z - inverse_floor) < band) & (inverse_floor > 0.0)
    if np.count_nonzero(flat) < 50:
        return np.zeros_like(flat)
    levels = saturation(colour[samples.rows[:, None], samples.columns])
    ground, strongest = quantiles(levels[flat], (0.5, _STRONGEST_SHARE))
    painted: np.ndarray = flat & (levels > ground + max(_PAINT_LEVELS, 0.5 * (strongest - ground)))
    return painted


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
