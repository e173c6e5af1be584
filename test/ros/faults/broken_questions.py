# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Askers: too many, gone before the answer, or saying what nobody understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from bench import MAX_AGE_S, QUESTION, Bench
from broken_engines import engine
from fault import Response
from robot import BURST
from stand_in_engines import SlowEngine

from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.srv import SpatialQuery

# Every response goes to every client, which throws away those of others: with 1,000 of them a
# million deliveries, of which the node's share is small.
CLIENTS, QUESTIONS_EACH = 10, 100


def asking(question: str = QUESTION, **fields: Any) -> Callable[..., AbstractContextManager[None]]:
    """The injection of a question."""

    @contextmanager
    def inject(bench: Bench) -> Iterator[None]:
        bench.asked = {'question': question, **fields}
        yield
        bench.asked = {}

    return inject


def asking_while(
    question: str, inject: Callable[[Bench], AbstractContextManager[None]]
) -> Callable[[Bench], AbstractContextManager[None]]:
    """Another fault, and the question that shows it."""

    @contextmanager
    def both(bench: Bench) -> Iterator[None]:
        with inject(bench), asking(question)(bench):
            yield

    return both


@contextmanager
def flooded(bench: Bench) -> Iterator[Response]:
    """More questions than may wait, while the engine is at one; every one is answered once."""
    slow = SlowEngine()
    with engine(bench, slow):
        running = bench.tester.ask_async(QUESTION)
        bench.wait_for(slow.started.is_set, 'the engine')
        room = bench.robot.node.settings.question_queue
        futures = [bench.tester.ask_async(QUESTION) for _ in range(room + 5)]
        bench.wait_for(lambda: sum(future.done() for future in futures) == 5, 'five refusals')
        refused = [future.result() for future in futures if future.done()]
        slow.may_answer.set()
        results = [bench.tester.result_of(future) for future in (running, *futures)]
    assert _statuses(results) == {'OK': room + 1, 'BUSY': 5}
    yield refused[0]


@contextmanager
def many_clients(bench: Bench) -> Iterator[Response]:
    """So many ask at once; each question gets one answer, whatever it is."""
    node = bench.tester.tester
    clients = [
        node.create_client(SpatialQuery, 'spatial_query', qos_profile=BURST) for _ in range(CLIENTS)
    ]
    try:
        bench.wait_for(lambda: all(client.service_is_ready() for client in clients), 'the service')
        request = SpatialQuery.Request(question=QUESTION)
        futures = [client.call_async(request) for client in clients * QUESTIONS_EACH]
        bench.tester.wait_for(lambda: all(f.done() for f in futures), 'all answers', 60.0)
        results = [future.result() for future in futures]
    finally:
        for client in clients:
            node.destroy_client(client)
    counts = _statuses(results)
    assert set(counts) <= {'OK', 'BUSY'}
    assert counts.total() == CLIENTS * QUESTIONS_EACH
    yield next(result for result in results if STATUS_NAMES[result.status] == 'BUSY')


@contextmanager
def asker_gone(bench: Bench) -> Iterator[None]:
    """The client is taken down while its question is being answered."""
    slow = SlowEngine()
    node = bench.tester.tester
    with engine(bench, slow):
        client = node.create_client(SpatialQuery, 'spatial_query')
        bench.wait_for(client.service_is_ready, 'the service')
        client.call_async(SpatialQuery.Request(question=QUESTION))
        bench.wait_for(slow.started.is_set, 'the engine')
        node.destroy_client(client)
        slow.may_answer.set()
    yield


@contextmanager
def stale_on_request(bench: Bench) -> Iterator[None]:
    """Somebody asks for a picture fresher than a camera at this rate has."""
    bench.asked = {'max_age': MAX_AGE_S / 1000.0}
    yield
    bench.asked = {}


def _statuses(responses: list[Response]) -> Counter[str]:
    return Counter(STATUS_NAMES[response.status] for response in responses)
