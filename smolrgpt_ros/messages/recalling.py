# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions about objects that were seen a while ago, and what their answers say about it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.language.sentence import listed
from smolrgpt_ros.messages.asking import ids_of
from smolrgpt_ros.messages.conversions import seconds_from
from smolrgpt_ros.messages.scene_building import BuiltScene, SceneBuilder
from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.status import QueryError, Status
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.recalled import LastSeen


class Asked(Protocol):
    """What a request says of remembered objects, as in SpatialQuery.srv."""

    @property
    def object_ids(self) -> Sequence[str]:
        """What each `<mask>` means."""

    @property
    def max_age(self) -> Any:
        """A builtin_interfaces/Duration; zero says nothing."""


def remembered(
    builder: SceneBuilder, built: BuiltScene, settings: Settings, now_ns: int
) -> Mapping[str, LastSeen]:
    """All objects that a scene does not show and that keep their id still; none without memory."""
    if not settings.memory_keep:
        return {}
    return builder.recalled(built, math.inf, now_ns)


def asked_of_memory(
    question: Question,
    request: Asked,
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
                Status.STALE,
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
