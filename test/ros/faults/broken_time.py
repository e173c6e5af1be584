# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Clocks that jump, differ or stand still."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from bench import Bench
from fault_camera import INPUTS, Clockwork
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock

from smolrgpt_ros.ros.answer_messages import time_from

_CLOCK_HZ = 100.0
HOUR_S = 3600.0


def camera_clock(seconds: float) -> Callable[[Bench], AbstractContextManager[None]]:
    """The camera's clock differs from the robot's by so much."""

    @contextmanager
    def inject(bench: Bench) -> Iterator[None]:
        with bench.camera.clock.jumped(seconds):
            bench.camera.mark()
            yield

    return inject


@contextmanager
def unplugged_while_ahead(bench: Bench) -> Iterator[None]:
    """A camera whose clock is an hour ahead is unplugged: its last picture looks fresh for long."""
    with bench.camera.clock.jumped(HOUR_S):
        bench.camera.mark()
        bench.until_answered('OK')
        with bench.camera.without(*INPUTS):
            yield


class Simulation:
    """Publishes /clock."""

    def __init__(self, bench: Bench, clock: Clockwork):
        self._clock = clock
        self._publisher = bench.tester.tester.create_publisher(Clock, '/clock', 10)
        self._bench = bench
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name='simulation', daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._bench.tester.tester.destroy_publisher(self._publisher)

    def _run(self) -> None:
        while not self._stop.wait(1.0 / _CLOCK_HZ):
            self._publisher.publish(Clock(clock=time_from(self._clock.now_ns())))


@contextmanager
def simulated(bench: Bench, clock: Clockwork | None = None) -> Iterator[Simulation]:
    """The node goes by /clock, which follows a clockwork; the camera's where none is given."""
    simulation = Simulation(bench, clock or bench.camera.clock)
    _use_sim_time(bench, True)
    node_clock = bench.robot.node.get_clock()
    bench.wait_for(lambda: node_clock.now().nanoseconds > 0, '/clock')
    try:
        yield simulation
    finally:
        _use_sim_time(bench, False)
        simulation.close()


def node_clock(seconds: float) -> Callable[[Bench], AbstractContextManager[None]]:
    """The node's clock jumps, the camera's does not."""

    @contextmanager
    def inject(bench: Bench) -> Iterator[None]:
        clock = Clockwork()
        with simulated(bench, clock):
            bench.idle(0.3)
            with clock.jumped(seconds):
                bench.camera.mark()
                yield

    return inject


@contextmanager
def paused(bench: Bench) -> Iterator[None]:
    """A simulation is paused: neither time nor camera go on."""
    with simulated(bench):
        bench.camera.mark()
        bench.until_answered('OK')
        with bench.camera.without(*INPUTS), bench.camera.clock.stopped():
            bench.idle(0.6)
            yield


@contextmanager
def without_clock(bench: Bench) -> Iterator[None]:
    """use_sim_time is set, and nobody publishes /clock."""
    _use_sim_time(bench, True)
    try:
        yield
    finally:
        _use_sim_time(bench, False)


def _use_sim_time(bench: Bench, value: bool) -> None:
    [result] = bench.robot.node.set_parameters([Parameter('use_sim_time', value=value)])
    assert result.successful, result.reason
