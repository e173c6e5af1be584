# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One detection as a tracker takes it: where it was in the picture and in the fixed frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smolrgpt_ros.scene.appearance import SIDE, appearance, sampled
from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import NoDepthError
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.scene.uncertainty import touches_border

_QUICK_M, _QUICK_SHARE = 0.1, 0.02  # one sigma of a quick position, and its growth with depth


@dataclass(frozen=True, eq=False)
class Sighting:
    """One detection.

    Attributes:
        box_px: (x0, y0, x1, y1) in the picture.
        class_id: as in `Region`.
        id: what the detector calls it, '' where it gives no ids.
        position: (3,) centre in the fixed frame, metres; None without depth or TF.
        covariance: (3, 3) of the position, m^2; None where not known.
        size: (3,) of the measured box, metres; None where not known.
        appearance: unit vector that resembles others as far as their product is near 1; None where
            not known.
        cut: True where the picture's border cuts the box, so that its centre says less.
        view: (4,) the box as the fixed frame sees it from the camera: azimuth and elevation of its
            middle, half its width and half its height, radians. The robot's turning does not move
            it. None without TF.
    """

    box_px: tuple[float, float, float, float]
    class_id: str = ''
    id: str = ''
    position: np.ndarray | None = None
    covariance: np.ndarray | None = None
    size: np.ndarray | None = None
    appearance: np.ndarray | None = None
    cut: bool = False
    view: np.ndarray | None = None

    @property
    def sightings(self) -> int:
        """It counts as one."""
        return 1


_SHAPES = {'position': (3,), 'covariance': (3, 3), 'size': (3,), 'appearance': None, 'view': (4,)}


def all_cleaned(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Sightings without what cannot be; see `cleaned`. Good ones are told from the rest at once."""
    good = all(
        _all_usable([getattr(sighting, name) for sighting in sightings], shape)
        for name, shape in (('box_px', (4,)), *_SHAPES.items())
    )
    return list(sightings) if good else [cleaned(sighting) for sighting in sightings]


def _all_usable(values: list[Any], shape: tuple[int, ...] | None) -> bool:
    known = [value for value in values if value is not None]
    try:
        stacked = np.array(known, np.float64)
    except ValueError:  # of different shapes
        return False
    if known and not (stacked.shape[1:] == shape if shape else stacked.ndim == 2):
        return False
    return bool(np.isfinite(stacked).all())


def cleaned(sighting: Sighting) -> Sighting:
    """A sighting without what cannot be.

    Values that are not finite or of another shape become None, a box that is not finite becomes
    NaN.
    """
    changes: dict[str, Any] = {}
    if not (len(sighting.box_px) == 4 and math.isfinite(sum(sighting.box_px))):
        changes['box_px'] = (math.nan,) * 4
    for name, shape in _SHAPES.items():
        values = getattr(sighting, name)
        if values is not None and not _is_usable(values, shape):
            changes[name] = None
    return replace(sighting, **changes) if changes else sighting


def _is_usable(values: np.ndarray, shape: tuple[int, ...] | None) -> bool:
    if np.shape(values) != shape and not (shape is None and np.ndim(values) == 1):
        return False
    # A sum is finite only where every value is; a few numbers are faster without numpy.
    return math.isfinite(sum(values.ravel().tolist()) if shape else float(np.add.reduce(values)))


def sightings_of(
    scene: Scene,
    fixed_from_camera: Pose | None,
    *,
    detector_ids: tuple[str, ...] | None = None,
    with_appearance: bool = True,
    quick: bool = False,
) -> tuple[Sighting, ...]:
    """What a tracker takes of a scene, a sighting a region.

    Args:
        fixed_from_camera: where the camera stood at the picture's stamp, in a frame that does not
            move with the robot; None where TF does not tell.
        detector_ids: what the detector called each region; None: the ids of the regions.
        quick: take the depth in the middle of each box instead of measuring whole objects, which
            takes many times as long. Positions are then those of what is seen there.
    """
    ids = detector_ids if detector_ids is not None else tuple(region.id for region in scene.regions)
    sightings = []
    for index, region in enumerate(scene.regions):
        pose, placed, seen = fixed_from_camera, None, None
        if pose is not None and scene.depth is not None and scene.camera is not None:
            placed = quick_place(scene, region, pose) if quick else _measured(scene, index, pose)
        position, covariance, size = placed or (None, None, None)
        if with_appearance and scene.colour is not None:
            seen = appearance(scene.colour, region)
        sightings.append(
            Sighting(
                region.box_px,
                region.class_id,
                ids[index],
                position,
                covariance,
                size,
                seen,
                touches_border(region.box_px, scene.size_px),
                _view(scene, region, pose),
            )
        )
    return tuple(sightings)


def with_ids(scene: Scene, ids: Sequence[str]) -> Scene:
    """The scene with tracked ids, where they are not ''; what has been measured stays measured."""
    regions = tuple(
        replace(region, id=id or region.id) for region, id in zip(scene.regions, ids, strict=True)
    )
    named = replace(scene, regions=regions)
    # Where a cached property keeps its value.
    vars(named)['measurements'] = scene.measurements.renamed(named)
    return named


def quick_place(
    scene: Scene, region: Region, pose: Pose
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Position, covariance and size of what is seen in the middle of a box; None without depth."""
    assert scene.depth is not None
    assert scene.camera is not None
    x0, y0, x1, y1 = region.box_px
    rows, columns = sampled(y0, y1, scene.size_px[1]), sampled(x0, x1, scene.size_px[0])
    top, bottom, left, right = (int(i) for i in (rows[0], rows[-1], columns[0], columns[-1]))
    stride = (1 + (bottom - top) // SIDE, 1 + (right - left) // SIDE)
    z = scene.depth.crop_m((left, top, right + 1, bottom + 1), stride)
    z = z[np.isfinite(z)]
    ray = scene.camera.directions(np.array([(x0 + x1) / 2.0, (y0 + y1) / 2.0]))
    if not z.size or not np.isfinite(ray).all():
        return None
    z_m = float(np.median(z))
    width, height = z_m * (x1 - x0) / scene.camera.fx, z_m * (y1 - y0) / scene.camera.fy
    covariance = np.eye(3) * (_QUICK_M + _QUICK_SHARE * z_m) ** 2
    return pose.apply(ray * z_m), covariance, np.array([width, width, height])


def _measured(
    scene: Scene, index: int, pose: Pose
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    try:
        measured = scene.measurements.of(index)
    except NoDepthError:
        return None
    spread = pose.rotation * measured.stddev_camera
    return pose.apply(measured.centre_camera), spread @ spread.T, measured.size


def _view(scene: Scene, region: Region, pose: Pose | None) -> np.ndarray | None:
    """A region's box in directions of the fixed frame."""
    if pose is None or scene.camera is None:
        return None
    return view_of(region.box_px, scene.camera, pose)


def view_of(
    box_px: tuple[float, float, float, float], camera: Camera, fixed_from_camera: Pose
) -> np.ndarray | None:
    """(4,) as `Sighting.view`, along the lines through the box's middle; None without rays."""
    x0, y0, x1, y1 = box_px
    x, y = (x0 + x1) / 2.0, (y0 + y1) / 2.0
    corners = np.array([(x, y), (x0, y), (x1, y), (x, y0), (x, y1)])
    rays = camera.directions(corners) @ fixed_from_camera.rotation.T
    rays /= np.sqrt((rays**2).sum(axis=1, keepdims=True))
    azimuth, elevation = (
        np.arctan2(rays[0, 1], rays[0, 0]),
        np.arcsin(np.clip(rays[0, 2], -1.0, 1.0)),
    )
    # Half angles between opposite sides: azimuths would widen towards the zenith.
    across, up = (
        np.arccos(np.clip(rays[a] @ rays[b], -1.0, 1.0)) / 2.0 for a, b in ((1, 2), (3, 4))
    )
    view = np.array([azimuth, elevation, across / max(np.cos(elevation), 0.2), up])
    return view if np.isfinite(view).all() else None
