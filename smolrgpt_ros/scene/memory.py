# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where tracked objects were when they were last seen, as whole objects in the fixed frame."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.measured import Measured
from smolrgpt_ros.scene.motion import Motion, MotionModel, predicted
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.recalled import LastSeen
from smolrgpt_ros.scene.tracking import Remembered, Tracker
from smolrgpt_ros.scene.uncertainty import touches_border

UNSEEN = MotionModel(wander_m=0.3, wander_s=30.0)
"""How far an object may be from where it was seen: what stands is pushed now and then, odometry
drifts (one sigma of 0.12 m after 5 s, 0.28 m after 60 s); what moves goes its way."""

_AWAY_M = 0.7  # a quick position farther than this from what was measured: it has moved since
_USUAL_SIZE = np.array([1.2, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class _Place:
    """A whole object measured, in the fixed frame; `cut` where the picture's border cut it."""

    centre: np.ndarray
    covariance: np.ndarray
    size: np.ndarray
    rotation: np.ndarray
    bottom_m: float
    stamp_ns: int
    cut: bool


class ObjectMemory:
    """Keeps the last good measurement of each tracked object; the tracker says who is who."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._places: dict[str, _Place] = {}

    def clear(self) -> None:
        """Forget every place."""
        self._places = {}

    def learn(self, scene: Scene, fixed_from_camera: Pose) -> None:
        """Take in whatever has been measured of a scene whose regions bear tracked ids."""
        for index, measured in scene.measurements.known.items():
            region = scene.regions[index]
            if region.recalled is not None or not region.id:
                continue
            cut = touches_border(region.box_px, scene.size_px)
            before = self._places.get(region.id)
            place = _place(measured, fixed_from_camera, scene.stamp_ns, cut)
            if before is None or not _says_less(place, before):
                self._places[region.id] = place

    def oldest_first(self, ids: Iterable[str]) -> list[str]:
        """Ids in the order in which they should be measured again."""
        return sorted(ids, key=lambda id: self._places[id].stamp_ns if id in self._places else -1)

    def recall(
        self, tracker: Tracker, now_ns: int, within_s: float, *, shown: Iterable[str]
    ) -> dict[str, LastSeen]:
        """Objects seen within the last seconds before `now_ns` that the picture does not show.

        Those whose position was never known are left out.
        """
        shown = set(shown)
        known = tracker.memory(math.inf, now_ns)
        self._forget_others(known, shown)
        moving = tracker.settings.moving
        found = (
            self._last_seen(item, item.class_id in moving)
            for item in known
            if item.id not in shown and item.age_s <= within_s and item.position is not None
        )
        return {thing.id: thing for thing in found}

    def _forget_others(self, known: Iterable[Remembered], shown: set[str]) -> None:
        kept = {item.id for item in known} | shown
        self._places = {id: place for id, place in self._places.items() if id in kept}

    def _last_seen(self, item: Remembered, moves: bool) -> LastSeen:
        assert item.position is not None
        assert item.covariance is not None
        place, unseen_s = self._places.get(item.id), item.age_s
        size = _USUAL_SIZE if item.size is None else item.size
        if place is not None and _apart(item.position, place) < _AWAY_M:
            # Quick positions are of the visible side, so the whole object's centre is better.
            size, rotation, bottom_m = place.size, place.rotation, place.bottom_m
            centre, covariance = place.centre, place.covariance
            if moves:
                unseen_s += max(item.stamp_ns - place.stamp_ns, 0) * 1e-9
        else:
            rotation, bottom_m, centre = np.eye(3), 0.0, item.position
            # Up to half of the object lies behind what was seen of it.
            covariance = item.covariance + np.eye(3) * (float(size[:2].max()) / 4.0) ** 2
        return LastSeen(
            item.id, item.class_id, centre, covariance + _since(unseen_s, moves), size, rotation,
            bottom_m, item.stamp_ns, max(item.age_s, 0.0),
        )  # fmt: skip


def _place(measured: Measured, pose: Pose, stamp_ns: int, cut: bool) -> _Place:
    spread = pose.rotation * measured.stddev_camera
    bottom_m = 0.0 if math.isnan(measured.bottom_m) else measured.bottom_m
    return _Place(
        pose.apply(measured.centre_camera), spread @ spread.T, measured.size,
        pose.rotation @ measured.rotation, bottom_m, stamp_ns, cut,
    )  # fmt: skip


def _says_less(place: _Place, before: _Place) -> bool:
    """Whether it was measured whole before, is cut now, and is still there."""
    return place.cut and not before.cut and _apart(place.centre, before) < _AWAY_M


def _apart(position: np.ndarray, place: _Place) -> float:
    """Metres along the ground between a position and the outside of what was measured."""
    away = float(np.hypot(*(position - place.centre)[:2]))
    return max(away - float(place.size[:2].max()) / 2.0, 0.0)


def _since(age_s: float, moves: bool) -> np.ndarray:
    """(3, 3) m^2 of what may have happened in some seconds without a sighting."""
    nothing = np.zeros((1, 3))
    speed = np.array([UNSEEN.speed_m_s if moves else 0.0])
    begun = Motion.begun(nothing, np.zeros((1, 3, 3)), speed)
    variance: np.ndarray = predicted(begun, np.array([max(age_s, 0.0)]), speed, UNSEEN).pp[0]
    return variance
