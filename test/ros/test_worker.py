# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the worker holds on to: nothing of a question that has its outcome."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterator

import pytest

from smolrgpt_ros.ros.worker import Job, Worker

AN_HOUR_S = 3600.0
FAR_FEWER = 150


class Request:
    """Something that can be looked for."""


def finish(jobs: list[Job]) -> None:
    for job in jobs:
        job.finish('answered')


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(finish, on_expired=lambda job, running: None, on_crash=lambda jobs, error: None)
    yield worker
    assert worker.stop()


def asked(worker: Worker, timeout_s: float, count: int) -> list[weakref.ref[Request]]:
    """Questions that have been answered."""
    requests = []
    for _ in range(count):
        request = Request()
        outcomes: list[str] = []
        job = Job(request, timeout_s, outcomes.append)
        assert worker.submit(job, most_waiting=10)
        ends = time.monotonic() + 10.0
        while not outcomes:
            assert time.monotonic() < ends
            time.sleep(0.0002)
        requests.append(weakref.ref(request))
    return requests


@pytest.mark.parametrize(
    'timeout_s', [pytest.param(AN_HOUR_S, id='all wait for long'), pytest.param(5.0, id='usual')]
)
def test_answered_questions_are_let_go(worker: Worker, timeout_s: float):
    requests = asked(worker, timeout_s, 400)
    assert sum(request() is not None for request in requests) < FAR_FEWER


def test_idle_is_when_nothing_waits_nor_runs():
    begun, may_end = threading.Event(), threading.Event()

    def process(jobs: list[Job]) -> None:
        begun.set()
        assert may_end.wait(10.0)
        finish(jobs)

    worker = Worker(process, on_expired=lambda job, running: None, on_crash=lambda *_: None)
    assert worker.wait_until_idle(10.0)
    for _ in range(3):
        begun.clear()
        may_end.clear()
        assert worker.submit(Job(Request(), AN_HOUR_S, lambda outcome: None), most_waiting=1)
        assert not worker.wait_until_idle(0.0)
        assert begun.wait(10.0)
        assert worker.submit(Job(Request(), AN_HOUR_S, lambda outcome: None), most_waiting=1)
        assert not worker.wait_until_idle(0.02)
        may_end.set()
        assert worker.wait_until_idle(10.0)
        assert worker.waiting == 0
    assert worker.stop()


def test_idle_once_all_that_waited_was_taken_back():
    begun, may_end = threading.Event(), threading.Event()

    def process(jobs: list[Job]) -> None:
        begun.set()
        assert may_end.wait(10.0)

    worker = Worker(process, on_expired=lambda job, running: None, on_crash=lambda *_: None)
    for _ in range(2):
        assert worker.submit(Job(Request(), AN_HOUR_S, lambda outcome: None), most_waiting=1)
        assert begun.wait(10.0)
    worker.cancel(lambda job: 'taken back')
    may_end.set()
    assert worker.wait_until_idle(10.0)
    assert worker.stop()


def test_one_that_waits_for_long_keeps_no_others():
    expired: list[Job] = []
    blocked = Worker(
        lambda jobs: time.sleep(0.0),  # never finishes them
        on_expired=lambda job, running: expired.append(job),
        on_crash=lambda jobs, error: None,
    )
    waiting = Job(Request(), 0.5, lambda outcome: None)
    blocked.submit(waiting, most_waiting=10)
    requests = []
    for _ in range(400):
        job = Job(Request(), AN_HOUR_S, lambda outcome: None)
        blocked.submit(job, most_waiting=10_000)
        job.finish('answered')
        requests.append(weakref.ref(job.request))
        del job
    ends = time.monotonic() + 20.0
    while not expired and time.monotonic() < ends:
        time.sleep(0.01)
    assert expired == [waiting], 'sweeping forgets no deadline'
    assert sum(request() is not None for request in requests) < FAR_FEWER
    assert blocked.stop()


def until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.001)


@pytest.mark.parametrize('give', [Worker.call, Worker.when_idle], ids=['between jobs', 'when idle'])
def test_what_was_done_is_let_go(
    worker: Worker, give: Callable[[Worker, Callable[[], None]], None]
):
    needed, done = Request(), threading.Event()
    held = weakref.ref(needed)

    def action(needed: Request = needed) -> None:
        done.set()

    give(worker, action)
    assert done.wait(10.0)
    del needed, action
    until(lambda: held() is None)


def test_what_was_to_be_done_when_idle_is_dropped_with_the_questions(worker: Worker):
    busy, go_on = threading.Event(), threading.Event()
    done: list[str] = []
    worker.call(lambda: (busy.set(), go_on.wait(10.0)))
    assert busy.wait(10.0)
    worker.when_idle(lambda: done.append('when idle'))
    worker.cancel(lambda job: 'cancelled')
    go_on.set()
    time.sleep(0.05)  # it would be done within microseconds
    assert done == []
