# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A thread that talks to servers on behalf of a node, whoever spins that node, or nobody.

A call that waits inside of a callback deadlocks where the same executor would have to take the
response. Here clients belong to a small node of their own, with an executor and a thread of their
own, so that waiting is safe in any callback, in any thread, and before anybody spins.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.node import Node
from rclpy.parameter import Parameter

_JOIN_S = 5.0
_AFTER_FAILURE_S = 0.1
# Names of helper nodes must differ within a process; the same name twice confuses the graph.
_numbers = itertools.count(1)


class CallLoop:
    """One thread with an executor and a clock; see the module.

    Attributes:
        node: the small node that clients are made on.
    """

    def __init__(self, owner: Node):
        """Start the thread; it ends with `close`, or with the owner's context."""
        self._owner = owner
        self._context = owner.context
        # Not with global arguments: a `__node:=name` among them would give it the owner's name.
        self.node = rclpy.create_node(
            f'{owner.get_name()}_calls_{next(_numbers)}',
            context=owner.context,
            namespace=owner.get_namespace(),
            use_global_arguments=False,
            enable_rosout=False,
            start_parameter_services=False,
            # A number in its name is no name that a security policy could allow a service for.
            parameter_overrides=[Parameter('start_type_description_service', value=False)],
        )
        self._executor = SingleThreadedExecutor(context=owner.context)
        self._executor.add_node(self.node)
        self._lock = threading.Lock()
        self._order = itertools.count()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._at_end: dict[int, Callable[[], None]] = {}
        self._closed = False
        self._thread = threading.Thread(
            target=self._run, name=f'calls of {owner.get_name()}', daemon=True
        )
        owner.context.on_shutdown(self._stop)
        self._thread.start()

    @property
    def closed(self) -> bool:
        """Whether nobody can be asked any more."""
        return self._closed or not self._context.ok()

    @property
    def is_current(self) -> bool:
        """Whether the caller is the loop's own thread, which must not wait."""
        return threading.current_thread() is self._thread

    def full_name(self, name: str) -> str:
        """A service's or action's name with the owner's namespace and remappings."""
        return self._owner.resolve_service_name(name)

    def soon(self, action: Callable[[], None], delay_s: float = 0.0) -> None:
        """Have the thread do something, now or after a while. What it raises is logged."""
        with self._lock:
            heapq.heappush(self._due, (time.monotonic() + delay_s, next(self._order), action))
        self._wake()

    def at_end(self, action: Callable[[], None]) -> Callable[[], None]:
        """Call `action` once the loop ends; returns what takes that back."""
        key = next(self._order)
        with self._lock:
            self._at_end[key] = action
        return lambda: self._at_end.pop(key, None) and None

    def close(self) -> None:
        """End the thread, then every call that still waits. Idempotent."""
        self._stop()
        if not self.is_current:
            self._thread.join(_JOIN_S)

    def _stop(self) -> None:
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        # A task, since `wake` alone has the executor look again and go on waiting.
        with suppress(rclpy_implementation.InvalidHandle):
            self._executor.create_task(_nothing)

    def guarded(self, action: Callable[[], object]) -> None:
        """Do something whose trouble is logged: the thread serves all other calls as well."""
        try:
            action()
        except Exception as error:
            self._log('a callback of a call failed', error)

    def _run(self) -> None:
        try:
            while not self.closed:
                self._spin_once()
                for action in self._take_due():
                    self.guarded(action)
        finally:
            self._closed = True
            with self._lock:
                actions, self._at_end = list(self._at_end.values()), {}
            for action in actions:
                self.guarded(action)
            self._executor.shutdown(timeout_sec=0.0)
            with suppress(rclpy_implementation.InvalidHandle):
                self.node.destroy_node()

    def _spin_once(self) -> None:
        try:
            self._executor.spin_once(timeout_sec=self._until_next_s())
        except (ExternalShutdownException, rclpy_implementation.InvalidHandle):
            self._closed = True
        except Exception as error:
            # The context may end while the executor builds its wait set; all else is a failure
            # that must not end the thread, nor keep it busy.
            if self.closed:
                return
            self._log('taking a response failed', error)
            time.sleep(_AFTER_FAILURE_S)

    def _log(self, what: str, error: Exception) -> None:
        if self._context.ok():
            lines = ''.join(traceback.format_exception(type(error), error, error.__traceback__))
            self._owner.get_logger().error(f'{what}:\n{lines}')

    def _until_next_s(self) -> float | None:
        with self._lock:
            return max(0.0, self._due[0][0] - time.monotonic()) if self._due else None

    def _take_due(self) -> list[Callable[[], None]]:
        now_s, actions = time.monotonic(), []
        with self._lock:
            while self._due and self._due[0][0] <= now_s:
                actions.append(heapq.heappop(self._due)[2])
        return actions


def _nothing() -> None:
    pass
