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

from smolrgpt_ros.ros.inputs import PolledCallbackGroup
from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.srv import SpatialQuery

# Every response goes to every client, which throws those of others away: with 1,000 of them a
# million deliveries, of which the node's share is small.
CLIENTS, QUESTIONS_EACH = 50, 20


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
        # Out of the executor, which takes a millisecond for each response to somebody else.
        node.create_client(
            SpatialQuery,
            'spatial_query',
            qos_profile=BURST,
            callback_group=PolledCallbackGroup(),
        )
        for _ in range(CLIENTS)
    ]
    try:
        bench.wait_for(lambda: all(client.service_is_ready() for client in clients), 'the service')
        request = SpatialQuery.Request(question=QUESTION)
        for _ in range(QUESTIONS_EACH):
            for client in clients:
                client.handle.send_request(request)
        answered: dict[tuple[int, int], Response] = {}
        bench.wait_for(lambda: _take(clients, answered) == CLIENTS * QUESTIONS_EACH, 'all answers')
        bench.idle(0.2)
        _take(clients, answered)  # raises where one is answered twice
    finally:
        for client in clients:
            node.destroy_client(client)
    assert set(_statuses(list(answered.values()))) <= {'OK', 'BUSY'}
    yield next(one for one in answered.values() if STATUS_NAMES[one.status] == 'BUSY')


def _take(clients: list[Any], answered: dict[tuple[int, int], Response]) -> int:
    """Take what has arrived; how many questions have been answered so far."""
    for number, client in enumerate(clients):
        # Nothing is given for the response to another client, as where there is none.
        for _ in range(CLIENTS):
            header, response = client.handle.take_response(SpatialQuery.Response)
            if header is not None:
                key = number, header.request_id.sequence_number
                assert key not in answered, 'a question was answered twice'
                answered[key] = response
    return len(answered)


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
