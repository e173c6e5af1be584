# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Many recordings annotated: one after the other, or in parallel with Ray Data.

A recording is the unit: within one, objects keep their ids from picture to picture, so that its
pictures depend on each other. Answers come in the order of the recordings either way.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from smolrgpt_ros.reasoning.engine import Engine
from smolrgpt_ros.reasoning.registry import load_engine
from smolrgpt_ros.recorded.bag import BagError
from smolrgpt_ros.recorded.questions import QuestionsError
from smolrgpt_ros.recorded.replay import Plan, Row, replay

MEASURING = 'geometric'


class RayMissingError(RuntimeError):
    """Ray is not installed; the message says how to get it."""


@dataclass
class Annotated:
    """What became of an archive.

    Attributes:
        problems: recordings that could not be read, or not to their end, with the reason.
    """

    problems: dict[Path, str] = field(default_factory=dict)


def annotate(
    paths: Sequence[Path],
    plan: Plan,
    *,
    done: Collection[str],
    on_row: Callable[[Row], None],
    on_time: Callable[[Path, float], None],
) -> Annotated:
    """One recording after the other.

    Args:
        done: query ids that are not asked again.
        on_row: gets a row an answer, in order.
        on_time: gets how far a recording is, seconds.

    Raises EngineError.
    """
    annotator = _Annotator(plan)
    result = Annotated()
    try:
        for path in paths:
            told = annotator.annotate(path, done, on_row, partial(on_time, path))
            if told:
                result.problems[path] = told
    finally:
        annotator.close()
    return result


def annotate_with_ray(
    paths: Sequence[Path],
    plan: Plan,
    *,
    workers: int | None,
    done: Collection[str],
    on_row: Callable[[Row], None],
    on_recording: Callable[[Path], None],
) -> Annotated:
    """As many recordings at once as there are workers; each has an engine of its own.

    Args:
        workers: None: as many as Ray has cores, and no more than recordings.
        on_recording: gets each recording once all of its rows were handed on.

    Raises:
        RayMissingError: Ray is not installed. EngineError.
    """
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise RayMissingError(
            f'--ray needs Ray, which is not installed ({error}); '
            "pip install 'smolrgpt-ros[archive]'"
        ) from error
    # Told before anything is started, as it would be alone.
    load_engine(plan.engine, plan.options).close()
    began = not ray.is_initialized()
    if began:
        # Ray would report its use to its makers, and offer its services to the whole network; its
        # agents still do the latter.
        os.environ.setdefault('RAY_USAGE_STATS_ENABLED', '0')
        ray.init(
            include_dashboard=False,
            log_to_driver=False,
            num_cpus=workers,
            _node_ip_address='127.0.0.1',
        )
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        size = min(workers or int(ray.cluster_resources().get('CPU', 1)), len(paths))
        items = [{'place': place, 'path': str(path)} for place, path in enumerate(paths)]
        annotated = ray.data.from_items(items, override_num_blocks=len(items)).map(
            _RayAnnotator,
            fn_constructor_args=(plan, frozenset(done)),
            compute=ray.data.ActorPoolStrategy(size=max(1, size)),
        )
        return _in_order(annotated.iter_rows(), paths, on_row, on_recording)
    finally:
        if began:
            ray.shutdown()


def _in_order(
    results: Any,
    paths: Sequence[Path],
    on_row: Callable[[Row], None],
    on_recording: Callable[[Path], None],
) -> Annotated:
    """Hand on what comes in any order in that of the recordings."""
    outcome = Annotated()
    waiting: dict[int, dict[str, Any]] = {}
    following = 0
    for result in results:
        waiting[int(result['place'])] = result
        while following in waiting:
            ready = waiting.pop(following)
            for row in json.loads(ready['rows']):
                on_row(row)
            if ready['problem']:
                outcome.problems[paths[following]] = ready['problem']
            on_recording(paths[following])
            following += 1
    return outcome


class _Annotator:
    """Engines, loaded once for all recordings."""

    def __init__(self, plan: Plan):
        self._plan = plan
        self._engine: Engine = load_engine(plan.engine, plan.options)
        self._measuring: Engine = load_engine(MEASURING)

    def annotate(
        self,
        path: Path,
        done: Collection[str],
        on_row: Callable[[Row], None],
        on_time: Callable[[float], None] = lambda after_s: None,
    ) -> str:
        """Why a recording could not be read to its end; '' where it was."""
        try:
            replay(
                path,
                self._plan,
                self._engine,
                self._measuring,
                done=done,
                on_row=on_row,
                on_time=on_time,
            )
        except (BagError, QuestionsError) as error:
            return str(error)
        return ''

    def close(self) -> None:
        self._engine.close()
        self._measuring.close()


class _RayAnnotator:
    """One worker of Ray: a recording in, its rows out."""

    def __init__(self, plan: Plan, done: frozenset[str]):
        # Ray counts cores; libraries that take all of them would fight over them.
        os.environ.setdefault('OMP_NUM_THREADS', '1')
        self._annotator = _Annotator(plan)
        self._done = done

    def __call__(self, item: dict[str, Any]) -> dict[str, Any]:
        rows: list[Row] = []
        problem = self._annotator.annotate(Path(item['path']), self._done, rows.append)
        return {'place': item['place'], 'rows': json.dumps(rows), 'problem': problem}
