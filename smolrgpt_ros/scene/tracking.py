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
from smolrgpt_ros.scene.looks import looks_of
from smolrgpt_ros.scene.motion import Motion, MotionModel, corrected, predicted, tempered
from smolrgpt_ros.scene.object_names import ObjectNames
from smolrgpt_ros.scene.sightings import Sighting, Sightings

_NS = 1e-9


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
        self._tracks = Followed()
        self._motion = Motion.none()
        self._detector = DetectorIds()
        self._last_ns: int | None = None
        self._latest: tuple[np.ndarray, Tracked] | None = None

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
        seen = Sightings.stacked(sightings)
        if self._last_ns is not None and stamp_ns <= self._last_ns:
            late_s = (self._last_ns - stamp_ns) * _NS
            if late_s < self.settings.jump_back_s:
                return self._again(late_s, seen)
            notes.append(f'time was set back by {late_s:.3f} s; all objects get new ids')
            self.reset()
        self._last_ns = stamp_ns
        self._drop_old(stamp_ns)
        usable = seen.placed | ~np.isnan(seen.boxes_px[:, 0])
        if usable.all():
            ids = self._follow(stamp_ns, seen, notes)
        else:
            ids = [''] * len(seen)
            notes += [
                f'detection {i} has neither a position nor a box of numbers: {sightings[i].box_px}'
                for i in np.flatnonzero(~usable).tolist()
            ]
            places = np.flatnonzero(usable)
            for i, id in zip(places, self._follow(stamp_ns, seen.of(places), notes), strict=True):
                ids[i] = id
        self._drop_surplus()
        tracked = Tracked(tuple(ids), notes=tuple(notes))
        self._latest = (seen.boxes_px, tracked)
        return tracked

    def memory(
        self, seconds: float = math.inf, now_ns: int | None = None
    ) -> tuple[Remembered, ...]:
        """Objects seen in the last seconds before `now_ns` (the newest frame), the newest first."""
        now_ns = self._last_ns if now_ns is None else now_ns
        if now_ns is None:
            return ()
        ages_s = [(now_ns - last_ns) * _NS for last_ns in self._tracks.last_ns.tolist()]
        latest_s = min(seconds, self.settings.keep_s)
        recent = [self._remembered(j, age) for j, age in enumerate(ages_s) if age <= latest_s]
        return tuple(sorted(recent, key=lambda item: item.age_s))

    def _remembered(self, j: int, age_s: float) -> Remembered:
        tracks, position, size = self._tracks, self._motion.position[j], self._tracks.sizes[j]
        placed = bool(np.isfinite(position).all())
        x0, y0, x1, y1 = tracks.boxes_px[j].tolist()
        return Remembered(
            tracks.ids[j], tracks.class_ids[j], position.copy() if placed else None,
            self._motion.pp[j].copy() if placed else None,
            None if math.isnan(size[0]) else size.copy(), (x0, y0, x1, y1),
            int(tracks.last_ns[j]), age_s, int(tracks.counts[j]),
        )  # fmt: skip

    def _again(self, late_s: float, seen: Sightings) -> Tracked:
        """A frame that is no news: the newest one once more, or one that comes too late."""
        if late_s == 0.0 and self._latest is not None:
            boxes_px, tracked = self._latest
            if np.array_equal(boxes_px, seen.boxes_px, equal_nan=True):
                return tracked
            reason = 'another frame with this stamp was used already'
        else:
            reason = (
                f'the frame is {late_s:.3f} s older than the newest one; '
                'feed frames in the order of their stamps'
            )
        return Tracked(('',) * len(seen), ignored=reason)

    def _follow(self, stamp_ns: int, seen: Sightings, notes: list[str]) -> list[str]:
        """The name of each sighting, what is known of its object brought up to date or begun."""
        settings, costs, tracks = self.settings, self.settings.costs, self._tracks
        looks, known = looks_of(seen, tracks)
        covariances = with_wander(measured_covariances(seen.covariances), looks.sizes, costs)
        unseen_s = (stamp_ns - tracks.last_ns) * _NS
        motion = predicted(self._motion, unseen_s, self._speeds(tracks.class_ids), settings.motion)
        table, impossible = pair_costs(
            looks, covariances, seen.beyond, known, tracks.counts, motion, unseen_s, costs
        )
        weighed = self._detector.weighed(
            seen.ids, tracks.detector_ids, table, impossible, costs.gate
        )
        pairs = assigned(weighed, costs.gate)
        notes += self._heard(seen.ids, dict(pairs))
        i, j = np.array(pairs, np.intp).reshape(-1, 2).T
        positions = seen.positions
        if seen.placed.any():
            # The estimate is of the whole object's centre, wherever what is seen has its own.
            whole = looks.sizes.copy()
            whole[i] = known.sizes[j]
            moved, further = hidden_parts(looks.sizes[:, None], whole[:, None], seen.beyond, costs)
            positions = positions + moved[:, 0]
            covariances = covariances + diagonal(further[:, 0])
        self._move(j, motion, positions[i], covariances[i])
        tracks.see(j, stamp_ns, seen.of(i) if len(i) < len(seen) else seen, positions[i])
        ids = [''] * len(seen)
        for place, track in pairs:
            ids[place] = tracks.ids[track]
        if len(pairs) < len(seen):
            self._begin(stamp_ns, seen, positions, covariances, ids)
        return ids

    def _heard(self, claims: Sequence[str], pairs: dict[int, int]) -> list[str]:
        """Take ids from tracks that the detector gives to others now; a sentence for each."""
        tracks, owners = self._tracks, self._tracks.detector_ids
        jumps = jumped(claims, owners, pairs)
        self._detector.check(len(jumps), len(set(claims) & set(owners) - {''}))
        for _, j in jumps:
            owners[j] = ''
        if self._detector.renumbered:
            # What is not in view was numbered anew as well.
            for j in set(range(len(tracks))) - set(pairs.values()):
                owners[j] = ''
        return [
            f"the detector's id '{claims[i]}' has moved to another object; "
            f"'{tracks.ids[j]}' keeps its name"
            for i, j in jumps
        ]

    def _move(
        self, j: np.ndarray, motion: Motion, positions: np.ndarray, covariances: np.ndarray
    ) -> None:
        """Correct the estimates of tracks (K,) that were seen, and where (K, 3).

        Args:
            motion: their prediction.
        """
        if not len(j):
            return
        placed = ~np.isnan(positions[:, 0])
        if not placed.all():  # seen and not measured: predicted for this frame's time
            self._motion = self._motion.with_changed(j, motion.of(j))
            j, positions, covariances = j[placed], positions[placed], covariances[placed]
            if not len(j):
                return
        before = motion.of(j)
        after = corrected(before, positions, tempered(before, positions, covariances))
        first = np.isnan(before.position[:, 0])
        if first.any():
            speeds = np.sqrt(before.vv[first, 0, 0])
            started = Motion.begun(positions[first], covariances[first], speeds)
            after = after.with_changed(np.flatnonzero(first), started)
        self._motion = self._motion.with_changed(j, after)

    def _begin(
        self,
        stamp_ns: int,
        seen: Sightings,
        positions: np.ndarray,
        covariances: np.ndarray,
        ids: list[str],
    ) -> None:
        """Follow what nobody has seen before, and put its names into `ids`, where they lack."""
        taken = set(self._tracks.ids)
        begun = [i for i, id in enumerate(ids) if not id]
        for i in begun:
            ids[i] = self._names.new(seen.class_ids[i], seen.ids[i], taken)
            taken.add(ids[i])
        places = np.array(begun, np.intp)
        new = seen.of(places)
        self._motion = self._motion.joined(
            Motion.begun(positions[places], covariances[places], self._speeds(new.class_ids))
        )
        self._tracks.begin([ids[i] for i in begun], stamp_ns, new, positions[places])

    def _speeds(self, class_ids: Sequence[str]) -> np.ndarray:
        speed, moving = self.settings.motion.speed_m_s, self.settings.moving
        return np.array([speed if name in moving else 0.0 for name in class_ids])

    def _drop_old(self, stamp_ns: int) -> None:
        recent = self._tracks.last_ns >= stamp_ns - int(self.settings.keep_s / _NS)
        if not recent.all():
            self._keep(np.flatnonzero(recent).tolist())

    def _drop_surplus(self) -> None:
        if len(self._tracks) <= self.settings.most_tracks:
            return
        newest_first = np.argsort(-self._tracks.last_ns, kind='stable')
        self._keep(sorted(newest_first[: self.settings.most_tracks].tolist()))

    def _keep(self, index: list[int]) -> None:
        self._tracks.keep(index)
        self._motion = self._motion.of(np.array(index, np.intp))
