# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A distance question over the service while frames come at 30 Hz."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

import numpy as np
import psutil
from std_srvs.srv import Empty

from benchmarks import surroundings
from benchmarks.camera import pallet_ids, published_shot
from benchmarks.command import run
from benchmarks.empty_service import SERVICE
from benchmarks.result import Result
from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.ros.running import QUERY_NODE, Client, NodeProcess, RunningError
from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.srv import SpatialQuery

SECONDS = 20.0
START_S = 60.0
PAUSES_S = (0.035, 0.07)
"""Before a question that is to meet a picture nobody has looked at: longer than a frame."""
WARM_UP = 10


def measure(seconds: float) -> list[Result]:
    """All figures of one run."""
    ids = pallet_ids(published_shot().detections.detections)
    question = f'how far is {ids[0]} from {ids[1]}?'
    with (
        surroundings.camera() as (camera, _),
        NodeProcess(QUERY_NODE, remappings=CAMERA_TOPICS) as node,
        NodeProcess('benchmarks.empty_service') as empty,
        Client('benchmark', watch=(camera, node, empty)) as client,
    ):
        client.activate(timeout_s=START_S)
        client.wait_for_frame(START_S)
        calls = client.node.create_client(Empty, SERVICE)
        client.wait_until(calls.service_is_ready, START_S, 'the empty service')
        ask, call_empty = lambda: _ask(client, question), lambda: _call(client, calls)
        empty_ms = _roundtrips(call_empty, seconds / 4)
        asked_ms = _roundtrips(ask, seconds / 4)
        sparse_empty_ms = _roundtrips(call_empty, seconds / 4, pauses_s=PAUSES_S)
        fresh_ms = _roundtrips(ask, seconds / 4, pauses_s=PAUSES_S)
        rss_mb = psutil.Process(node.pid).memory_info().rss / 1e6
        empty_rss_mb = psutil.Process(empty.pid).memory_info().rss / 1e6
    return [
        _result('query.roundtrip_ms', asked_ms, empty_ms, at_most=3.0, p99_at_most=15.0),
        _result('query.fresh_picture_ms', fresh_ms, sparse_empty_ms),
        Result('query.rss_mb', rss_mb, 'MB', reference=empty_rss_mb, at_most=250.0),
    ]


def _result(
    name: str,
    took_ms: np.ndarray,
    empty_ms: np.ndarray,
    *,
    at_most: float | None = None,
    p99_at_most: float | None = None,
) -> Result:
    further: dict[str, float | int] = {'p99': float(np.percentile(took_ms, 99))}
    if p99_at_most is not None:
        further['p99_at_most'] = p99_at_most
    further |= {'reference_p99': float(np.percentile(empty_ms, 99)), 'questions': len(took_ms)}
    median_ms, empty_median_ms = float(np.median(took_ms)), float(np.median(empty_ms))
    return Result(name, median_ms, 'ms', empty_median_ms, at_most=at_most, further=further)


def _roundtrips(
    call: Callable[[], None], seconds: float, pauses_s: tuple[float, float] = (0.0, 0.0)
) -> np.ndarray:
    """Milliseconds of each call, one after the other, with a pause of random length before each."""
    chance = random.Random(1)
    took_ms: list[float] = []
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if pauses_s[1]:
            time.sleep(chance.uniform(*pauses_s))
        started = time.perf_counter()
        call()
        took_ms.append(1e3 * (time.perf_counter() - started))
    if len(took_ms) <= WARM_UP:
        raise RunningError(
            f'{seconds:g} s are too short for {WARM_UP} questions; use --seconds {SECONDS:g}'
        )
    return np.array(took_ms[WARM_UP:])


def _ask(client: Client, question: str) -> None:
    response = client.ask(question)
    if response.status != SpatialQuery.Response.OK:
        raise RunningError(f'{question!r} got {STATUS_NAMES[response.status]}: {response.message}')


def _call(client: Client, calls: object) -> None:
    future = calls.call_async(Empty.Request())  # type: ignore[attr-defined]
    client.wait_until(future.done, START_S, 'the empty service')


if __name__ == '__main__':
    sys.exit(run('query', SECONDS, measure))
