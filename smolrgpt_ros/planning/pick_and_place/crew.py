# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The robot as the steps of a mission use it: what it asks, where it stands, what moves it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smolrgpt_ros.planning.pick_and_place.asking import Asking, UnansweredError
from smolrgpt_ros.planning.pick_and_place.driving import DriveResult, Navigator
from smolrgpt_ros.planning.pick_and_place.places import FloorPose, lookouts
from smolrgpt_ros.planning.pick_and_place.reporting import Report
from smolrgpt_ros.planning.pick_and_place.settings import Settings
from smolrgpt_ros.planning.pick_and_place.things import known_places, median_place
from smolrgpt_ros.planning.pick_and_place.waiting import NoReplyError

# Looking round on the spot: one way, the other way, behind.
_TURNS = (0.6, -0.6, math.pi)
# From so far, several objects fit into the picture and are still measured well; the best first.
_DOUBTFUL_M = (4.5, 3.3, 6.0)
_ELSEWHERE_M = 2.0


@dataclass(frozen=True, eq=False)
class Crew:
    """All that a mission works with; used in its thread.

    Attributes:
        move_fork: lifts or sets down; returns success and message; raises NoServerError or
            NoReplyError.
        where: where the base stands, by TF.
        now_ns: the clock that stamps pictures.
    """

    settings: Settings
    asking: Asking
    navigator: Navigator
    move_fork: Callable[[bool], tuple[bool, str]]
    where: Callable[[], FloorPose]
    now_ns: Callable[[], int]
    report: Report

    def drive(self, pose: FloorPose) -> DriveResult:
        """Drive; try again where that may help."""
        result = self.navigator.drive(pose)
        for _ in range(self.settings.attempts - 1):
            if result.arrived or result.hopeless:
                break
            self.report.recovering(f'driving again: {result.message}')
            result = self.navigator.drive(pose)
        return result

    def fork(self, *, up: bool) -> tuple[bool, str]:
        """Move the fork; what does not reply is asked once more."""
        try:
            return self.move_fork(up)
        except NoReplyError as error:
            self.report.recovering(f'asked again: {error}')
        return self.move_fork(up)

    def looking_round(self, ask: Callable[[int], Any]) -> Any:
        """Ask; where there is no answer, ask from elsewhere.

        What is in the picture but doubtful is looked at from other sides; else the robot turns.

        Args:
            ask: gets the stamp, nanoseconds, after which pictures count.

        Raises:
            UnansweredError: nothing answered from anywhere.
        """
        home = self.where()
        turns = [home.turned(turn) for turn in _TURNS]
        views: list[FloorPose] = [home, *turns]
        problem, looks = UnansweredError('nothing was asked'), 0
        centres: list[tuple[float, float]] = []
        while views and looks <= 2 * self.settings.attempts + len(turns):
            view = views.pop(0)
            after_ns = 0
            if view is not home:
                self.report.recovering(f'looking from elsewhere: {problem}')
                if not self.drive(view).arrived:
                    continue
                after_ns = self.now_ns()
            looks += 1
            try:
                return ask(after_ns)
            except UnansweredError as error:
                problem = error
            places = known_places(o for reply in problem.doubtful for o in reply.objects)
            if not places:
                continue
            # Another look may name others: those are looked at next.
            middle = median_place(places)
            if all(math.dist(middle, centre) > _ELSEWHERE_M for centre in centres):
                centres.append(middle)
                here = self.where()
                rings = (lookouts(middle, here, distance_m) for distance_m in _DOUBTFUL_M)
                views = [*(pose for ring in rings for pose in ring), *views]
        raise problem
