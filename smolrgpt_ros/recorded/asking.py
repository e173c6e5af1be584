# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions asked at a moment of a recording, prepared and answered as the node does."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from smolrgpt_ros.language.answer import Answer, Failure
from smolrgpt_ros.messages.frame_set import FrameSet
from smolrgpt_ros.messages.preparing import Prepared, prepare, with_notes
from smolrgpt_ros.messages.recalling import with_ages
from smolrgpt_ros.messages.status import QueryError, Status, status_of
from smolrgpt_ros.reasoning.engine import Engine
from smolrgpt_ros.recorded.playback import Playback
from smolrgpt_ros.recorded.rows import answer_row, failure_row
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.recalled import oldest_ns


class _Nothing(NamedTuple):
    """A duration of zero: the request leaves it to the settings."""

    sec: int = 0
    nanosec: int = 0


_LEFT_OUT = _Nothing()


@dataclass(frozen=True)
class PlainRequest:
    """A question, and nothing else of what SpatialQuery.srv could ask for."""

    question: str
    object_ids: tuple[str, ...] = ()
    target_frame: str = ''
    max_age: Any = _LEFT_OUT


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of one question.

    Attributes:
        row: as it is written, with every field of SpatialAnswer.
        scene: what it was asked about, None where no picture was there or it was not understood.
        outcome: None where no engine was asked.
    """

    row: dict[str, Any]
    scene: Scene | None = None
    outcome: Answer | Failure | None = None


class Asker:
    """Asks one engine about a playback; `measuring` answers what only measuring can."""

    def __init__(self, playback: Playback, engine: Engine, measuring: Engine):
        self._playback = playback
        self._engine = engine
        self._measuring = measuring

    def ask(self, texts: Sequence[str], query_ids: Sequence[str]) -> list[Outcome]:
        """One outcome a question, in order, about the newest set of the moment."""
        began_s = time.perf_counter()
        playback = self._playback
        frame_set = playback.newest
        problem = self._problem(frame_set)
        outcomes: list[Outcome] = []
        prepared: list[tuple[int, Prepared]] = []
        for place, (text, query_id) in enumerate(zip(texts, query_ids, strict=True)):
            try:
                if frame_set is None or problem is not None:
                    raise problem or QueryError(Status.NO_FRAME, '')
                prepared.append((place, self._prepare(frame_set, text)))
                outcomes.append(Outcome({}))
            except QueryError as error:
                outcomes.append(self._failed(error, text, query_id, frame_set))
        groups: dict[tuple[str, int], list[tuple[int, Prepared]]] = {}
        for place, one in prepared:
            groups.setdefault((one.engine, id(one.built.scene)), []).append((place, one))
        for group in groups.values():
            for (place, one), said in zip(group, self._answers(group), strict=True):
                outcomes[place] = self._outcome(one, said, texts[place], query_ids[place])
        latency_s = time.perf_counter() - began_s
        for outcome in outcomes:
            outcome.row['latency_s'] = round(latency_s, 6)
        return outcomes

    def look(self) -> None:
        """See what a question would see, and ask none."""
        playback = self._playback
        frame_set = playback.newest
        if frame_set is not None and self._problem(frame_set) is None:
            playback.builder.build(
                frame_set,
                playback.settings,
                target_frame='',
                rectified=playback.rectified,
                viewer=False,
            )

    def _prepare(self, frame_set: FrameSet, text: str) -> Prepared:
        playback = self._playback
        return prepare(
            playback.builder,
            frame_set,
            PlainRequest(text),
            playback.settings,
            engine=self._engine.name,
            now_ns=playback.stamp_clock_ns,
            rectified=playback.rectified,
        )

    def _answers(self, group: list[tuple[int, Prepared]]) -> list[Answer | Failure]:
        first = group[0][1]
        engine = self._engine if first.engine == self._engine.name else self._measuring
        return engine.answer(first.built.scene, [one.question for _, one in group])

    def _problem(self, frame_set: FrameSet | None) -> QueryError | None:
        playback = self._playback
        if frame_set is None:
            return QueryError(Status.NO_FRAME, why_no_set(playback))
        age_s = self._age_s(frame_set)
        if age_s > playback.settings.max_age:
            return QueryError(
                Status.STALE,
                f'the newest matched picture is {age_s:.3f} s old, max_age is '
                f'{playback.settings.max_age:g} s; {why_no_set(playback)}',
            )
        return None

    def _age_s(self, frame_set: FrameSet) -> float:
        return (self._playback.stamp_clock_ns - frame_set.stamp_ns) / 1e9

    def _failed(
        self, error: QueryError, text: str, query_id: str, frame_set: FrameSet | None
    ) -> Outcome:
        row = failure_row(
            Status(error.status),
            error.message,
            question=text,
            query_id=query_id,
            stamp_ns=None if frame_set is None else frame_set.stamp_ns,
            image_age_s=math.nan if frame_set is None else self._age_s(frame_set),
        )
        return Outcome(row)

    def _outcome(
        self, prepared: Prepared, said: Answer | Failure, text: str, query_id: str
    ) -> Outcome:
        scene = prepared.built.scene
        now_ns = self._playback.stamp_clock_ns
        image_age_s = (now_ns - oldest_ns(scene)) / 1e9
        if isinstance(said, Failure):
            status = status_of(said.reason)
            row = failure_row(
                status,
                with_notes(said.message, status, prepared.built, PlainRequest(text)),
                question=text,
                query_id=query_id,
                stamp_ns=scene.stamp_ns,
                frame_id=scene.target_frame or scene.frame_id,
                image_age_s=image_age_s,
            )
            return Outcome(row, scene, said)
        answer = with_ages(said, scene, now_ns)
        row = answer_row(answer, scene, question=text, query_id=query_id, image_age_s=image_age_s)
        return Outcome(row, scene, answer)


def why_no_set(playback: Playback) -> str:
    """What kept pictures from being matched up to now, in words."""
    missing = playback.synchroniser.missing_inputs()
    if missing:
        return f'nothing was recorded up to then of {", ".join(missing)}'
    reasons = '; '.join(playback.synchroniser.latest_drop.values())
    if reasons:
        return f'pictures found no partner: {reasons}'
    return 'the pictures before and after are too far away, or their partners are missing'
