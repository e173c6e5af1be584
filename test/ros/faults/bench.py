# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A running node, a camera that films, and somebody who asks and reads /diagnostics."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from fault import Fault, Response, Told
from fault_camera import Camera
from robot import Heard, Robot, Tester, good_shot, ids_of

from smolrgpt_ros.ros.running import NodeProcess
from smolrgpt_ros.ros.status import STATUS_NAMES

PALLETS = ids_of(good_shot(), 'pallet')
QUESTION = f'how far is {PALLETS[0]} from {PALLETS[1]}?'
# A busy machine may hold a picture up for a while; a camera that is gone stays away for longer.
MAX_AGE_S = 0.8
QUICK = {'diagnostics.period': 0.1, 'stale_after': 0.5}
# Longer than a busy machine takes to import torch.
_PATIENCE_S = 60.0
# What may be answered before a fault shows as what it is.
_NO_PICTURE = ('STALE', 'NO_FRAME')
_LEVELS = ('OK', 'WARN', 'ERROR')


class Bench:
    """What injections work on.

    Attributes:
        tester: publishes, asks, listens.
        camera: films all the time.
        asked: question and fields of the request; a fault may be in them.
        scratch: a folder of its own.
        checkpoint: the network's folder, where there is one.
        distance_m: answer to the usual question before the fault.
        ended_after_s: what an injection has timed itself.
    """

    def __init__(
        self,
        tester: Tester,
        scratch: Path,
        *,
        checkpoint: Path | None = None,
        start: Callable[[], NodeProcess] | None = None,
        usual: Mapping[str, Any] | None = None,
    ):
        self.tester = tester
        self._start = start
        self._process = start() if start is not None else None
        self._usual = usual or {}
        self.ended_after_s = 0.0
        self.scratch = scratch
        self.checkpoint = checkpoint
        self.asked: dict[str, Any] = {}
        self.camera = Camera(tester)
        self._reports: list[tuple[float, Heard]] = []
        tester.tester.create_subscription(DiagnosticArray, '/diagnostics', self._hear, 10)
        self.seen: set[str] = set()
        self.distance_m = 0.0

    @property
    def robot(self) -> Robot:
        """The tester, where node and tester are one process."""
        assert isinstance(self.tester, Robot)
        return self.tester

    @property
    def process(self) -> NodeProcess:
        """The node's, where it is one of its own."""
        assert self._process is not None
        return self._process

    def restart(self) -> None:
        """Kill the node's process, and start it again at once."""
        assert self._start is not None
        self.process.kill()
        self._process = self._start()

    def close(self) -> None:
        self.camera.close()
        self.tester.close()
        if self._process is not None:
            self._process.stop()

    def ask(self, **fields: Any) -> Response:
        asked = {'question': QUESTION, 'max_age': MAX_AGE_S, **self._usual, **self.asked, **fields}
        future = self.tester.ask_async(**asked)
        return self.wait_for(lambda: future.done() and future.result(), 'an answer')

    def until_answered(self, status: str, said: tuple[str, ...] = ()) -> Response:
        """Ask until the answer has the status and the words; with OK, until it is a new one."""
        ends_s = time.monotonic() + _PATIENCE_S
        while True:
            response = self.ask()
            name = STATUS_NAMES[response.status]
            self.seen.add(name)
            if name == status and self._is_new(response) and _has(response.message, said):
                return response
            assert time.monotonic() < ends_s, (
                f'expected {status} with {said}, the latest answer after {_PATIENCE_S} s is '
                f'{name}: {response.message!r}'
            )
            self.idle(0.01)

    def until_told(self, told: Told, since_s: float) -> Heard:
        """The report that says so, since a time of the monotonic clock."""
        return self.tester.wait_for(
            lambda: next(
                (heard for at_s, heard in self._reports if at_s >= since_s and _tells(heard, told)),
                None,
            ),
            lambda: f'{told}; the latest is {self.latest(told.report)}',
        )

    def until_silent(self, told: Told, since_s: float) -> None:
        """The report speaks of something else, or of nothing; meanwhile questions are asked."""
        ends_s = time.monotonic() + _PATIENCE_S
        while not any(
            at_s >= since_s and _is(heard, told.report) and not _tells(heard, told)
            for at_s, heard in self._reports
        ):
            assert time.monotonic() < ends_s, (
                f'no end of {told}; the latest is {self.latest(told.report)}'
            )
            self.ask()
            self.idle(0.02)

    def latest(self, report: str) -> Heard | None:
        return next((heard for _, heard in reversed(self._reports) if _is(heard, report)), None)

    def wait_for(self, condition: Callable[[], Any], what: str) -> Any:
        return self.tester.wait_for(condition, what, _PATIENCE_S)

    def idle(self, seconds: float) -> None:
        """Listen for a while."""
        ends_s = time.monotonic() + seconds
        self.tester.wait_for(lambda: time.monotonic() >= ends_s, 'time to pass', seconds + 5.0)

    def forget_objects(self) -> None:
        """Begin a new row: nobody remembers what the rows before have shown."""
        if isinstance(self.tester, Robot) and self.tester.node.identities is not None:
            self.tester.node.identities.forget()

    def forget(self) -> None:
        """Listen anew."""
        self._reports.clear()
        self.seen.clear()
        self.camera.mark()

    def _is_new(self, response: Response) -> bool:
        if response.status != Response.OK or self.camera.silent:
            return True
        stamp = response.answer.header.stamp
        return stamp.sec * 10**9 + stamp.nanosec in self.camera.stamps_ns

    def _hear(self, array: DiagnosticArray) -> None:
        now_s = time.monotonic()
        for status in array.status:
            values = {pair.key: pair.value for pair in status.values}
            heard = Heard(status.name, int.from_bytes(status.level, 'big'), status.message, values)
            self._reports.append((now_s, heard))


def _has(text: str, words: tuple[str, ...]) -> bool:
    return all(word in text for word in words)


def _is(heard: Heard, report: str) -> bool:
    return heard.name.endswith(f': {report}')


def _tells(heard: Heard, told: Told) -> bool:
    if not _is(heard, told.report):
        return False
    if told.level == 'OK':
        return _has('; '.join(f'{key}: {text}' for key, text in heard.values.items()), told.words)
    return _LEVELS[heard.level] == told.level and _has(heard.message, told.words)


def measured(bench: Bench, fault: Fault) -> float:
    """Do the fault to the bench and check what the row states; how long until all was well, s."""
    bench.forget_objects()
    bench.forget()
    bench.distance_m = bench.until_answered('OK').answer.value
    bench.forget()
    begun_s = time.monotonic()
    failed: AssertionError | None = None
    with fault.inject(bench) as response:
        try:
            _check(bench, fault, response, begun_s)
        except AssertionError as error:
            failed = error  # after the fault has been ended, for the rows that follow
        ended_s = begun_s if fault.at_once else time.monotonic()
    if failed is not None:
        raise failed
    if fault.final:
        return bench.ended_after_s
    bench.camera.mark()
    bench.until_answered('OK')
    if fault.told.level != 'OK':
        bench.until_silent(fault.told, time.monotonic())
    return time.monotonic() - ended_s


def _check(bench: Bench, fault: Fault, response: Response | None, begun_s: float) -> None:
    """What the row states, while the fault lasts."""
    if response is None:
        response = bench.until_answered(fault.status, fault.said)
    assert STATUS_NAMES[response.status] == fault.status, response.message
    assert _has(response.message, fault.said), response.message
    assert bench.seen <= {'OK', *_NO_PICTURE, *fault.meanwhile, fault.status}, bench.seen
    if fault.check is not None:
        fault.check(bench, response)
    bench.until_told(fault.told, begun_s)
