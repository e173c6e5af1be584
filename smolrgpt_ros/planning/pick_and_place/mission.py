# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The mission: which pallet, where to, drive, look again, dock, lift, bring, set down, count."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from smolrgpt_ros.msg import ApproachSide
from smolrgpt_ros.planning.pick_and_place.asking import Asking, UnansweredError
from smolrgpt_ros.planning.pick_and_place.driving import DriveResult, Navigator
from smolrgpt_ros.planning.pick_and_place.places import (
    Area,
    FloorPose,
    lookouts,
    middle,
    set_down_poses,
    shared_area,
)
from smolrgpt_ros.planning.pick_and_place.reporting import MISSION, Report, StepError
from smolrgpt_ros.planning.pick_and_place.settings import Settings
from smolrgpt_ros.planning.pick_and_place.waiting import NoReplyError
from smolrgpt_ros.planning.replies import PickTarget

# Looking round on the spot: one way, the other way, behind.
_TURNS = (0.6, -0.6, math.pi)
# From so far, several objects fit into the picture and are still measured well.
_DOUBTFUL_M = 4.5
_SMALL_M, _SMALL_YAW = 0.2, math.radians(8.0)
_MOVED_M = 1.0
_PICTURES = 3
_ALL_PALLETS = 'how many pallets are there?'
_BACK_OFF_M = (2.6, 2.0, 1.4)
_NEAR_M = 3.0
# Two pallets on the floor are never so close.
_SAME_PALLET_M = 0.6
# An approach pose is driven to where the pallet's place is known this well; it is corrected there.
_DOUBT_M = 0.2


class Mission:
    """Does one mission, in a thread of its own; `run` always ends."""

    def __init__(
        self,
        settings: Settings,
        asking: Asking,
        navigator: Navigator,
        move_fork: Callable[[bool], Any],
        *,
        where: Callable[[], FloorPose],
        now_ns: Callable[[], int],
        report: Report,
    ):
        """Remember the parts of the robot.

        Args:
            move_fork: lifts or sets down; returns success and message; raises NoServerError or
                NoReplyError.
            where: where the base stands, by TF.
            now_ns: the clock that stamps pictures.
        """
        self._settings = settings
        self._asking = asking
        self._navigator = navigator
        self._move_fork = move_fork
        self._where = where
        self._now_ns = now_ns
        self._report = report

    def run(self) -> str:
        """Do it; returns the sentence of its success. Raises StepError, already reported."""
        settings = self._settings
        with self._report.step(MISSION, f'fetch a pallet to {settings.buffer}') as done:
            if not settings.buffer:
                raise StepError('the parameter buffer is empty; name where to bring the pallet')
            pallet = self._choose()
            self._report.object_id = pallet
            area = self._find_buffer()
            staging = self._approach(pallet)
            half_m = self._pick(pallet, staging)
            area = self._look_at_buffer(area)
            stands = self._bring(pallet, area, half_m)
            counted = self._confirm(pallet, area, stands)
            done.append(f'{pallet} was brought to {settings.buffer}; {counted}')
        return done[0]

    def _choose(self) -> str:
        question = self._settings.question
        with self._report.step('choose_pallet', question) as done:
            poll = self._looking_round(
                lambda after_ns: self._asking.poll(
                    question,
                    _first_id,
                    after_ns=after_ns,
                    least_confidence=self._settings.least_confidence,
                )
            )
            if not poll.winner:
                raise StepError(f'the answers name no object: {poll.answers[-1].text}')
            done.append(f'{poll.answers[-1].text} (votes: {poll.votes})')
        return str(poll.winner)

    def _find_buffer(self) -> Area:
        name = self._settings.buffer
        with self._report.step('find_buffer', f'where is {name}?') as done:
            area, said = self._looking_round(self._measured_area)
            done.append(said)
        return area

    def _measured_area(self, after_ns: int) -> tuple[Area, str]:
        """The buffer and what stands in it, and that in words. Raises UnansweredError."""
        name = self._settings.buffer
        poll = self._asking.poll(f'where is {name}?', _first_id, after_ns=after_ns)
        found = [answer.objects[0] for answer in poll.answers if answer.objects]
        area = Area(
            _median((o.position.x, o.position.y) for o in found),
            _median((o.size.x, o.size.y) for o in found),
        )
        if not np.isfinite((*area.centre, *area.size)).all():
            raise UnansweredError(f'{name} was seen but not measured')
        held = self._asking.poll(
            f'how many pallets are in {name}?',
            lambda answer: answer.normalized,
            after_ns=after_ns,
        )
        # Whatever was seen there in any picture is in the way.
        occupied = tuple(
            (o.position.x, o.position.y)
            for answer in held.answers
            for o in answer.objects
            if o.id != poll.winner and math.isfinite(o.position.x + o.position.y)
        )
        said = f'{poll.winner}, {area.size[0]:.1f} m by {area.size[1]:.1f} m, holds {held.winner}'
        return replace(area, occupied=occupied), said

    def _look_at_buffer(self, area: Area) -> Area:
        """Measure the buffer again from near, until two looks agree.

        One look may miss a hidden border; what all looks have in common is inside in any case.
        """
        name, looks = self._settings.buffer, [area]
        with self._report.step('look_at_buffer', f'where is {name}, seen from near?') as done:
            problem = 'no place to look from could be reached'
            for view in lookouts(area.centre, self._where(), area.view_m):
                if len(looks) > self._settings.attempts:
                    break
                if not self._drive(view).arrived:
                    continue
                try:
                    nearer, said = self._measured_area(self._now_ns())
                except UnansweredError as error:
                    problem = str(error)
                else:
                    if any(nearer.agrees_with(other) for other in looks):
                        done.append(said)
                        return nearer
                    looks.append(nearer)
                    problem = f'{said}, and otherwise before'
                self._report.recovering(f'looking from elsewhere: {problem}')
            common = shared_area(looks)
            if common is None:
                raise StepError(f'where {name} is was measured differently each time: {problem}')
            done.append(f'the part that {len(looks)} looks have in common')
        return common

    def _looking_round(self, ask: Callable[[int], Any]) -> Any:
        """Ask; where there is no answer, ask from elsewhere. Raises UnansweredError.

        What is in the picture but doubtful is looked at from other sides; else the robot turns.
        """
        home = self._where()
        views: list[FloorPose] = [home, *(home.turned(turn) for turn in _TURNS)]
        problem, looked = UnansweredError('nothing was asked'), False
        while views:
            view = views.pop(0)
            after_ns = 0
            if view is not home:
                self._report.recovering(f'looking from elsewhere: {problem}')
                if not self._drive(view).arrived:
                    continue
                after_ns = self._now_ns()
            try:
                return ask(after_ns)
            except UnansweredError as error:
                problem = error
            places = [
                (o.position.x, o.position.y)
                for reply in problem.doubtful
                for o in reply.objects
                if math.isfinite(o.position.x + o.position.y)
            ]
            if places and not looked:
                looked = True
                around = lookouts(_median(places), home, _DOUBTFUL_M)
                views = [*around[: 2 * self._settings.attempts], *views]
        raise problem

    def _approach(self, pallet: str) -> FloorPose:
        """Drive to where the pallet can be looked at closely; returns the pose."""
        with self._report.step('navigate_to_pallet', f'drive to {pallet}') as done:
            after_ns, problem = 0, ''
            for attempt in range(self._settings.attempts):
                response = self._asking.targets(
                    pallet, self._settings.staging, after_ns=after_ns, number=1
                )[-1]
                problem = _too_doubtful(response.thing)
                last = attempt + 1 == self._settings.attempts
                for pose in () if problem else _usable_sides(response, occupied_too=last):
                    result = self._drive(pose)
                    if result.arrived:
                        done.append('arrived')
                        return pose
                    problem = result.message
                problem = problem or f'no side of {pallet} is known to have room'
                self._report.recovering(f'looking at {pallet} from nearer or elsewhere: {problem}')
                at = response.thing.position
                self._walk_round((at.x, at.y), attempt)
                after_ns = self._now_ns()
            raise StepError(problem)

    def _walk_round(self, centre: tuple[float, float], attempt: int) -> None:
        """Look at the pallet from near, each time from another direction."""
        views = lookouts(centre, self._where(), _NEAR_M)
        for pose in views[2 * attempt :]:
            if self._navigator.drive(pose).arrived:
                return

    def _pick(self, pallet: str, staging: FloorPose) -> float:
        """Look again, correct, dock, lift; returns half of the pallet's depth, metres."""
        settings, problem = self._settings, ''
        for attempt in range(settings.attempts):
            if attempt:
                with self._report.step('back_off', problem, staging) as done:
                    arrived = self._drive(staging).arrived
                    done.append('back where it can be seen' if arrived else 'looking from here')
            staging, half_m = self._check(pallet, staging)
            if not half_m:
                problem = f'{pallet} is not where it was'
                staging = self._approach(pallet)
                continue
            dock = staging.moved(settings.staging - settings.reach)
            last = attempt + 1 == settings.attempts
            with self._report.step('dock', f'drive up to {pallet}', dock) as done:
                result = self._drive(dock)
                if not result.arrived and last:
                    raise StepError(result.message)
                done.append('the fork is before it' if result.arrived else 'not reached')
            if not result.arrived:
                problem = result.message
                staging = self._approach(pallet)
                continue
            with self._report.step('lift', f'lift {pallet}') as done:
                success, problem = self._fork(True)
                if success:
                    done.append(problem)
                    return half_m
                if last:
                    raise StepError(f'the fork does not lift: {problem}')
                self._report.recovering(f'backing off to look again: {problem}')
                done.append('not lifted yet')
        raise StepError(f'lift: {problem}')

    def _check(self, pallet: str, expected: FloorPose) -> tuple[FloorPose, float]:
        """Ask again on arrival, and correct; returns the staging pose and half of the depth.

        A small correction is made on the way to the dock; a large one needs another look. The depth
        is 0 where the pallet is somewhere else.
        """
        settings = self._settings
        with self._report.step('check_pallet', f'where is {pallet} now?', expected) as done:
            for _ in range(settings.attempts):
                measured, half_m = self._measured(pallet, expected)
                off_m, off = measured.distance_m(expected), measured.angle_to(expected)
                said = f'corrected by {100 * off_m:.0f} cm and {math.degrees(off):.0f} degrees'
                if off_m <= _SMALL_M and off <= _SMALL_YAW:
                    done.append(f'it is where it was measured, {said}')
                    return measured, half_m
                self._report.recovering(said)
                if off_m > _MOVED_M or not self._drive(measured).arrived:
                    done.append('another approach is needed')
                    return expected, 0.0
                expected = measured
            done.append('another approach is needed')
            return expected, 0.0

    def _measured(self, pallet: str, expected: FloorPose) -> tuple[FloorPose, float]:
        """The staging pose by some new pictures, and half of the pallet's depth."""
        responses = self._asking.targets(
            pallet, self._settings.staging, after_ns=self._now_ns(), number=_PICTURES
        )
        poses, halves = [], []
        for response in responses:
            # The floor under the robot is not in the picture: whether it is free was asked before.
            sides = [_floor_pose(side.pose) for side in response.sides]
            pose = min(sides, key=lambda side: side.angle_to(expected))
            at = response.thing.position
            poses.append(pose)
            halves.append(math.dist((pose.x, pose.y), (at.x, at.y)) - self._settings.staging)
        return middle(poses), float(np.median(halves))

    def _bring(self, pallet: str, area: Area, half_m: float) -> FloorPose:
        """Drive to a free place and set the pallet down; returns where it stands."""
        settings = self._settings
        reach_m = settings.reach + half_m
        places = set_down_poses(
            area, self._where(), reach_m=reach_m, clearance_m=settings.loaded_radius
        )
        refused: list[FloorPose] = []
        problem = f'{settings.buffer} has no free place for {pallet}'
        for _ in range(3 * settings.attempts):
            place = next((p for p in places if all(_differ(p, q) for q in refused)), None)
            if place is None:
                break
            refused.append(place)
            try:
                with self._report.step(
                    'navigate_to_buffer', f'bring {pallet} to {settings.buffer}', place
                ) as done:
                    self._must_drive(place)
                    done.append('arrived')
                with self._report.step('set_down', f'set {pallet} down') as done:
                    success, said = self._fork(False)
                    if not success:
                        raise StepError(said)
                    done.append(said)
                return place.moved(reach_m)
            except StepError as error:
                if error.fatal:
                    raise
                problem = str(error)
                self._report.recovering(f'another place in {settings.buffer}: {problem}')
        raise StepError(f'{pallet} is still on the fork: {problem}')

    def _confirm(self, pallet: str, area: Area, stands: FloorPose) -> str:
        """Count what stands in the buffer, from where all of it can be seen.

        The pallet is known by its id, or by the place where the fork has set it down: a tracker may
        take what disappeared here and appeared there for two objects. Once a look has shown it
        outside, two others have to show it inside.
        """
        name = self._settings.buffer
        question = f'how many pallets are in {name}?'

        def among(answer: Any) -> bool:
            return any(o.id == pallet or _stands_at(o, stands) for o in answer.objects)

        with self._report.step('confirm', question) as done:
            here, problem = self._where(), 'no place to look from could be reached'
            views = lookouts(area.centre, here, area.view_m)
            seen, outside, looks = '', 0, 0
            for view in [*views, *(here.moved(-back) for back in _BACK_OFF_M)]:
                if looks == 2 * self._settings.attempts or outside == self._settings.attempts:
                    break
                if not self._drive(view).arrived:
                    continue
                looks += 1
                try:
                    poll = self._asking.poll(question, among, after_ns=self._now_ns())
                    text = str(poll.answers[-1].text)
                    if poll.winner and (not outside or seen):
                        done.append(text)
                        return text
                    if poll.winner:
                        seen = text
                        continue
                    # What hides behind another pallet is not outside.
                    shown = self._asking.poll(_ALL_PALLETS, among, after_ns=0).winner
                    outside += bool(shown)
                    seen = '' if shown else seen
                    where = 'stands outside' if shown else 'is hidden'
                    problem = f'{pallet} {where}: {text}'
                except UnansweredError as error:
                    problem = str(error)
                self._report.recovering(f'looking from elsewhere: {problem}')
            raise StepError(f'{pallet} was set down but not seen in {name}: {problem}')

    def _fork(self, up: bool) -> tuple[bool, str]:
        """Move the fork; what does not reply is asked once more."""
        try:
            return self._move_fork(up)
        except NoReplyError as error:
            self._report.recovering(f'asked again: {error}')
        return self._move_fork(up)

    def _drive(self, pose: FloorPose) -> DriveResult:
        """Drive; try again where that may help."""
        result = self._navigator.drive(pose)
        for _ in range(self._settings.attempts - 1):
            if result.arrived or result.hopeless:
                break
            self._report.recovering(f'driving again: {result.message}')
            result = self._navigator.drive(pose)
        return result

    def _must_drive(self, pose: FloorPose) -> None:
        result = self._drive(pose)
        if not result.arrived:
            raise StepError(result.message)


def _usable_sides(target: PickTarget, *, occupied_too: bool) -> list[FloorPose]:
    """Free sides, nearest first, then those that nobody has seen enough of.

    Args:
        occupied_too: then those where something was measured, too: what is so near to the pallet
            may leave room enough for Nav2, which does not drive where there is none.
    """
    states = [ApproachSide.FREE, ApproachSide.UNSEEN]
    if occupied_too:
        states.append(ApproachSide.OCCUPIED)
    return [
        _floor_pose(side.pose) for state in states for side in target.sides if side.state == state
    ]


def _too_doubtful(found: Any) -> str:
    """Why an object's place is not known well enough to drive up to it; '' where it is."""
    stddev_m = max(found.position_stddev.x, found.position_stddev.y)
    if stddev_m <= _DOUBT_M:
        return ''
    return f'its place is known to {stddev_m:.2f} m only'


def _stands_at(found: Any, place: FloorPose) -> bool:
    return math.dist((found.position.x, found.position.y), (place.x, place.y)) < _SAME_PALLET_M


def _first_id(answer: Any) -> str:
    return answer.objects[0].id if answer.objects else ''


def _median(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    x, y = np.median(np.array(list(pairs)).reshape(-1, 2), axis=0)
    return float(x), float(y)


def _floor_pose(pose: Any) -> FloorPose:
    q = pose.orientation
    yaw = math.atan2(2.0 * (q.w * q.z + q.x * q.y), 1.0 - 2.0 * (q.y * q.y + q.z * q.z))
    return FloorPose(pose.position.x, pose.position.y, yaw)


def _differ(a: FloorPose, b: FloorPose) -> bool:
    """Whether two set-down poses are different attempts."""
    return a.distance_m(b) > 0.5 or a.angle_to(b) > 0.5
