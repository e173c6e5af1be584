# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One thread that answers, a bounded queue before it, and a clock that keeps every deadline."""

from __future__ import annotations

import functools
import heapq
import itertools
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from smolrgpt_ros.ros.lasting_thread import LastingThread, OnDeath, log_death

_FEWEST_SWEPT = 64


class Listener(Protocol):
    """Who hears of an answer while it is made; called from the worker's thread, must not wait."""

    def measured(self, message: Any) -> None:
        """What was measured, before a network begins to write; a SpatialAnswer."""

    def words(self, text: str) -> None:
        """What a network has written so far."""


class Job:
    """One question on its way to an answer; finished once, by whoever comes first.

    Attributes:
        request: what was asked.
        listener: who hears of the answer while it is made, None for nobody.
        received_s: when, monotonic clock.
        deadline_s: when the asker stops waiting, monotonic clock.
        query_id: tells it from all others.
        cancelled: whether the asker, or the end of the session, has taken it back.
    """

    def __init__(
        self,
        request: Any,
        timeout_s: float,
        on_finish: Callable[[Any], None],
        listener: Listener | None = None,
    ):
        self.request = request
        self.listener = listener
        self.query_id = uuid.uuid4().hex
        self.cancelled = False
        self.received_s = time.monotonic()
        self.timeout_s = timeout_s
        self.deadline_s = self.received_s + timeout_s
        self._on_finish = on_finish
        self._lock = threading.Lock()
        self._finished = False

    @property
    def finished(self) -> bool:
        """Whether it has its outcome: answered, timed out or cancelled."""
        return self._finished

    def finish(self, outcome: Any) -> bool:
        """Hand over the outcome; False where the job had one already."""
        with self._lock:
            if self._finished:
                return False
            self._finished = True
        self._on_finish(outcome)
        return True

    def cancel(self, outcome: Any) -> bool:
        """Finish it and let whoever works on it know; False where it had an outcome already."""
        self.cancelled = not self._finished
        return self.finish(outcome)


class Worker:
    """Runs jobs in one thread of its own, which owns whatever `process` uses."""

    def __init__(
        self,
        process: Callable[[list[Job]], None],
        *,
        on_expired: Callable[[Job, bool], None],
        on_crash: Callable[[list[Job], BaseException], None],
        on_death: OnDeath = log_death,
    ):
        """Start the threads.

        Args:
            process: answers a batch of jobs, all that were waiting.
            on_expired: called when a job's deadline passes; the flag says whether it was being
                processed.
            on_crash: called with the batch and what `process` raised, or ended its thread; must
                finish the jobs.
            on_death: called with the name of a thread that died and goes on, and what ended it.
        """
        self._process = process
        self._on_expired = on_expired
        self._on_crash = on_crash
        self._on_death = on_death
        self._changed = threading.Condition()
        self._waiting: deque[Job | Callable[[], None]] = deque()
        self._running: list[Job] = []
        self._spare: Callable[[], None] | None = None
        self._stopping = False
        self._idle = threading.Event()
        self._deadlines = _Deadlines(self._expire, on_death=self._died)
        self._thread = LastingThread('answers', self._run, on_death=self._died)

    @property
    def waiting(self) -> int:
        """Jobs in the queue."""
        return sum(isinstance(entry, Job) and not entry.finished for entry in tuple(self._waiting))

    def submit(self, job: Job, *, most_waiting: int) -> bool:
        """Queue a job; False where `most_waiting` jobs wait already."""
        with self._changed:
            if self._stopping or self.waiting >= most_waiting:
                return False
            self._waiting.append(job)
            self._idle.clear()
            self._changed.notify()
        self._deadlines.watch(job)
        return True

    def wait_until_idle(self, timeout_s: float) -> bool:
        """Wait until no job waits nor runs; False where that takes longer than `timeout_s`."""
        return self._idle.wait(timeout_s)

    def call(self, action: Callable[[], None]) -> None:
        """Let the worker's thread do something between jobs (load an engine, free one)."""
        with self._changed:
            self._waiting.append(action)
            self._changed.notify()

    def when_idle(self, action: Callable[[], None]) -> None:
        """Let the worker's thread do something that no question may wait for.

        It begins when nothing waits, and gives way to a newer one that comes before.
        """
        with self._changed:
            self._spare = action
            self._changed.notify()

    def cancel(self, outcome: Callable[[Job], Any]) -> None:
        """Cancel every job that has no outcome yet, and what was to be done without any.

        One that is being processed is finished as well, and its engine hears of it.
        """
        with self._changed:
            self._spare = None
            jobs = [*self._running, *(entry for entry in self._waiting if isinstance(entry, Job))]
            self._waiting = deque(entry for entry in self._waiting if not isinstance(entry, Job))
        for job in jobs:
            job.cancel(outcome(job))

    def stop(self, timeout_s: float = 5.0) -> bool:
        """End the threads after what is running; False where it still runs after `timeout_s`."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._deadlines.stop()
        return self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._idle.set()
                    if self._spare or self._stopping:
                        break
                    self._changed.wait()
                if self._waiting:
                    action = self._next()
                elif self._stopping:
                    return
                else:
                    action, self._spare = self._spare, None
            if action is not None:
                self._guarded(action, [])
                # Not held until the next one: pictures hang on it.
                del action
                continue
            self._process_running()

    def _process_running(self) -> None:
        batch = [job for job in self._running if not job.finished]
        if batch:
            self._guarded(functools.partial(self._process, batch), batch)
        with self._changed:
            self._running = []

    def _next(self) -> Callable[[], None] | None:
        """The action whose turn it is, or None: the jobs before the next one are the batch."""
        while self._waiting:
            entry = self._waiting.popleft()
            if isinstance(entry, Job):
                self._running.append(entry)
            elif self._running:
                self._waiting.appendleft(entry)
                break
            else:
                return entry
        return None

    def _guarded(self, action: Callable[[], None], batch: list[Job]) -> None:
        try:
            action()
        except Exception as error:
            self._on_crash(batch, error)

    def _died(self, thread: str, error: BaseException) -> None:
        self._on_death(thread, error)
        if thread == 'answers':
            with self._changed:
                batch, self._running = self._running, []
            if batch:
                self._on_crash(batch, error)

    def _expire(self, job: Job) -> None:
        self._on_expired(job, job in self._running)


class _Deadlines:
    """Calls back for every job that is not finished at its deadline."""

    def __init__(self, on_expired: Callable[[Job], None], *, on_death: OnDeath):
        self._on_expired = on_expired
        self._changed = threading.Condition()
        self._heap: list[tuple[float, int, Job]] = []
        self._order = itertools.count()
        self._swept_at = _FEWEST_SWEPT
        self._stopping = False
        LastingThread('deadlines', self._run, on_death=on_death)

    def watch(self, job: Job) -> None:
        with self._changed:
            if len(self._heap) >= self._swept_at:
                self._sweep()
            first = not self._heap or job.deadline_s < self._heap[0][0]
            heapq.heappush(self._heap, (job.deadline_s, next(self._order), job))
            # Waking the thread for each of many questions with the same time-out would cost their
            # latency.
            if first:
                self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._stopping and (
                    not self._heap or self._heap[0][0] > time.monotonic()
                ):
                    self._forget_finished()
                    self._changed.wait(self._heap[0][0] - time.monotonic() if self._heap else None)
                if self._stopping:
                    return
                entry = self._heap[0]
            # It leaves the heap once it has heard, so that no death of the thread comes between.
            if not entry[2].finished:
                self._on_expired(entry[2])
            with self._changed:
                if self._heap and self._heap[0] is entry:
                    heapq.heappop(self._heap)

    def _forget_finished(self) -> None:
        # Keeps requests and their answers from living until a far deadline.
        while self._heap and self._heap[0][2].finished:
            heapq.heappop(self._heap)

    def _sweep(self) -> None:
        """The same for those behind one that is not finished, or that nobody wakes up for."""
        self._heap = [entry for entry in self._heap if not entry[2].finished]
        heapq.heapify(self._heap)
        # Twice as many as are left: what sweeping costs a question does not grow with their number.
        self._swept_at = max(_FEWEST_SWEPT, 2 * len(self._heap))
