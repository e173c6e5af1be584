# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions about objects that were seen a while ago, and what their answers say about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.language.sentence import listed
from smolrgpt_ros.ros.asking import ids_of
from smolrgpt_ros.ros.conversions import seconds_from
from smolrgpt_ros.ros.parameters import Settings
from smolrgpt_ros.ros.scene_building import BuiltScene, SceneBuilder
from smolrgpt_ros.ros.status import QueryError
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.recalled import LastSeen
from smolrgpt_ros.srv import SpatialQuery


def remembered(
    builder: SceneBuilder, built: BuiltScene, settings: Settings, now_ns: int
) -> Mapping[str, LastSeen]:
    """All objects that a scene does not show and that keep their id still; none without memory."""
    if not settings.memory_keep:
        return {}
    return builder.recalled(built, math.inf, now_ns)


def asked_of_memory(
    question: Question,
    request: SpatialQuery.Request,
    memory: Mapping[str, LastSeen],
    keep_s: float,
) -> list[LastSeen]:
    """The remembered objects that a question names.

    Args:
        keep_s: how old a sighting may be where the request's max_age says nothing.

    Raises:
        QueryError: STALE, where one was seen too long ago.
    """
    names = dict.fromkeys((*sorted(ids_of(question)), *request.object_ids))
    asked = [memory[name] for name in names if name in memory]
    wanted_s = seconds_from(request.max_age)
    for thing in asked:
        if thing.age_s > (wanted_s or keep_s):
            limit = f'max_age is {wanted_s:g} s' if wanted_s else f'memory.keep is {keep_s:g} s'
            raise QueryError(
                SpatialQuery.Response.STALE,
                f'the picture does not show {thing.id}; it was seen last {thing.age_s:.1f} s ago, '
                f'and {limit}; look there again, or allow an older sighting',
            )
    return asked


def with_ages(answer: Answer, scene: Scene, now_ns: int) -> Answer:
    """The answer, saying how long ago whatever the picture does not show was seen."""
    ages = [
        f'{region.id} was seen {(now_ns - region.recalled.stamp_ns) / 1e9:.1f} s ago'
        for region in scene.regions
        if region.recalled is not None
    ]
    if not ages:
        return answer
    return replace(answer, text=f'{answer.text} From memory: {listed(ages)}.')
