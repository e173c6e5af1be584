# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Run a node as a process of its own, and end it cleanly on SIGINT and SIGTERM.

rclpy's own handlers end the middleware at once, so that whoever waits for an answer waits for ever.
Here a node ends first what it does, and tells them.
"""

from __future__ import annotations

import atexit
import gc
import math
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar, runtime_checkable

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode
from rclpy.logging import get_logger
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from rclpy.task import Future

from smolrgpt_ros.process.remains import dead_queues_untouched, remove_dead_segments

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_WINDING_DOWN_S, _LAST_WORDS_S = 2.0, 0.1
# What comes so soon after a signal is the same one, told by somebody else.
_SAME_S = 1.0

AnyNode = TypeVar('AnyNode', bound=Node)
Replace = Callable[[Callable[[], AnyNode]], None]
OnMade = Callable[[AnyNode, Replace[AnyNode]], None]


@runtime_checkable
class WindsDown(Protocol):
    """A node that has something to bring to an end while it can still be heard."""

    def wind_down(self) -> Callable[[], bool]:
        """Begin to end; returns what tells whether that is done."""


def run_node(
    make_node: Callable[[], AnyNode],
    args: Sequence[str] | None = None,
    *,
    on_made: OnMade[AnyNode] | None = None,
) -> int:
    """Spin what `make_node` makes until it is interrupted; returns the exit code.

    Args:
        args: command line, without those of Python.
        on_made: gets each node before it is spun, and a function that ends it and goes on with
            what its argument makes then, with a participant of its own.
    """
    interruption = _Interruption()
    with _at_signal(interruption.come):
        make: Callable[[], AnyNode] | None = make_node
        while make is not None:
            make = _run(make, args, interruption, on_made)
            # A node hangs on itself in rings. While it is there, so is its participant, and the
            # next one could neither leave its queues alone nor be told from it.
            gc.unfreeze()
            gc.collect()
    return 0


def _run(
    make_node: Callable[[], AnyNode],
    args: Sequence[str] | None,
    interruption: _Interruption,
    on_made: OnMade[AnyNode] | None,
) -> Callable[[], AnyNode] | None:
    """Spin one node; returns what makes the next one, None where it was interrupted."""
    over = Future()
    logger = get_logger('shared_memory')
    if removed := remove_dead_segments():
        logger.info(f'removed {removed / 1e6:.0f} MB that killed processes had left')
    with dead_queues_untouched() as untouched:
        if untouched:
            logger.info(
                f'others still write to a process that was killed: {", ".join(sorted(untouched))} '
                'left to them; Fast DDS may say that it cannot lock them'
            )
        rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
        node = make_node()
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    if on_made is not None:
        on_made(node, over.set_result)
    interruption.ends(over)
    try:
        executor.spin_until_future_complete(over)
        _shut_down(node, executor)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        executor.shutdown()
        node.destroy_node()
        rclpy.try_shutdown()
    return None if interruption.came or not over.done() else over.result()


def _shut_down(node: Node, executor: SingleThreadedExecutor) -> None:
    """Have the node end what it does, and let what it still has to say leave."""
    if isinstance(node, LifecycleNode):
        node.trigger_shutdown()
    elif isinstance(node, WindsDown):
        _spin(executor, node.wind_down(), _WINDING_DOWN_S)
    else:
        return
    _spin(executor, lambda: False, _LAST_WORDS_S)


def _spin(executor: SingleThreadedExecutor, done: Callable[[], bool], longest_s: float) -> None:
    ends_s = time.monotonic() + longest_s
    while not done() and time.monotonic() < ends_s:
        executor.spin_once(timeout_sec=0.01)


class _Interruption:
    """A signal that ends the node of now, also where it comes before that node is spun.

    Attributes:
        came: whether it has come.
    """

    def __init__(self) -> None:
        self.came = False
        self._over: Future | None = None
        self._lock = threading.Lock()

    def ends(self, over: Future) -> None:
        """Complete `over` when the signal comes, at once where it has come already."""
        with self._lock:
            self._over = over
            if self.came:
                over.set_result(None)

    def come(self) -> None:
        """It comes."""
        with self._lock:
            self.came = True
            if self._over is not None:
                self._over.set_result(None)


@contextmanager
def _at_signal(stop: Callable[[], None]) -> Iterator[None]:
    """Have the first SIGINT or SIGTERM call `stop`; one that comes later ends the process at once.

    Whoever ends a group of processes tells each of them twice within milliseconds: systemd or a
    shell tells all, and `ros2 launch` passes on what it was told. So once a signal has come, this
    holds until the process has ended.

    Python runs handlers between two of its own steps, which a thread that waits in the middleware
    does not come to. What it does at once is to write to a socket, which a thread here reads.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    first_s = math.inf

    def wait() -> None:
        nonlocal first_s
        with reader, writer:
            while number := reader.recv(1):
                now_s = time.monotonic()
                if number[0] not in _SIGNALS:
                    continue
                if first_s == math.inf:
                    first_s = now_s
                    stop()
                elif now_s - first_s > _SAME_S:
                    os._exit(128 + number[0])  # what hangs would not come to clean up

    before = {number: signal.signal(number, lambda *_: None) for number in _SIGNALS}
    descriptor_before = signal.set_wakeup_fd(writer.fileno())
    threading.Thread(target=wait, name='signals', daemon=True).start()
    try:
        yield
    finally:
        if first_s < math.inf:
            atexit.register(_ignore_signals)
        else:
            signal.set_wakeup_fd(descriptor_before)
            for number, handler in before.items():
                signal.signal(number, handler)
            writer.shutdown(socket.SHUT_WR)  # ends the thread


def _ignore_signals() -> None:
    """In the last moments Python would take its handlers away, and a signal end what has ended."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
