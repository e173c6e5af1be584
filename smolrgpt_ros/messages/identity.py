# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The names of objects from picture to picture, and where those are that are out of view.

One lives from configure to cleanup, so that ids outlast a round of deactivate and activate. The
worker's thread alone uses it; `forget` may be called from anywhere.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.transforms import NoTransformError
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.memory import ObjectMemory
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.recalled import LastSeen
from smolrgpt_ros.scene.sighting import sightings_of, with_ids
from smolrgpt_ros.scene.tracking import Tracked, Tracker, TrackingSettings

FIXED_FRAMES = ('odom', 'map', 'world')
"""Frames of REP 105 that do not move with the robot, those without jumps first."""

LookUp = Callable[[str, float], Pose]
"""Pose of the camera in a frame at the picture's stamp, waiting some seconds at most."""

_MEASURING_S = 0.01  # a background update may measure whole objects for so long


@dataclass(frozen=True, eq=False)
class Named:
    """A scene with tracked ids.

    Attributes:
        ignored: why the scene says nothing new, '' where it does.
        notes: what was overridden, in sentences.
    """

    scene: Scene
    ignored: str = ''
    notes: tuple[str, ...] = ()


class Identities:
    """Follows objects through scenes.

    Attributes:
        frame: the fixed frame in use, '' while none is known.
        problem: why objects are followed in the picture alone, '' where they are followed in the
            fixed frame, or where no such frame has ever been heard of.
        followed: how many objects are remembered.
        newest_ns: stamp of the newest picture in which they were followed, 0 before the first.
    """

    def __init__(self, settings: Settings):
        """Follow as the parameters say; they are taken over at configure."""
        self._wanted = settings.tracking_frame
        self._enabled = settings.tracking_enabled
        keep_s = max(settings.tracking_keep, settings.memory_keep)
        self._tracker = Tracker(TrackingSettings(keep_s=keep_s))
        self._memory = ObjectMemory()
        self._time_jumped = threading.Event()
        self.frame = ''
        self.problem = ''
        self.followed = 0
        self.newest_ns = 0

    @property
    def enabled(self) -> bool:
        """Whether objects are followed at all."""
        return self._enabled

    def forget(self) -> None:
        """Time was set back: what comes belongs to another run. Any thread may call it."""
        self._time_jumped.set()

    def pose(self, frame_id: str, look_up: LookUp, timeout_s: float) -> Pose | None:
        """Where the camera stood in the fixed frame; None where TF does not tell."""
        if not self._enabled:
            return None
        candidates = (self.frame,) if self.frame else self._candidates(frame_id)
        # Where TF failed the last time, answers do not wait for it once more.
        timeout_s = 0.0 if self.problem else timeout_s
        told = self.problem
        for frame in candidates:
            try:
                # Only a frame that has been there, or that somebody wants, is worth waiting for.
                found = look_up(frame, timeout_s if frame in (self.frame, self._wanted) else 0.0)
            except NoTransformError as error:
                told = str(error) if frame in (self.frame, self._wanted) else ''
                continue
            self.frame, self.problem = frame, ''
            return found
        self.problem = told
        return None

    def _candidates(self, frame_id: str) -> tuple[str, ...]:
        if self._wanted:
            return (self._wanted,)
        prefix = f'{frame_id.rsplit("/", 1)[0]}/' if '/' in frame_id else ''
        own = tuple(prefix + frame for frame in FIXED_FRAMES) if prefix else ()
        return (*own, *FIXED_FRAMES)

    def named(
        self,
        scene: Scene,
        detector_ids: tuple[str, ...],
        pose: Pose | None,
        *,
        may_ignore: bool = True,
    ) -> Named:
        """The scene with the ids of its objects.

        Args:
            detector_ids: what the detector itself calls them.
            may_ignore: False where there is no earlier scene to answer from instead.
        """
        if self._time_jumped.is_set():
            self._time_jumped.clear()
            self._start_again()
        tracked = self._update(scene, detector_ids, pose)
        if tracked.ignored and not may_ignore:
            # Time was set back by less than the tracker takes for a jump, while nobody looked.
            self._start_again()
            tracked = self._update(scene, detector_ids, pose)
        if tracked.ignored:
            return Named(scene, tracked.ignored, tracked.notes)
        self.followed, self.newest_ns = self._tracker.count, scene.stamp_ns
        return Named(with_ids(scene, tracked.ids), notes=tracked.notes)

    def _update(self, scene: Scene, detector_ids: tuple[str, ...], pose: Pose | None) -> Tracked:
        sightings = sightings_of(scene, pose, detector_ids=detector_ids, quick=True)
        return self._tracker.update(scene.stamp_ns, sightings)

    def _start_again(self) -> None:
        self._tracker.reset()
        self._memory.clear()

    def learn(self, scene: Scene, pose: Pose | None) -> None:
        """Remember what has been measured of a scene."""
        if pose is not None and self._enabled:
            self._memory.learn(scene, pose)

    def measure(self, scene: Scene, pose: Pose, stop: Callable[[], bool]) -> None:
        """Measure whole objects for a moment, those measured longest ago first.

        Ends early where `stop` says so: somebody waits for an answer.
        """
        if scene.depth is None or scene.camera is None:
            return
        ends = time.monotonic() + _MEASURING_S
        index_of = {region.id: index for index, region in enumerate(scene.regions)}
        for id in self._memory.oldest_first(index_of):
            if stop() or time.monotonic() >= ends:
                break
            scene.measurements.of_or_none(index_of[id])
        self._memory.learn(scene, pose)

    def recall(self, scene: Scene, within_s: float, now_ns: int) -> Mapping[str, LastSeen]:
        """Objects that a scene does not show and that were seen in the last seconds, by id."""
        if not self._enabled or within_s <= 0.0:
            return {}
        shown = [region.id for region in scene.regions]
        return self._memory.recall(self._tracker, now_ns, within_s, shown=shown)
