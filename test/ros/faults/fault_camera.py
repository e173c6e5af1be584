# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A camera that goes on filming, in a thread of its own, until a fault is done to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from robot import Tester, good_shot

from smolrgpt_ros.ros.filming import Shot

RATE_HZ = 10.0
_MOST_LATE_NS = 300_000_000
INPUTS = ('image', 'depth', 'camera_info', 'detections')


class Clockwork:
    """The time that camera and simulation go by: the machine's, shifted or stopped."""

    def __init__(self) -> None:
        self.offset_ns = 0
        self.stopped_ns: int | None = None

    def now_ns(self) -> int:
        return self.at_ns(time.time_ns())

    def at_ns(self, machine_ns: int) -> int:
        """What it shows at a time of the machine's."""
        return machine_ns + self.offset_ns if self.stopped_ns is None else self.stopped_ns

    @contextmanager
    def jumped(self, seconds: float) -> Iterator[None]:
        self.offset_ns += round(seconds * 1e9)
        yield
        self.offset_ns -= round(seconds * 1e9)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self.stopped_ns = self.now_ns()
        yield
        self.stopped_ns = None


class Camera:
    """Publishes pictures at a steady rate.

    Attributes:
        shot: what it shows.
        clock: what it stamps with.
        silent: topics that it does not publish.
        shifts_ns: what is added to the stamps of a topic.
        loses: whether the picture of a number gets lost.
        stamps_ns: of the pictures since `mark`.
    """

    def __init__(self, tester: Tester):
        self.shot = good_shot()
        self.clock = Clockwork()
        self.silent: frozenset[str] = frozenset()
        self.shifts_ns: dict[str, int] = {}
        self.loses: Callable[[int], bool] = lambda number: False
        self.stamps_ns: set[int] = set()
        self.lock = threading.Lock()
        self._tester = tester
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name='camera', daemon=True)
        self._thread.start()

    def mark(self) -> None:
        """Forget which pictures have been shown so far."""
        with self.lock:
            self.stamps_ns = set()

    def show(self, shot: Shot) -> None:
        with self.lock:
            self.shot = shot

    @contextmanager
    def showing(self, shot: Shot) -> Iterator[None]:
        before = self.shot
        self.show(shot)
        yield
        self.show(before)

    @contextmanager
    def without(self, *topics: str) -> Iterator[None]:
        before, self.silent = self.silent, self.silent | set(topics)
        yield
        self.silent = before

    @contextmanager
    def shifted(self, **seconds: float) -> Iterator[None]:
        self.shifts_ns = {topic: round(shift * 1e9) for topic, shift in seconds.items()}
        yield
        self.shifts_ns = {}

    @contextmanager
    def losing(self, loses: Callable[[int], bool]) -> Iterator[None]:
        before, self.loses = self.loses, loses
        yield
        self.loses = before

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        number, begun_ns = 0, time.time_ns()
        while True:
            number += 1
            # Exposures are regular, however late a busy machine publishes them.
            exposed_ns = begun_ns + round(number * 1e9 / RATE_HZ)
            if time.time_ns() - exposed_ns > _MOST_LATE_NS:
                continue  # where it cannot keep up at all, it leaves pictures out
            if self._stop.wait(max((exposed_ns - time.time_ns()) / 1e9, 0.0)):
                return
            with self.lock:
                silent = (*self.silent, *(('image',) if self.loses(number) else ()))
                stamp_ns = self.clock.at_ns(exposed_ns)
                self._tester.publish(
                    self.shot, stamp_ns, leave_out=('mask', *silent), **self.shifts_ns
                )
                if not self.silent:
                    self.stamps_ns.add(stamp_ns + self.shifts_ns.get('image', 0))
