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
from smolrgpt_ros.ros.running import CAMERA_TOPICS, QUERY_NODE, Client, NodeProcess, RunningError
from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.srv import SpatialQuery

SECONDS = 20.0
START_S = 60.0
PAUSES_S = (0.03, 0.07)
"""Longer than a frame on average: most questions meet a picture nobody has looked at yet."""
WARM_UP = 20


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
        asked_ms, empty_ms = _roundtrips(
            (lambda: _ask(client, question), lambda: _call(client, calls)), seconds
        )
        rss_mb = psutil.Process(node.pid).memory_info().rss / 1e6
        empty_rss_mb = psutil.Process(empty.pid).memory_info().rss / 1e6
    return [
        Result(
            'query.roundtrip_ms',
            float(np.median(asked_ms)),
            'ms',
            reference=float(np.median(empty_ms)),
            at_most=3.0,
            further={
                'p99': float(np.percentile(asked_ms, 99)),
                'p99_at_most': 15.0,
                'reference_p99': float(np.percentile(empty_ms, 99)),
                'questions': len(asked_ms),
            },
        ),
        Result('query.rss_mb', rss_mb, 'MB', reference=empty_rss_mb, at_most=250.0),
    ]


def _roundtrips(calls: tuple[Callable[[], None], ...], seconds: float) -> tuple[np.ndarray, ...]:
    """Milliseconds of each call, in turn and at odd times, so that all meet the same load."""
    chance = random.Random(1)
    took: tuple[list[float], ...] = tuple([] for _ in calls)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for call, times_ms in zip(calls, took, strict=True):
            time.sleep(chance.uniform(*PAUSES_S))
            started = time.perf_counter()
            call()
            times_ms.append(1e3 * (time.perf_counter() - started))
    if min(len(times_ms) for times_ms in took) <= WARM_UP:
        raise RunningError(
            f'{seconds:g} s are too short for {WARM_UP} questions; use --seconds {SECONDS:g}'
        )
    return tuple(np.array(times_ms[WARM_UP:]) for times_ms in took)


def _ask(client: Client, question: str) -> None:
    response = client.ask(question)
    if response.status != SpatialQuery.Response.OK:
        raise RunningError(f'{question!r} got {STATUS_NAMES[response.status]}: {response.message}')


def _call(client: Client, calls: object) -> None:
    future = calls.call_async(Empty.Request())  # type: ignore[attr-defined]
    client.wait_until(future.done, START_S, 'the empty service')


if __name__ == '__main__':
    sys.exit(run('query', SECONDS, measure))
