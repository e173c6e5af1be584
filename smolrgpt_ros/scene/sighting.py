# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One detection as a tracker takes it: where it was in the picture and in the fixed frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smolrgpt_ros.scene.appearance import appearances
from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import NoDepthError
from smolrgpt_ros.scene.glance import places_of, views_of
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.uncertainty import beyond_sides, touches_border

_Placed = tuple[np.ndarray, np.ndarray, np.ndarray] | None  # position, covariance, size


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
        beyond: (3,) unit vector of the fixed frame: where the object goes on behind the picture's
            left or right border. None where it does not, goes on behind both, or without TF.
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
    beyond: np.ndarray | None = None

    @property
    def sightings(self) -> int:
        """It counts as one."""
        return 1


_SHAPES = {'position': (3,), 'covariance': (3, 3), 'size': (3,), 'appearance': None}
_SHAPES |= {'view': (4,), 'beyond': (3,)}


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
    regions = scene.regions
    ids = detector_ids if detector_ids is not None else tuple(region.id for region in regions)
    boxes = np.array([region.box_px for region in regions], np.float64).reshape(-1, 4)
    looks: list[np.ndarray | None] = [None] * len(regions)
    views: list[np.ndarray | None] = [None] * len(regions)
    beyond: list[np.ndarray | None] = [None] * len(regions)
    placed: list[_Placed] = [None] * len(regions)
    if with_appearance and scene.colour is not None and len(regions):
        looks = list(appearances(scene.colour, boxes))
    if fixed_from_camera is not None and scene.camera is not None and len(regions):
        views = _where_finite(views_of(boxes, scene.camera, fixed_from_camera))
        beyond = _beyond(boxes, scene.size_px, fixed_from_camera)
        if scene.depth is not None:
            if quick:
                placed = _glanced(boxes, scene.depth, scene.camera, fixed_from_camera)
            else:
                placed = [_measured(scene, i, fixed_from_camera) for i in range(len(regions))]
    sightings = []
    for index, region in enumerate(regions):
        position, covariance, size = placed[index] or (None, None, None)
        sightings.append(
            Sighting(
                region.box_px,
                region.class_id,
                ids[index],
                position,
                covariance,
                size,
                looks[index],
                touches_border(region.box_px, scene.size_px),
                views[index],
                beyond[index],
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


def _glanced(boxes: np.ndarray, depth: DepthImage, camera: Camera, pose: Pose) -> list[_Placed]:
    """Position, covariance and size of what is seen in the middle of each box."""
    positions, variances, sizes = places_of(boxes, depth, camera, pose)
    covariances = variances[:, None, None] * np.eye(3)
    known = np.isfinite(positions).all(axis=1)
    return [
        (positions[i], covariances[i], sizes[i]) if known[i] else None for i in range(len(boxes))
    ]


def _beyond(boxes: np.ndarray, size_px: tuple[int, int], pose: Pose) -> list[np.ndarray | None]:
    """As `Sighting.beyond`."""
    left, right = beyond_sides(boxes, size_px)
    rightwards = pose.rotation[:, 0]
    return [
        None if at_left == at_right else rightwards if at_right else -rightwards
        for at_left, at_right in zip(left.tolist(), right.tolist(), strict=True)
    ]


def _where_finite(rows: np.ndarray) -> list[np.ndarray | None]:
    return [
        row if usable else None for row, usable in zip(rows, np.isfinite(rows).all(1), strict=True)
    ]


def _measured(scene: Scene, index: int, pose: Pose) -> _Placed:
    try:
        measured = scene.measurements.of(index)
    except NoDepthError:
        return None
    spread = pose.rotation * measured.stddev_camera
    return pose.apply(measured.centre_camera), spread @ spread.T, measured.size


def view_of(
    box_px: tuple[float, float, float, float], camera: Camera, fixed_from_camera: Pose
) -> np.ndarray | None:
    """(4,) as `Sighting.view`, along the lines through the box's middle; None without rays."""
    return _where_finite(views_of(np.array([box_px]), camera, fixed_from_camera))[0]
