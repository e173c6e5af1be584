# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a scene to what a tracker takes of it, and back with the tracker's names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from smolrgpt_ros.scene.appearance import appearances
from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.glance import places_of, views_of
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.sightings import Sightings
from smolrgpt_ros.scene.uncertainty import beyond_sides, touching_border

_Places = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Positions (N, 3), covariances (N, 3, 3) and sizes (N, 3); NaN where not known."""


def sightings_of(
    scene: Scene,
    fixed_from_camera: Pose | None,
    *,
    detector_ids: tuple[str, ...] | None = None,
    quick: bool = False,
) -> Sightings:
    """What a tracker takes of a scene, a sighting a region.

    Args:
        fixed_from_camera: where the camera stood at the picture's stamp, in a frame that does not
            move with the robot; None where TF does not tell.
        detector_ids: what the detector called each region; None: the ids of the regions.
        quick: take the depth in the middle of each box instead of measuring whole objects, which
            takes many times as long. Positions are then those of what is seen there.
    """
    regions, pose = scene.regions, fixed_from_camera
    boxes = np.array([region.box_px for region in regions], np.float64).reshape(-1, 4)
    count = len(boxes)
    looks = np.full((count, 1), math.nan)
    if scene.colour is not None and count:
        looks = appearances(scene.colour, boxes)
    views, beyond = np.full((count, 4), math.nan), np.zeros((count, 3))
    places = _nowhere(count)
    if pose is not None and scene.camera is not None and count:
        views = views_of(boxes, scene.camera, pose)
        views[~np.isfinite(views).all(axis=1)] = math.nan
        beyond = _beyond(boxes, scene.size_px, pose)
        if scene.depth is not None:
            places = (
                _glanced(boxes, scene.depth, scene.camera, pose)
                if quick
                else _measured(scene, pose)
            )
    return Sightings(
        boxes,
        tuple([region.class_id for region in regions]),
        tuple([region.id for region in regions]) if detector_ids is None else detector_ids,
        *places,
        looks,
        touching_border(boxes, scene.size_px),
        views,
        beyond,
    )


def with_ids(scene: Scene, ids: Sequence[str]) -> Scene:
    """The scene with tracked ids, where they are not ''; what has been measured stays measured."""
    regions = tuple(
        [
            region if id in ('', region.id) else replace(region, id=id)
            for region, id in zip(scene.regions, ids, strict=True)
        ]
    )
    named = replace(scene, regions=regions)
    # Where a cached property keeps its value.
    vars(named)['measurements'] = scene.measurements.renamed(named)
    return named


def _nowhere(count: int) -> _Places:
    return (
        np.full((count, 3), math.nan),
        np.full((count, 3, 3), math.nan),
        np.full((count, 3), math.nan),
    )


def _glanced(boxes: np.ndarray, depth: DepthImage, camera: Camera, pose: Pose) -> _Places:
    """Where that is which is seen in the middle of each box."""
    positions, variances, sizes = places_of(boxes, depth, camera, pose)
    covariances = variances[:, None, None] * np.eye(3)
    unknown = ~np.isfinite(positions).all(axis=1)
    if unknown.any():
        positions[unknown] = sizes[unknown] = math.nan
        covariances[unknown] = math.nan
    return positions, covariances, sizes


def _measured(scene: Scene, pose: Pose) -> _Places:
    """Where whole objects are."""
    positions, covariances, sizes = _nowhere(len(scene.regions))
    for index in range(len(scene.regions)):
        measured = scene.measurements.of_or_none(index)
        if measured is not None:
            spread = pose.rotation * measured.stddev_camera
            positions[index] = pose.apply(measured.centre_camera)
            covariances[index] = spread @ spread.T
            sizes[index] = measured.size
    return positions, covariances, sizes


def _beyond(boxes: np.ndarray, size_px: tuple[int, int], pose: Pose) -> np.ndarray:
    """(N, 3) as `Sightings.beyond`."""
    left, right = beyond_sides(boxes, size_px)
    sides = right.astype(np.float64) - left
    return sides[:, None] * pose.rotation[:, 0]
