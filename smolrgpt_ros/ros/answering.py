# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a request to an answer; everything here runs in the worker's thread."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from smolrgpt_ros.action import AskSpatial
from smolrgpt_ros.language.answer import Answer, Failure
from smolrgpt_ros.language.parsing import LONGEST_QUESTION
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.messages.conversions import seconds_from
from smolrgpt_ros.messages.frame_set import FrameSet
from smolrgpt_ros.messages.placed import PlacedObject, placed_objects
from smolrgpt_ros.messages.preparing import prepare, with_notes
from smolrgpt_ros.messages.recalling import with_ages
from smolrgpt_ros.messages.scene_building import BuiltScene, SceneBuilder
from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.status import QueryError, status_of
from smolrgpt_ros.msg import SpatialAnswer
from smolrgpt_ros.reasoning.engine import BeginningEngine, Engine, OnWords
from smolrgpt_ros.ros.answer_messages import answer_message, duration_from, time_from
from smolrgpt_ros.ros.engines import Engines, begins, writes
from smolrgpt_ros.ros.freshness import require_fresh
from smolrgpt_ros.ros.worker import Job
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.recalled import oldest_ns
from smolrgpt_ros.srv import SpatialQuery

_Response = SpatialQuery.Response
_REPEATED = 200  # characters of a question that is too long


@dataclass(frozen=True, eq=False)
class Answered:
    """An answer with what publishers make pictures of."""

    message: SpatialAnswer
    answer: Answer
    scene: Scene
    placed: tuple[PlacedObject, ...]


@dataclass(frozen=True, eq=False)
class Outcome:
    """How a job ended: answered, or a status with a sentence.

    It holds no scene: coroutines and futures refer to each other, and would keep its pictures for
    long.
    """

    status: int
    message: str = ''
    answer: SpatialAnswer | None = None
    stamp_ns: int = 0
    frame_id: str = ''


@dataclass(frozen=True, eq=False)
class _Prepared:
    job: Job
    question: Question
    built: BuiltScene
    engine: str


class Answerer:
    """Answers one batch of jobs from the newest frame."""

    def __init__(
        self,
        engines: Engines,
        builder: SceneBuilder,
        *,
        settings: Callable[[], Settings],
        newest: Callable[[], FrameSet],
        rectified: Callable[[], bool],
        now_ns: Callable[[], int],
        on_answered: Callable[[Answered], None],
        later: Callable[[Callable[[], None]], None],
        log_failure: Callable[[str, Exception], None],
    ):
        """Remember where things come from.

        Args:
            newest: the newest matched set; raises QueryError(NO_FRAME).
            now_ns: the node's clock.
            on_answered: called after the answer has been sent.
            later: has the worker's thread do something, for answers that come from another one.
            log_failure: gets what an engine raised, with its traceback.
        """
        self._engines = engines
        self._builder = builder
        self._settings = settings
        self._newest = newest
        self._rectified = rectified
        self._now_ns = now_ns
        self._on_answered = on_answered
        self._later = later
        self._log_failure = log_failure
        self._frame_set: FrameSet | None = None

    def process(self, jobs: list[Job]) -> None:
        """Finish every job, then publish.

        Questions for one engine about one scene go to it together.
        """
        answered: list[Answered] = []
        groups: dict[tuple[str, int], list[_Prepared]] = {}
        for job in jobs:
            try:
                prepared = self._prepare(job)
            except QueryError as error:
                self._fail(job, error.status, error.message)
            else:
                groups.setdefault((prepared.engine, id(prepared.built.scene)), []).append(prepared)
        for group in groups.values():
            answered += self._answer(group)
        for answer in answered:
            self._on_answered(answer)

    def _prepare(self, job: Job) -> _Prepared:
        settings, request = self._settings(), job.request
        engine = self._engines.named(request.engine or settings.engine)
        self._engines.check(engine)
        prepared = prepare(
            self._builder,
            self._fresh_set(seconds_from(request.max_age) or settings.max_age),
            request,
            settings,
            engine=engine,
            now_ns=self._now_ns(),
            rectified=self._rectified(),
        )
        return _Prepared(job, prepared.question, prepared.built, prepared.engine)

    def _fresh_set(self, max_age_s: float) -> FrameSet:
        """The set for all questions of a batch, or a newer one where that has grown too old.

        All of them were asked before the batch began. A newer picture for each would have to be
        measured for each, and those who wait would wait the longer, the more they are.
        """
        if self._frame_set is not None:
            with suppress(QueryError):
                require_fresh(self._frame_set, self._now_ns(), max_age_s)
                return self._frame_set
        self._frame_set = self._newest()
        require_fresh(self._frame_set, self._now_ns(), max_age_s)
        return self._frame_set

    def _answer(self, group: list[_Prepared]) -> list[Answered]:
        """Finish the jobs of a group; what was answered is left to publish."""
        try:
            engine = self._engines.get(group[0].engine)
            self._measure_first(engine, group)
            if begins(engine):
                self._begin(engine, group)
                return []
            outcomes = self._ask_engine(engine, group)
        except QueryError as error:
            for prepared in group:
                self._fail(prepared.job, error.status, error.message)
            return []
        except Exception as error:
            return self._engine_raised(group, error)
        finished = (
            self._finish(prepared, outcome)
            for prepared, outcome in zip(group, outcomes, strict=True)
        )
        return [answered for answered in finished if answered is not None]

    def _measure_first(self, engine: Engine, group: list[_Prepared]) -> None:
        """Tell those who listen what geometry says, before a network takes its time."""
        if engine.name == 'geometric':
            return  # what it says is the answer, which is told when it is there
        listening = [one for one in group if one.job.listener is not None and not one.job.finished]
        if not listening:
            return
        outcomes = self._engines.get('geometric').answer(
            group[0].built.scene, [prepared.question for prepared in listening]
        )
        for prepared, outcome in zip(listening, outcomes, strict=True):
            listener = prepared.job.listener
            assert listener is not None
            if isinstance(outcome, Failure):
                listener.measured(_unmeasured(prepared, outcome))
            else:
                listener.measured(self._composed(prepared, outcome).message)

    def _ask_engine(self, engine: Engine, group: list[_Prepared]) -> list[Answer | Failure]:
        """What the engine says; words go to who listens, and it stops once nobody waits."""
        scene, questions = group[0].built.scene, [prepared.question for prepared in group]
        jobs = [prepared.job for prepared in group]
        remaining_s = max(max(job.deadline_s for job in jobs) - time.monotonic(), 0.0)
        if not writes(engine):
            return engine.answer(scene, questions, deadline_s=remaining_s)

        return engine.answer(
            scene,
            questions,
            deadline_s=remaining_s,
            on_words=_telling(jobs),
            cancelled=_nobody_waits(jobs),
        )

    def _begin(self, engine: BeginningEngine, group: list[_Prepared]) -> None:
        """Ask without waiting: each job is finished when its answer is there, from any thread."""

        def on_outcome(index: int, outcome: Answer | Failure) -> None:
            answered = self._finish(group[index], outcome)
            if answered is not None:
                self._later(lambda: self._on_answered(answered))

        jobs = [prepared.job for prepared in group]
        now_s = time.monotonic()
        engine.begin(
            group[0].built.scene,
            [prepared.question for prepared in group],
            [max(job.deadline_s - now_s, 0.0) for job in jobs],
            on_outcome,
            on_words=_telling(jobs),
            cancelled=_nobody_waits(jobs),
        )

    def _engine_raised(self, group: list[_Prepared], error: Exception) -> list[Answered]:
        if len(group) > 1:
            # One question must not cost the others their answer.
            return [answered for prepared in group for answered in self._answer([prepared])]
        prepared = group[0]
        self._engines.died(prepared.engine, error)
        self._log_failure(f"engine '{prepared.engine}' failed on {prepared.question.text!r}", error)
        self._fail(
            prepared.job,
            _Response.ENGINE_FAILED,
            f"engine '{prepared.engine}' failed: {type(error).__name__}: {error}; the traceback "
            "is in the node's log",
            prepared.built.scene,
        )
        return []

    def _finish(self, prepared: _Prepared, outcome: Answer | Failure) -> Answered | None:
        """Send the response.

        None where there is nothing to publish: no answer, or it came too late.
        """
        job, built = prepared.job, prepared.built
        if isinstance(outcome, Failure):
            status = status_of(outcome.reason)
            self._fail(
                job, status, with_notes(outcome.message, status, built, job.request), built.scene
            )
            return None
        answered = self._composed(prepared, outcome)
        if job.listener is not None and prepared.engine == 'geometric':
            job.listener.measured(answered.message)
        return answered if job.finish(Outcome(_Response.OK, answer=answered.message)) else None

    def _composed(self, prepared: _Prepared, answer: Answer) -> Answered:
        """An answer as it is told now, with its message."""
        scene, job, now_ns = prepared.built.scene, prepared.job, self._now_ns()
        answer = with_ages(answer, scene, now_ns)
        placed = placed_objects(answer, scene)
        message = answer_message(
            answer, scene, placed, question=job.request.question, query_id=job.query_id
        )
        message.image_age = duration_from((now_ns - oldest_ns(scene)) / 1e9)
        message.latency = duration_from(time.monotonic() - job.received_s)
        return Answered(message, answer, scene, placed)

    def _fail(self, job: Job, status: int, message: str, scene: Scene | None = None) -> None:
        stamp_ns, frame_id = (
            (scene.stamp_ns, scene.target_frame or scene.frame_id) if scene else (0, '')
        )
        job.finish(Outcome(status, message, stamp_ns=stamp_ns, frame_id=frame_id))


def _telling(jobs: list[Job]) -> OnWords | None:
    """What tells a network's words to who listens, None where nobody does."""
    if not any(job.listener for job in jobs):
        return None

    def on_words(index: int, words: str) -> None:
        listener = jobs[index].listener
        if listener is not None and not jobs[index].finished:
            listener.words(words)

    return on_words


def _nobody_waits(jobs: list[Job]) -> Callable[[], bool]:
    """Whether all have been taken back or answered; a deadline is the engine's own to keep."""
    return lambda: any(job.cancelled for job in jobs) and all(job.finished for job in jobs)


def _unmeasured(prepared: _Prepared, failure: Failure) -> SpatialAnswer:
    """What is said in place of a measured answer where there is none: why."""
    scene, job = prepared.built.scene, prepared.job
    message = SpatialAnswer(query_id=job.query_id, question=job.request.question)
    message.header.stamp = time_from(scene.stamp_ns)
    message.header.frame_id = scene.target_frame or scene.frame_id
    message.text = failure.message
    message.value = message.stddev = math.nan
    return message


_Ended = TypeVar('_Ended', SpatialQuery.Response, AskSpatial.Result)


def filled(response: _Ended, outcome: Outcome, question: str, *, latency_s: float) -> _Ended:
    """The service's response, or the action's result.

    Without an answer it says header, question and latency as far as known. Of a question that is
    too long to be read it repeats the beginning: what a writer has sent once, the middleware
    reserves for each place in its history from then on.
    """
    response.status, response.message = outcome.status, outcome.message
    if outcome.answer is not None:
        response.answer = outcome.answer
        return response
    too_long = len(question) > LONGEST_QUESTION
    response.answer.question = f'{question[:_REPEATED]}…' if too_long else question
    response.answer.header.stamp = time_from(outcome.stamp_ns)
    response.answer.header.frame_id = outcome.frame_id
    response.answer.latency = duration_from(latency_s)
    return response


def timed_out(job: Job, running: bool) -> Outcome:
    """What a job gets whose deadline has passed."""
    where = (
        'while it was being answered' if running else 'while it waited for the questions before it'
    )
    return Outcome(
        _Response.TIMEOUT,
        f'no answer within {job.timeout_s:g} s: the time ran out {where}; raise timeout or ask '
        'less often',
    )
