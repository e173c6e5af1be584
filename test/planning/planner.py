# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A planner for tests: a node with a client, spun by whichever executor a test chooses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import rclpy
from rclpy.context import Context
from rclpy.executors import Executor

from smolrgpt_ros.planning.client import SpatialClient


class Planner:
    """A node with a client, and the thread of the executor that spins it, once there is one."""

    def __init__(self, context: Context, name: str = 'planner', **options: Any):
        self.node = rclpy.create_node(name, context=context, **options)
        self.client = SpatialClient(self.node)
        self._executor: Executor | None = None
        self._thread: threading.Thread | None = None

    def spin(self, executor_type: Callable[..., Executor]) -> None:
        """Spin the node in a thread."""
        executor = executor_type(context=self.node.context)
        executor.add_node(self.node)
        self._executor = executor
        self._thread = threading.Thread(target=executor.spin, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take everything down."""
        self.client.close()
        if self._executor is not None:
            self._executor.shutdown(timeout_sec=5.0)
        if self._thread is not None:
            self._thread.join(5.0)
        self.node.destroy_node()


class Outcome:
    """What a call gave, in whatever thread it was made."""

    def __init__(self) -> None:
        self.value: Any = None
        self.error: BaseException | None = None
        self._done = threading.Event()

    def of(self, call: Callable[[], Any]) -> None:
        """Make the call and keep what it gives."""
        try:
            self.value = call()
        except BaseException as error:
            self.error = error
        self._done.set()

    def wait(self, patience_s: float = 15.0) -> Any:
        """The value; fails where the call never ended, which is what a deadlock looks like."""
        error = self.failure(patience_s)
        if error is not None:
            raise error
        return self.value

    def failure(self, patience_s: float = 15.0) -> BaseException | None:
        """What the call raised, None for nothing; waits as `wait` does."""
        assert self._done.wait(patience_s), f'the call has not ended within {patience_s} s'
        return self.error
