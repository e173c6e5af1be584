# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What happens to the node's process as a whole."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from bench import QUESTION, Bench
from fault import Response, value
from lost_queues import lost_queues
from robot import Tester

from smolrgpt_ros.ros.status import STATUS_NAMES

_WAITING = 14
_STOPPED_S = 1.0


@contextmanager
def disk_full(bench: Bench) -> Iterator[None]:
    """No file of the process can grow, as on a full disk: its log and its output are files."""
    pid = bench.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    # What is asked now has to be logged: an engine that is not there.
    bench.ask(engine='oracle')
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def stopped(bench: Bench) -> Iterator[Response]:
    """The process gets no processor for a while; whoever asks meanwhile is answered after that."""
    pid = bench.process.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        future = bench.tester.ask_async(QUESTION, max_age=10.0)
        bench.idle(_STOPPED_S)
        assert not future.done()
    finally:
        os.kill(pid, signal.SIGCONT)
    begun_s = time.monotonic()
    response = bench.tester.result_of(future)
    bench.camera.mark()
    bench.until_answered('OK')
    bench.ended_after_s = time.monotonic() - begun_s
    yield response


@contextmanager
def killed(bench: Bench) -> Iterator[None]:
    """The process is gone at once, and another one is started in its place."""
    begun_s = time.monotonic()
    bench.restart()
    bench.camera.mark()
    _until_heard(bench.tester)
    bench.until_answered('OK')
    bench.ended_after_s = time.monotonic() - begun_s
    yield


@contextmanager
def deaf(bench: Bench) -> Iterator[None]:
    """Whoever comes new does not find the queues that the process reads; old writers do.

    Nobody brings them back: the node helps itself. Newcomers ask it in the end.
    """
    begun_s = time.monotonic()
    with lost_queues(bench.process.pid) as has_others:
        yield
        bench.wait_for(has_others, 'other queues')
        bench.camera.mark()
        _until_heard(bench.tester)
        bench.until_answered('OK')
        bench.ended_after_s = time.monotonic() - begun_s
        bench.until_told(value('node', 'made_anew: 1'), begun_s)
        newcomer = Tester()
        try:
            assert newcomer.client.wait_for_service(20.0)
            _until_heard(newcomer)
        finally:
            newcomer.close()


def _until_heard(tester: Tester) -> None:
    """Ask until there is an answer: what is asked before the node's service is found is lost."""
    ends_s = time.monotonic() + 20.0
    future = tester.ask_async(QUESTION)
    while not future.done():
        assert time.monotonic() < ends_s, 'nobody answers'
        future = tester.ask_async(QUESTION)
        asked_s = time.monotonic()
        tester.wait_for(lambda: future.done() or time.monotonic() > asked_s + 0.2, 'an answer')  # noqa: B023 - called at once


def signalled(name: str) -> Callable[[Bench], AbstractContextManager[Response]]:
    """The signal comes while questions wait; every one of them hears how it ended."""

    @contextmanager
    def inject(bench: Bench) -> Iterator[Response]:
        process = bench.process
        # The first takes as long as it waits for a transform that never comes.
        futures = [
            bench.tester.ask_async(QUESTION, max_age=10.0, target_frame='nowhere'),
            *(bench.tester.ask_async(QUESTION, max_age=10.0) for _ in range(_WAITING)),
        ]
        bench.idle(0.2)
        begun_s = time.monotonic()
        os.kill(process.pid, getattr(signal, name))
        results = [bench.tester.result_of(future) for future in futures]
        code = process.wait(20.0)
        bench.ended_after_s = time.monotonic() - begun_s
        assert code == 0, process.log_end()
        counts = Counter(STATUS_NAMES[result.status] for result in results)
        assert set(counts) <= {'INACTIVE', 'NO_TRANSFORM', 'OK'}, counts
        assert counts.total() == 1 + _WAITING
        yield next(result for result in results if STATUS_NAMES[result.status] == 'INACTIVE')

    return inject
