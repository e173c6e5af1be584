# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Run a node as a process of its own, and end it cleanly on SIGINT and SIGTERM.

rclpy's own handlers end the middleware at once, so that whoever waits for an answer waits for ever.
Here a node ends first what it does, and tells them.
"""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol, TypeVar, runtime_checkable

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from rclpy.task import Future

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_WINDING_DOWN_S, _LAST_WORDS_S = 2.0, 0.1

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
    with _Signals() as signals:
        make: Callable[[], AnyNode] | None = make_node
        while make is not None:
            make = _run(make, args, signals, on_made)
    return 0


def _run(
    make_node: Callable[[], AnyNode],
    args: Sequence[str] | None,
    signals: _Signals,
    on_made: OnMade[AnyNode] | None,
) -> Callable[[], AnyNode] | None:
    """Spin one node; returns what makes the next one, None where it was interrupted."""
    rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
    over = Future()
    node = make_node()
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    if on_made is not None:
        on_made(node, over.set_result)
    signals.call(lambda: over.set_result(None))
    try:
        executor.spin_until_future_complete(over)
        _shut_down(node, executor)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        executor.shutdown()
        node.destroy_node()
        rclpy.try_shutdown()
    return None if signals.came or not over.done() else over.result()


def _shut_down(node: Node, executor: SingleThreadedExecutor) -> None:
    """Have the node end what it does, and let what it still has to say leave."""
    if isinstance(node, LifecycleNode):
        node.trigger_shutdown()
    elif isinstance(node, WindsDown):
        done, ends_s = node.wind_down(), time.monotonic() + _WINDING_DOWN_S
        while not done() and time.monotonic() < ends_s:
            executor.spin_once(timeout_sec=0.01)
    else:
        return
    ends_s = time.monotonic() + _LAST_WORDS_S
    while time.monotonic() < ends_s:
        executor.spin_once(timeout_sec=0.01)


class _Signals:
    """Hears the first SIGINT or SIGTERM, inside a `with`; a second one ends the process as usual.

    Python runs handlers between two of its own steps, which a thread that waits in the middleware
    does not come to. What it does at once is to write to a socket, which a thread here reads.

    Attributes:
        came: whether one has come.
    """

    def __init__(self) -> None:
        self.came = False
        self._stop: Callable[[], None] = _nothing
        self._lock = threading.Lock()
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._before = {number: signal.getsignal(number) for number in _SIGNALS}

    def call(self, stop: Callable[[], None]) -> None:
        """Have the signal call `stop`, at once where it has come already."""
        with self._lock:
            self._stop = stop
            if self.came:
                stop()

    def __enter__(self) -> _Signals:
        for number in _SIGNALS:
            signal.signal(number, lambda *_: self._restore())
        self._descriptor_before = signal.set_wakeup_fd(self._writer.fileno())
        threading.Thread(target=self._wait, name='signals', daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.set_wakeup_fd(self._descriptor_before)
        self._restore()
        self._writer.close()  # ends the thread

    def _wait(self) -> None:
        if self._reader.recv(1):
            with self._lock:
                self.came = True
                self._stop()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _nothing() -> None:
    """Nobody is to be stopped yet."""
