# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A node that has its process for itself lets go of what only refers to itself."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from robot import Robot

from smolrgpt_ros import allocation
from smolrgpt_ros.ros import housekeeping

PERIOD_S = 0.05


class Picture:
    """Refers to itself, as what hangs on a traceback does."""

    def __init__(self) -> None:
        self.of = self


@pytest.fixture
def given_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """What giving pages back returned, each time; Python collects nothing by itself meanwhile."""
    returned: list[bool] = []

    def give() -> bool:
        returned.append(allocation.return_free_memory())
        return returned[-1]

    monkeypatch.setattr(housekeeping, 'PERIOD_S', PERIOD_S)
    monkeypatch.setattr(housekeeping, 'return_free_memory', give)
    gc.disable()
    yield returned
    gc.enable()


def test_rings_and_their_pages_go(ros_domain: int, given_back: list[bool]):
    robot = Robot(owns_process=True)
    try:
        picture = weakref.ref(Picture())
        robot.wait_for(lambda: picture() is None, 'the ring to be collected')
        robot.wait_for(lambda: given_back, 'pages to be given back')
    finally:
        robot.close()


def test_goes_on_in_every_state(ros_domain: int, given_back: list[bool]):
    robot = Robot(owns_process=True)
    try:
        for step in ('configure', 'activate', 'deactivate', 'cleanup'):
            getattr(robot.node, f'trigger_{step}')()
            # What becomes garbage just as the worker sets aside what is there stays for longer.
            if robot.node.worker is not None:
                done = threading.Event()
                robot.node.worker.call(done.set)
                robot.wait_for(done.is_set, 'the worker')
            picture = weakref.ref(Picture())
            robot.wait_for(lambda gone=picture: gone() is None, f'a collection after {step}')
    finally:
        robot.close()
        gc.unfreeze()


@pytest.mark.parametrize('steps', [('deactivate',), ('deactivate', 'cleanup')], ids='-'.join)
def test_who_is_put_to_rest_does_not_wait_for_it(
    ros_domain: int, given_back: list[bool], monkeypatch: pytest.MonkeyPatch, steps: tuple[str, ...]
):
    monkeypatch.setattr(housekeeping, 'PERIOD_S', 3600.0)
    robot = Robot(owns_process=True)
    try:
        robot.activate()
        robot.show()
        assert not given_back
        for count, step in enumerate(steps, start=1):
            getattr(robot.node, f'trigger_{step}')()
            robot.wait_for(lambda count=count: len(given_back) == count, step)
    finally:
        robot.close()
        gc.unfreeze()


def test_a_process_of_others_is_left_alone(ros_domain: int, given_back: list[bool]):
    robot = Robot()
    try:
        picture = weakref.ref(Picture())
        ends_s = time.monotonic() + 10 * PERIOD_S
        robot.wait_for(lambda: time.monotonic() > ends_s, 'ten periods')
        assert picture() is not None
        assert not given_back
    finally:
        robot.close()
