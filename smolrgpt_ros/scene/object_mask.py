# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An object's pixels inside its box, by depth and connectedness.

A detector's box holds the floor before an object, the wall behind it and whatever stands in front
of it. The samples that measuring takes for the object (`foreground`) tell them apart on a grid of
about a thousand; between these, each pixel goes with the neighbour that is most like it in depth
(nearest-depth upsampling, as graphics does it for effects rendered small).
"""

from __future__ import annotations

import math

import numpy as np

from smolrgpt_ros.scene.foreground import above_floor, lost_foot_m, object_samples
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.measured import Floor
from smolrgpt_ros.scene.overhead import ahead, overhead
from smolrgpt_ros.scene.painted import AREA_CLASSES
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.scene.samples import Samples, region_samples
from smolrgpt_ros.scene.surface import Surface, surface_of

_MARGIN = 0.2  # of a box's sides, looked at around it
_LEAST_SAMPLES = 8
_LEAST_SHARE = 0.02  # of the box; less is no object, and the box says more


def object_mask(scene: Scene, region: Region) -> np.ndarray:
    """Pixels (H, W) bool of a region's object.

    The detector's mask where it gives one; all of the box where depth does not tell the object from
    what is around it. Never empty for a box inside of the picture.
    """
    if region.mask is not None:
        return region.mask
    width, height = scene.size_px
    x0, y0, x1, y1 = region.window_px(size_px=scene.size_px)
    mask = np.zeros((height, width), dtype=bool)
    inside = mask[y0:y1, x0:x1]
    inside[:] = True
    if scene.depth is None or scene.camera is None or region.recalled is not None:
        return mask
    own = _own_pixels(scene, region, (x0, y0, x1, y1))
    if own is None:
        return mask
    if own.mean() >= _LEAST_SHARE:
        inside &= own
    return mask


def _own_pixels(scene: Scene, region: Region, box: tuple[int, int, int, int]) -> np.ndarray | None:
    """Pixels of the object in the window `box`; None where nothing tells."""
    assert scene.depth is not None
    assert scene.camera is not None
    samples = region_samples(region, scene.depth, scene.camera, _MARGIN)
    known = samples.z > 0.0
    if np.count_nonzero(known & samples.inside) < _LEAST_SAMPLES:
        return None
    floor = scene.measurements.floor
    surface = surface_of(samples.z, None, scene.measurements.noise_per_m)
    if region.class_id in AREA_CLASSES:
        chosen = _on_floor(samples, surface, known, floor)
        if chosen is not None:
            chosen &= _within_footprint(scene, region, samples)
    else:
        chosen = _of_object(samples, surface, known, floor)
    if chosen is None:
        return None
    own = _upsampled(scene, samples, chosen, box)
    if floor is None or region.class_id in AREA_CLASSES:
        return own
    return _down_to_foot(own, _foot_px(scene, samples, surface, chosen, floor))


def _on_floor(
    samples: Samples, surface: Surface, known: np.ndarray, floor: Floor | None
) -> np.ndarray | None:
    """Samples (R, C) of the floor that nothing stands on: what is seen of a painted area."""
    if floor is None:
        return None
    seen = overhead(samples, surface, floor)
    return samples.inside & known & ~above_floor(surface, seen, floor)


def _within_footprint(scene: Scene, region: Region, samples: Samples) -> np.ndarray:
    """Samples (R, C) whose rays meet the floor within the painted area that was measured."""
    everything = np.ones(samples.z.shape, dtype=bool)
    number = next((i for i, known in enumerate(scene.regions) if known is region), None)
    measured = None if number is None else scene.measurements.of_or_none(number)
    floor = scene.measurements.floor
    if measured is None or measured.footprint is None or floor is None:
        return everything
    corners = measured.footprint
    middle = corners.mean(axis=0)
    places = floor.hit(samples.directions)
    inside = everything
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        normal = np.array([a[1] - b[1], b[0] - a[0]])
        sign = 1.0 if (middle - a) @ normal >= 0.0 else -1.0
        inside &= sign * ((places - a) @ normal) >= 0.0  # not so where a ray never meets it
    return inside


def _of_object(
    samples: Samples, surface: Surface, known: np.ndarray, floor: Floor | None
) -> np.ndarray | None:
    """Samples (R, C) of the object that the box was drawn around."""
    inside = samples.inside & known
    if floor is None:
        seen, around, rising = ahead(samples, surface), None, inside
    else:
        seen = overhead(samples, surface, floor)
        around = above_floor(surface, seen, floor) & known
        rising = inside & around
        if np.count_nonzero(rising) < max(_LEAST_SAMPLES, 0.1 * np.count_nonzero(inside)):
            return None
    places = object_samples(samples, surface, seen, rising, trusted=False, around=around)
    chosen = np.zeros(samples.z.size, dtype=bool)
    chosen[places] = True
    return chosen.reshape(samples.z.shape)


def _foot_px(
    scene: Scene, samples: Samples, surface: Surface, chosen: np.ndarray, floor: Floor
) -> int:
    """Rows of an object's foot that are too near to the floor to be told from it."""
    assert scene.camera is not None
    z = samples.z[chosen & (samples.z > 0.0)]
    if not z.size:
        return 0
    z_m = float(np.median(z))
    band_m = lost_foot_m(surface.noise_per_m, floor.offset_m, z_m)
    return math.ceil(band_m * scene.camera.fy / z_m)


def _down_to_foot(own: np.ndarray, rows: int) -> np.ndarray:
    """Pixels with so many rows below the lowest of each column, as far as the box goes."""
    height = own.shape[0]
    lowest = height - 1 - np.argmax(own[::-1], axis=0)
    row = np.arange(height)[:, None]
    foot: np.ndarray = own | (own.any(axis=0) & (row > lowest) & (row <= lowest + rows))
    return foot


def _upsampled(
    scene: Scene, samples: Samples, chosen: np.ndarray, box: tuple[int, int, int, int]
) -> np.ndarray:
    """Pixels of the window `box` whose neighbour among the samples of most like depth is chosen."""
    assert scene.depth is not None
    x0, y0, x1, y1 = box
    inverse = 1.0 / scene.depth.crop_m(box)
    sampled = 1.0 / samples.z
    rows = (np.arange(y0, y1) - samples.window_px[1]) / samples.stride
    columns = (np.arange(x0, x1) - samples.window_px[0]) / samples.stride
    best = np.full(inverse.shape, np.inf, dtype=np.float32)
    nearest = _at(chosen, np.rint(rows), np.rint(columns))
    own = nearest.copy()
    for at_rows in (np.floor(rows), np.ceil(rows)):
        for at_columns in (np.floor(columns), np.ceil(columns)):
            unlike = np.abs(_at(sampled, at_rows, at_columns) - inverse)
            closer = unlike < best  # not so where either is unknown
            np.copyto(own, _at(chosen, at_rows, at_columns), where=closer)
            np.copyto(best, unlike, where=closer)
    return own


def _at(grid: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Values of a grid (R, C) at rows (M,) and columns (N,), (M, N), those outside at its edge."""
    last_row, last_column = grid.shape[0] - 1, grid.shape[1] - 1
    i = np.clip(rows, 0, last_row).astype(np.intp)
    j = np.clip(columns, 0, last_column).astype(np.intp)
    values: np.ndarray = grid[i[:, None], j[None, :]]
    return values
