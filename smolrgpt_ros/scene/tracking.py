# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Stable identity: one id for one object, from frame to frame, hidden or not, wherever it goes.

Objects are followed in a frame that does not move with the robot (map or odom), so the robot's own
motion changes nothing. A frame costs 1 to 2 ms once its positions are known (20 objects). Measuring
every region of every picture is what costs, so feed a tracker quick positions (`sightings_of`) a
few times a second (2 to 10), or only the frames that somebody asks about. Seldom fed, it still
knows what stands by its place; what it loses is the overlap of boxes in close pictures, which tells
neighbours of one class apart when positions jump, and the velocity of what moves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from smolrgpt_ros.scene.association import (
    PairCosts,
    assigned,
    diagonal,
    hidden_parts,
    measured_covariances,
    pair_costs,
    with_wander,
)
from smolrgpt_ros.scene.detector_ids import DetectorIds, jumped
from smolrgpt_ros.scene.followed import Followed
from smolrgpt_ros.scene.looks import Looks
from smolrgpt_ros.scene.motion import Motion, MotionModel, corrected, predicted, tempered
from smolrgpt_ros.scene.object_names import ObjectNames
from smolrgpt_ros.scene.sighting import Sighting, all_cleaned

_NS = 1e-9
_ENDS = np.zeros(3)  # nothing lies beyond the picture


@dataclass(frozen=True)
class TrackingSettings:
    """How objects are followed.

    Attributes:
        keep_s: how long an object that is not seen keeps its id.
        jump_back_s: a stamp this far before the last one means that time was set back; less is a
            late frame.
        most_tracks: objects remembered at a time; beyond, those unseen for longest are forgotten.
        moving: classes that move by themselves; all others stand, and may be moved.
    """

    keep_s: float = 60.0
    jump_back_s: float = 1.0
    most_tracks: int = 1000
    moving: frozenset[str] = frozenset(
        {'transporter', 'person', 'forklift', 'robot', 'agv', 'amr', 'truck', 'human', 'worker'}
    )
    motion: MotionModel = field(default_factory=MotionModel)
    costs: PairCosts = field(default_factory=PairCosts)


@dataclass(frozen=True)
class Tracked:
    """What one frame gave.

    Attributes:
        ids: stable id of each sighting, in order; '' where it could not be followed.
        ignored: why the frame was not used, '' where it was.
        notes: what the tracker overrode or left out, in sentences.
    """

    ids: tuple[str, ...]
    ignored: str = ''
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Remembered:
    """The last sighting of an object.

    Attributes:
        position: (3,) smoothed, fixed frame, metres, at `stamp_ns`; None where never measured.
        covariance: (3, 3) of it, m^2: what is expected of its next measurement's mean; None
            likewise.
        age_s: time from that sighting to the newest frame, or to the time asked for.
        sightings: in how many frames it was seen.
    """

    id: str
    class_id: str
    position: np.ndarray | None
    covariance: np.ndarray | None
    size: np.ndarray | None
    box_px: tuple[float, float, float, float]
    stamp_ns: int
    age_s: float
    sightings: int


class Tracker:
    """Gives each object one id while it is remembered; ids are never used for another object.

    One thread at a time uses it. It holds no pictures: its owner can keep it while the node is
    inactive.
    """

    def __init__(self, settings: TrackingSettings | None = None):
        """Remember nothing yet."""
        self.settings = settings or TrackingSettings()
        self._names = ObjectNames()
        self._forget()

    def _forget(self) -> None:
        self._tracks: list[Followed] = []
        self._motion = Motion.none()
        self._detector = DetectorIds()
        self._last_ns: int | None = None
        self._latest: tuple[Sequence[Sighting], Tracked] | None = None

    @property
    def count(self) -> int:
        """How many objects are remembered."""
        return len(self._tracks)

    def reset(self) -> None:
        """Forget every object, as when time was set back.

        Ids made here are not made again; those that a detector gives are believed again.
        """
        self._names.restart()
        self._forget()

    def update(self, stamp_ns: int, sightings: Sequence[Sighting]) -> Tracked:
        """Ids of the sightings of one frame, later than the frames before."""
        notes: list[str] = []
        if self._last_ns is not None and stamp_ns <= self._last_ns:
            late_s = (self._last_ns - stamp_ns) * _NS
            if late_s < self.settings.jump_back_s:
                return self._again(late_s, sightings)
            notes.append(f'time was set back by {late_s:.3f} s; all objects get new ids')
            self.reset()
        self._last_ns = stamp_ns
        self._drop_old(stamp_ns)
        clean = all_cleaned(sightings)
        usable = [
            i for i, s in enumerate(clean) if s.position is not None or math.isfinite(s.box_px[0])
        ]
        notes += [
            f'detection {i} has neither a position nor a box of numbers: {sightings[i].box_px}'
            for i in sorted(set(range(len(sightings))) - set(usable))
        ]
        ids = [''] * len(sightings)
        found = self._follow(stamp_ns, [clean[i] for i in usable], notes)
        for i, track in zip(usable, found, strict=True):
            ids[i] = track.id
        self._drop_surplus()
        tracked = Tracked(tuple(ids), notes=tuple(notes))
        self._latest = (sightings, tracked)
        return tracked

    def memory(
        self, seconds: float = math.inf, now_ns: int | None = None
    ) -> tuple[Remembered, ...]:
        """Objects seen in the last seconds before `now_ns` (the newest frame), the newest first."""
        now_ns = self._last_ns if now_ns is None else now_ns
        if now_ns is None:
            return ()
        remembered = [
            self._remembered(i, (now_ns - track.last_ns) * _NS)
            for i, track in enumerate(self._tracks)
        ]
        recent = [item for item in remembered if item.age_s <= min(seconds, self.settings.keep_s)]
        return tuple(sorted(recent, key=lambda item: item.age_s))

    def _remembered(self, i: int, age_s: float) -> Remembered:
        track, position = self._tracks[i], self._motion.position[i]
        placed = bool(np.isfinite(position).all())
        return Remembered(
            track.id, track.class_id, position.copy() if placed else None,
            self._motion.pp[i].copy() if placed else None, track.size, track.box_px,
            track.last_ns, age_s, track.sightings,
        )  # fmt: skip

    def _again(self, late_s: float, sightings: Sequence[Sighting]) -> Tracked:
        """A frame that is no news: the newest one once more, or one that comes too late."""
        if late_s == 0.0 and self._latest is not None:
            before, tracked = self._latest
            if [s.box_px for s in before] == [s.box_px for s in sightings]:
                return tracked
            reason = 'another frame with this stamp was used already'
        else:
            reason = (
                f'the frame is {late_s:.3f} s older than the newest one; '
                'feed frames in the order of their stamps'
            )
        return Tracked(('',) * len(sightings), ignored=reason)

    def _follow(self, stamp_ns: int, sightings: list[Sighting], notes: list[str]) -> list[Followed]:
        """The track of each sighting, brought up to date; new ones for new objects."""
        settings, costs = self.settings, self.settings.costs
        seen, known = Looks.stacked(sightings), Looks.stacked(self._tracks)
        positions = seen.positions
        beyond = np.array([_ENDS if s.beyond is None else s.beyond for s in sightings])
        beyond = beyond.reshape(-1, 3)
        covariances = with_wander(measured_covariances(sightings), seen.sizes, costs)
        unseen_s = (stamp_ns - np.array([t.last_ns for t in self._tracks], np.int64)) * _NS
        motion = predicted(self._motion, unseen_s, self._speeds(known.classes), settings.motion)
        table, impossible = pair_costs(
            seen, positions, covariances, beyond, known, motion, unseen_s, costs
        )
        claims = [s.id for s in sightings]
        owners = [track.detector_id for track in self._tracks]
        weighed = self._detector.weighed(claims, owners, table, impossible, costs.gate)
        pairs = dict(assigned(weighed, costs.gate))
        notes += self._heard(claims, owners, pairs)
        found = [self._tracks[pairs[i]] if i in pairs else None for i in range(len(sightings))]
        # The estimate is of the whole object's centre, wherever what is seen of it has its own.
        whole = seen.sizes.copy()
        whole[list(pairs)] = known.sizes[list(pairs.values())]
        moved, further = hidden_parts(seen.sizes[:, None], whole[:, None], beyond, costs)
        positions = positions + moved[:, 0]
        covariances = covariances + diagonal(further[:, 0])
        self._move(pairs, motion, positions, covariances)
        begun = [i for i, track in enumerate(found) if track is None]
        speeds = self._speeds(seen.classes[begun])
        self._motion = self._motion.joined(
            Motion.begun(positions[begun], covariances[begun], speeds)
        )
        return [
            self._begin(stamp_ns, sighting, place)
            if track is None
            else track.seen(stamp_ns, sighting, place)
            for sighting, track, place in zip(sightings, found, positions, strict=True)
        ]

    def _heard(self, claims: list[str], owners: list[str], pairs: dict[int, int]) -> list[str]:
        """Take ids from tracks that the detector gives to others now; a sentence for each."""
        jumps = jumped(claims, owners, pairs)
        self._detector.check(len(jumps), len(set(claims) & set(owners) - {''}))
        for _, j in jumps:
            self._tracks[j].detector_id = ''
        if self._detector.renumbered:
            # What is not in view was numbered anew as well.
            for j in set(range(len(self._tracks))) - set(pairs.values()):
                self._tracks[j].detector_id = ''
        return [
            f"the detector's id '{claims[i]}' has moved to another object; "
            f"'{self._tracks[j].id}' keeps its name"
            for i, j in jumps
        ]

    def _move(
        self, pairs: dict[int, int], motion: Motion, positions: np.ndarray, covariances: np.ndarray
    ) -> None:
        """Correct the estimates of the tracks that were measured; `motion` is their prediction."""
        if not pairs:
            return
        i, j = np.array(list(pairs.items())).T
        placed = np.isfinite(positions[i]).all(axis=1)
        if not placed.all():  # seen and not measured: predicted for this frame's time
            self._motion = self._motion.with_changed(j, motion.of(j))
            i, j = i[placed], j[placed]
        before = motion.of(j)
        after = corrected(before, positions[i], tempered(before, positions[i], covariances[i]))
        first = np.isnan(before.position).any(axis=1)
        if first.any():
            speeds = np.sqrt(before.vv[first, 0, 0])
            started = Motion.begun(positions[i][first], covariances[i][first], speeds)
            after = after.with_changed(np.flatnonzero(first), started)
        self._motion = self._motion.with_changed(j, after)

    def _begin(self, stamp_ns: int, sighting: Sighting, place: np.ndarray) -> Followed:
        taken = {track.id for track in self._tracks}
        id = self._names.new(sighting.class_id, sighting.id, taken)
        track = Followed.begun(id, stamp_ns, sighting, place)
        self._tracks.append(track)
        return track

    def _speeds(self, classes: np.ndarray) -> np.ndarray:
        speed = self.settings.motion.speed_m_s
        return np.array([speed if name in self.settings.moving else 0.0 for name in classes])

    def _drop_old(self, stamp_ns: int) -> None:
        oldest_ns = stamp_ns - int(self.settings.keep_s / _NS)
        self._keep([i for i, track in enumerate(self._tracks) if track.last_ns >= oldest_ns])

    def _drop_surplus(self) -> None:
        if len(self._tracks) <= self.settings.most_tracks:
            return
        newest_first = sorted(range(len(self._tracks)), key=lambda i: -self._tracks[i].last_ns)
        self._keep(sorted(newest_first[: self.settings.most_tracks]))

    def _keep(self, index: list[int]) -> None:
        if len(index) < len(self._tracks):
            self._tracks = [self._tracks[i] for i in index]
            self._motion = self._motion.of(np.array(index, np.intp))
