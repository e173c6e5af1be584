# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The engine that measures: every answer comes from depth and geometry, none from a network."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.language.grounding import bind
from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.reasoning.asked import Asked
from smolrgpt_ros.reasoning.between import answer_between
from smolrgpt_ros.reasoning.choice import answer_choice
from smolrgpt_ros.reasoning.count import answer_count
from smolrgpt_ros.reasoning.distance import answer_distance
from smolrgpt_ros.reasoning.hints import hinted
from smolrgpt_ros.reasoning.relative import SCALE_FREE, world_up_to_scale
from smolrgpt_ros.reasoning.room import answer_room
from smolrgpt_ros.reasoning.side import answer_left_right
from smolrgpt_ros.reasoning.where import answer_where
from smolrgpt_ros.reasoning.within import answer_within
from smolrgpt_ros.reasoning.world import SceneWorld, world_of
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import NoDepthError

logger = logging.getLogger(__name__)

ANSWERERS: Mapping[Category, Callable[[Asked], Answer]] = {
    Category.LEFT_RIGHT: answer_left_right,
    Category.MCQ: answer_choice,
    Category.DISTANCE: answer_distance,
    Category.COUNT: answer_count,
    Category.WHERE: answer_where,
    Category.BETWEEN: answer_between,
    Category.ROOM: answer_room,
    Category.WITHIN: answer_within,
}


class GeometricEngine:
    """Answers by measuring; see `Engine`. Keeps nothing: what was found stays with its scene.

    Args:
        pallet_length_m: longer side of the pallets, where known; gives metres to pictures
            whose depth is relative. None: such pictures are asked for order and number only.
    """

    name = 'geometric'

    def __init__(self, pallet_length_m: float | None = None):
        if pallet_length_m is not None and not 0.1 < pallet_length_m < 10.0:
            raise ValueError(f'pallet_length_m is {pallet_length_m}, expected metres')
        self.pallet_length_m = pallet_length_m

    def answer(
        self, scene: Scene, questions: Sequence[Question], *, deadline_s: float | None = None
    ) -> list[Answer | Failure]:
        """One outcome a question, in order; see `Engine.answer`."""
        ends = None if deadline_s is None else time.monotonic() + deadline_s
        worlds = _worlds(hinted(scene, questions), self.pallet_length_m)
        outcomes: list[Answer | Failure] = []
        for question in questions:
            if ends is not None and time.monotonic() >= ends:
                outcomes.append(_too_late(deadline_s, len(outcomes), len(questions)))
            else:
                outcomes.append(self._outcome(worlds, question))
        return outcomes

    def close(self) -> None:
        """Nothing to free."""

    def _outcome(self, worlds: _Worlds, question: Question) -> Answer | Failure:
        try:
            return self._answered(worlds, question)
        except QuestionError as error:
            return error.failure
        except NoDepthError as error:
            return Failure(Reason.NO_DEPTH, _why_no_depth(worlds.metric.scene, error))
        except Exception as error:
            logger.exception('measuring failed for %r', question.text[:200])
            return Failure(
                Reason.ENGINE_FAILED, f'measuring failed with {type(error).__name__}: {error}'
            )

    def _answered(self, worlds: _Worlds, question: Question) -> Answer:
        try:
            return self._measured(worlds.metric, question)
        except NoDepthError:
            world = worlds.up_to_scale
            if world is None:
                raise
            answer = self._measured(world, question)
            # Inside an area the distance is 0 in any unit.
            if world.metric or question.category in SCALE_FREE or answer.normalized == 0.0:
                return answer
            raise

    def _measured(self, world: SceneWorld, question: Question) -> Answer:
        bound = bind(question, world)
        asked = Asked(bound.question, world, bound.references)
        return replace(ANSWERERS[question.category](asked), engine=self.name)


def _worlds(scene: Scene, pallet_length_m: float | None) -> _Worlds:
    """Those of a scene, kept with it: a further question does only its own work."""
    key = ('worlds', pallet_length_m)
    worlds: _Worlds | None = scene.derived.get(key)
    if worlds is None:
        worlds = scene.derived[key] = _Worlds(world_of(scene), pallet_length_m)
    return worlds


class _Worlds:
    """The scene in metres, and its shape where only that is known; made when first needed."""

    def __init__(self, metric: SceneWorld, pallet_length_m: float | None):
        self.metric = metric
        self._pallet_length_m = pallet_length_m

    @cached_property
    def up_to_scale(self) -> SceneWorld | None:
        return world_up_to_scale(self.metric.scene, self._pallet_length_m)


def _why_no_depth(scene: Scene, error: NoDepthError) -> str:
    if scene.depth is None and scene.relative_depth is not None:
        return (
            'the depth picture is 8 bit and relative (near dark, far bright) and tells the shape '
            "of the scene at best, no metres; metric depth with the camera's intrinsics would help"
        )
    return str(error)


def _too_late(deadline_s: float | None, answered: int, asked: int) -> Failure:
    return Failure(
        Reason.TIMEOUT,
        f'{answered} of {asked} questions were answered within {deadline_s:g} s, this one was not; '
        'allow more time or ask fewer at once',
    )
