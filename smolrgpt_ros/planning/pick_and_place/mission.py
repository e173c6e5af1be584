# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The mission: which pallet, where to, drive, look again, dock, lift, bring, set down, count."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smolrgpt_ros.planning.pick_and_place.asking import (
    Asking,
    NothingNewError,
    UnansweredError,
)
from smolrgpt_ros.planning.pick_and_place.driving import DriveResult, Navigator
from smolrgpt_ros.planning.pick_and_place.places import (
    Area,
    FloorPose,
    lookouts,
    middle,
    set_down_poses,
    shared_area,
    spread,
)
from smolrgpt_ros.planning.pick_and_place.reporting import MISSION, Report, StepError
from smolrgpt_ros.planning.pick_and_place.settings import Settings
from smolrgpt_ros.planning.pick_and_place.sides import floor_pose, too_doubtful, usable_sides
from smolrgpt_ros.planning.pick_and_place.waiting import NoReplyError
from smolrgpt_ros.planning.replies import PickTarget

# Looking round on the spot: one way, the other way, behind.
_TURNS = (0.6, -0.6, math.pi)
# From so far, several objects fit into the picture and are still measured well.
_DOUBTFUL_M = 4.5
_SMALL_M, _SMALL_AHEAD_M, _SMALL_YAW = 0.2, 0.45, math.radians(8.0)
_MOVED_M = 1.0
_PICTURES = 3
_ALL_PALLETS = 'how many pallets are there?'
_BACK_OFF_M = (2.6, 2.0, 1.4)
_NEAR_M = 3.0
# Two pallets on the floor are never so close.
_SAME_PALLET_M = 0.6
# A look that led to a wrong dock would mislead again; from farther back it shows more.
_STEP_BACK_M = 0.4
_HALF_A_CORNER = math.pi / 4.0
# A loaded robot that is still so near to where it lifted has found no way out.
_STUCK_M = 0.3
_MOST_PLACES = 40


@dataclass
class _Wanted:
    """The pallet that is fetched.

    Attributes:
        name: its id, by which it is asked for.
        place: (x, y) where it was measured last; None before.
    """

    name: str
    place: tuple[float, float] | None = None

    def __str__(self) -> str:
        return self.name


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
            self._report.object_id = pallet.name
            area = self._find_buffer()
            staging = self._approach(pallet)
            half_m = self._pick(pallet, staging)
            lifted = self._where()
            try:
                area, stands = self._place(pallet, area, half_m)
            except StepError as error:
                if error.fatal or self._where().distance_m(lifted) > _STUCK_M:
                    raise
                half_m = self._take_otherwise(pallet, lifted, str(error))
                area, stands = self._place(pallet, area, half_m)
            counted = self._confirm(pallet.name, area, stands)
            done.append(f'{pallet} was brought to {settings.buffer}; {counted}')
        return done[0]

    def _choose(self) -> _Wanted:
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
        at = poll.answers[-1].objects[0].position
        known = math.isfinite(at.x + at.y)
        return _Wanted(str(poll.winner), (at.x, at.y) if known else None)

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
        # Whatever was seen there in any picture is in the way, where most pictures show it.
        seen: dict[str, list[tuple[float, float]]] = {}
        for answer in held.answers:
            for o in answer.objects:
                if o.id != poll.winner and math.isfinite(o.position.x + o.position.y):
                    seen.setdefault(o.id, []).append((o.position.x, o.position.y))
        occupied = tuple(_median(places) for places in seen.values())
        said = f'{poll.winner}, {area.size[0]:.1f} m by {area.size[1]:.1f} m, holds {held.winner}'
        return replace(area, occupied=occupied), said

    def _take_otherwise(self, pallet: _Wanted, lifted: FloorPose, problem: str) -> float:
        """Take the pallet from another side, where the loaded robot cannot get away from this one.

        A load makes the robot wider: it may come in where it does not come out.
        """
        self._report.recovering(f'the loaded robot cannot leave: {problem}')
        with self._report.step('set_down', f'set {pallet} down where it was') as done:
            success, said = self._fork(False)
            if not success:
                raise StepError(f'{pallet} is still on the fork: {said}')
            done.append(said)
        self._drive(lifted.moved(self._settings.reach - self._settings.staging))
        return self._pick(pallet, self._approach(pallet, avoided=lifted))

    def _place(self, pallet: _Wanted, area: Area, half_m: float) -> tuple[Area, FloorPose]:
        """Bring the pallet and set it down; returns the buffer and where the pallet stands.

        What hides a part of the buffer from one side hides the same from beside it: where no place
        is left, two looks from other sides may show more of it.
        """
        near = self._look_at_buffer(area, [area])
        try:
            return near, self._bring(pallet, near, half_m)
        except StepError as error:
            if error.fatal:
                raise
            self._report.recovering(f'looking at the buffer from other sides: {error}')
        near = self._look_at_buffer(area, [])
        return near, self._bring(pallet, near, half_m)

    def _look_at_buffer(self, area: Area, before: Sequence[Area]) -> Area:
        """Measure the buffer again from near, until two looks agree.

        One look may miss a hidden border; what all looks have in common is inside in any case.

        Args:
            before: looks that count as well; without them the views beside the robot are left out.
        """
        name, looks = self._settings.buffer, list(before)
        with self._report.step('look_at_buffer', f'where is {name}, seen from near?') as done:
            problem = 'no place to look from could be reached'
            views = lookouts(area.centre, self._where(), area.view_m)
            for view in views if before else views[2:]:
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
            common = shared_area(looks) if looks else None
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

    def _approach(self, pallet: _Wanted, *, avoided: FloorPose | None = None) -> FloorPose:
        """Drive to where the pallet can be looked at closely; returns the pose.

        Args:
            avoided: what did not lead to the pallet before; sides elsewhere are tried first.
        """
        attempts = self._settings.attempts
        with self._report.step('navigate_to_pallet', f'drive to {pallet}') as done:
            after_ns, problem = 0, ''
            for attempt in range(attempts):
                target, problem = self._target(pallet, after_ns)
                if target is not None:
                    late = 2 * (attempt + 1) >= attempts
                    problem = too_doubtful(target.thing)
                    for pose in (
                        ()
                        if problem
                        else usable_sides(
                            target, occupied_too=late, nearer_too=late, avoided=avoided
                        )
                    ):
                        result = self._drive(pose)
                        if result.arrived:
                            done.append('arrived')
                            return pose
                        problem = result.message
                    problem = problem or f'no side of {pallet} is known to have room'
                if attempt + 1 < attempts:
                    self._report.recovering(
                        f'looking at {pallet} from nearer or elsewhere: {problem}'
                    )
                    self._look_at(pallet, attempt, lost=target is None)
                    after_ns = self._now_ns()
            raise StepError(problem)

    def _target(self, pallet: _Wanted, after_ns: int) -> tuple[PickTarget | None, str]:
        """Where the pallet can be approached, or None and why it was not found.

        Raises:
            UnansweredError: it was not found, and where to look for it is not known either.
        """
        try:
            found = self._asking.targets(
                pallet.name, self._settings.staging, after_ns=after_ns, number=1
            )[-1]
        except NothingNewError:
            raise
        except UnansweredError as error:
            if pallet.place is None:
                raise
            return None, str(error)
        at = found.thing.position
        if math.isfinite(at.x + at.y):
            pallet.place = (at.x, at.y)
        return found, ''

    def _look_at(self, pallet: _Wanted, attempt: int, *, lost: bool) -> None:
        """Look at the pallet from near, each time from another direction.

        One that was lost is turned to first, and known by its place where it has another id now.
        """
        if pallet.place is None:
            return
        here = self._where()
        views = lookouts(pallet.place, here, _NEAR_M)[2 * attempt :]
        for pose in [here.towards(pallet.place), *views] if lost and not attempt else views:
            if self._navigator.drive(pose).arrived:
                break
        if lost:
            self._know_by_place(pallet)

    def _know_by_place(self, pallet: _Wanted) -> None:
        """Take the id of the pallet that stands where the wanted one was measured, if any."""

        def there(answer: Any) -> str:
            assert pallet.place is not None
            near = FloorPose(*pallet.place, 0.0)
            return next((o.id for o in answer.objects if _stands_at(o, near)), '')

        try:
            name = self._asking.poll(_ALL_PALLETS, there, after_ns=self._now_ns()).winner
        except NothingNewError:
            raise
        except UnansweredError:
            return
        if name and name != pallet.name:
            self._report.recovering(f'{pallet} is called {name} now: it stands where that stood')
            pallet.name = self._report.object_id = name

    def _pick(self, pallet: _Wanted, staging: FloorPose) -> float:
        """Look again, correct, dock, lift; returns half of the pallet's depth, metres.

        What misled once would mislead again: each further look is from farther back, and after
        two docks that the fork refused another side is tried.
        """
        settings, problem, refusals = self._settings, '', 0
        for attempt in range(settings.attempts):
            if refusals:
                with self._report.step('back_off', problem, staging) as done:
                    arrived = self._back_off(staging, refusals)
                    done.append('back where it can be seen' if arrived else 'looking from here')
            if refusals > 1:
                staging = self._approach(pallet, avoided=staging)
            pictures = min(_PICTURES * (1 + refusals), max(settings.most_asks // 2, _PICTURES))
            checked, half_m = self._check(pallet, staging, pictures)
            if not half_m:
                problem = f'{pallet} is not where it was'
                staging = self._approach(pallet)
                continue
            staging = checked
            dock = staging.moved(settings.staging - settings.reach)
            last = attempt + 1 == settings.attempts
            with self._report.step('dock', f'drive up to {pallet}', dock) as done:
                result = self._drive(dock)
                if not result.arrived and last:
                    raise StepError(result.message)
                done.append('the fork is before it' if result.arrived else 'not reached')
            if not result.arrived:
                problem = result.message
                staging = self._approach(pallet, avoided=staging)
                continue
            with self._report.step('lift', f'lift {pallet}') as done:
                success, problem = self._fork(True)
                if success:
                    done.append(problem)
                    return half_m
                if last:
                    raise StepError(f'the fork does not lift: {problem}')
                refusals += 1
                self._report.recovering(f'backing off to look again: {problem}')
                done.append('not lifted yet')
        raise StepError(f'lift: {problem}')

    def _back_off(self, staging: FloorPose, refusals: int) -> bool:
        """Away from the pallet, farther each time where there is room."""
        return any(
            self._drive(staging.moved(-_STEP_BACK_M * steps)).arrived
            for steps in range(refusals, -1, -1)
        )

    def _check(
        self, pallet: _Wanted, expected: FloorPose, pictures: int
    ) -> tuple[FloorPose, float]:
        """Ask again on arrival, and correct; returns the staging pose and half of the depth.

        A small correction is made on the way to the dock, as is one along the way; a large one
        needs another look. The depth is 0 where the pallet is somewhere else, or not to be seen.
        """
        settings = self._settings
        with self._report.step('check_pallet', f'where is {pallet} now?', expected) as done:
            for _ in range(settings.attempts):
                try:
                    measured, half_m, long_m = self._measured(pallet, expected, pictures)
                except NothingNewError:
                    raise
                except UnansweredError as error:
                    self._report.recovering(str(error))
                    break
                if long_m > settings.longest_load:
                    # Of a load seen over its corner the diagonal looks like a side.
                    self._report.recovering(f'{long_m:.2f} m is too long: seen over a corner?')
                    turned = self._half_a_corner_round(measured, settings.staging + half_m)
                    if turned is None:
                        break
                    expected = turned
                    continue
                off_m, off = measured.distance_m(expected), measured.angle_to(expected)
                small = off_m <= _SMALL_M or (
                    off_m <= _SMALL_AHEAD_M and measured.aside_m(expected) <= _SMALL_M
                )
                said = f'corrected by {100 * off_m:.0f} cm and {math.degrees(off):.0f} degrees'
                if small and off <= _SMALL_YAW:
                    done.append(f'it is where it was measured, {said}')
                    return measured, half_m
                self._report.recovering(said)
                if off_m > _MOVED_M or not self._drive(measured).arrived:
                    done.append('another approach is needed')
                    return expected, 0.0
                expected = measured
            done.append('another approach is needed')
            return expected, 0.0

    def _half_a_corner_round(self, pose: FloorPose, radius_m: float) -> FloorPose | None:
        """Drive 45 degrees round what is so far ahead; returns the pose, None: no way there."""
        for turn in (_HALF_A_CORNER, -_HALF_A_CORNER):
            aside = pose.moved(radius_m).turned(turn).moved(-radius_m)
            if self._drive(aside).arrived:
                return aside
        return None

    def _measured(
        self, pallet: _Wanted, expected: FloorPose, pictures: int
    ) -> tuple[FloorPose, float, float]:
        """The staging pose by some new pictures, half of the pallet's depth, its longest side."""
        responses = self._asking.targets(
            pallet.name, self._settings.staging, after_ns=self._now_ns(), number=pictures
        )
        poses, halves = [], []
        for response in responses:
            # The floor under the robot is not in the picture: whether it is free was asked before.
            sides = [floor_pose(side.pose) for side in response.sides]
            pose = min(sides, key=lambda side: side.angle_to(expected))
            at = response.thing.position
            poses.append(pose)
            halves.append(math.dist((pose.x, pose.y), (at.x, at.y)) - self._settings.staging)
        sizes = [max(r.thing.size.x, r.thing.size.y) for r in responses]
        return middle(poses), float(np.median(halves)), float(np.median(sizes))

    def _bring(self, pallet: _Wanted, area: Area, half_m: float) -> FloorPose:
        """Drive to a free place and set the pallet down; returns where it stands."""
        settings = self._settings
        reach_m = settings.reach + half_m
        places = set_down_poses(
            area, self._where(), reach_m=reach_m, clearance_m=settings.loaded_radius
        )
        problem = f'{settings.buffer} has no free place for {pallet}'
        # What Nav2 refuses at once costs nothing; what is tried in vain takes its time.
        tried = 0
        for place in spread(places)[:_MOST_PLACES]:
            if tried == settings.attempts:
                break
            try:
                with self._report.step(
                    'navigate_to_buffer', f'bring {pallet} to {settings.buffer}', place
                ) as done:
                    result = self._drive(place)
                    tried += not result.hopeless
                    if not result.arrived:
                        raise StepError(result.message)
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


def _stands_at(found: Any, place: FloorPose) -> bool:
    return math.dist((found.position.x, found.position.y), (place.x, place.y)) < _SAME_PALLET_M


def _first_id(answer: Any) -> str:
    return answer.objects[0].id if answer.objects else ''


def _median(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    x, y = np.median(np.array(list(pairs)).reshape(-1, 2), axis=0)
    return float(x), float(y)
