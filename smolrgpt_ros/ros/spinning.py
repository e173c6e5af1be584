# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Run a node as a process of its own, and end it cleanly on SIGINT and SIGTERM.

rclpy's own handlers end the middleware at once, so that whoever waits for an answer waits for ever.
Here a lifecycle node is shut down first, and tells them.
"""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from rclpy.task import Future

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LAST_WORDS_S = 0.1


def run_node(make_node: Callable[[], Node], args: Sequence[str] | None = None) -> int:
    """Spin what `make_node` makes until it is interrupted; returns the exit code."""
    rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
    stop = Future()
    with _at_signal(lambda: stop.set_result(None)):
        node = make_node()
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        try:
            executor.spin_until_future_complete(stop)
            if isinstance(node, LifecycleNode):
                _shut_down(node, executor)
        except (KeyboardInterrupt, ExternalShutdownException):
            pass
        finally:
            executor.shutdown()
            node.destroy_node()
            rclpy.try_shutdown()
    return 0


def _shut_down(node: LifecycleNode, executor: SingleThreadedExecutor) -> None:
    """Take the node to "finalized", and let what it still has to say leave."""
    node.trigger_shutdown()
    ends_s = time.monotonic() + _LAST_WORDS_S
    while time.monotonic() < ends_s:
        executor.spin_once(timeout_sec=0.01)


@contextmanager
def _at_signal(stop: Callable[[], None]) -> Iterator[None]:
    """Have the first SIGINT or SIGTERM call `stop`; a second one ends the process as usual.

    Python runs handlers between two of its own steps, which a thread that waits in the middleware
    does not come to. What it does at once is to write to a socket, which a thread here reads.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def wait() -> None:
        if reader.recv(1):
            stop()

    for number in _SIGNALS:
        signal.signal(number, lambda *_: restore())
    descriptor_before = signal.set_wakeup_fd(writer.fileno())
    threading.Thread(target=wait, name='signals', daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(descriptor_before)
        restore()
        writer.close()  # ends the thread
