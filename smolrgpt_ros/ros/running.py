# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Nodes as processes and a client that asks them; every wait ends. For demo, benchmarks, tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import rclpy
from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rclpy.context import Context
from rclpy.duration import Duration
from rclpy.executors import SingleThreadedExecutor

from smolrgpt_ros.srv import SpatialQuery

NODE_ENVIRONMENT: Mapping[str, str] = {'OPENBLAS_NUM_THREADS': '1'}
"""What the launch file sets as well: threads for matrices of 3x3 cost memory and time."""

QUERY_NODE = 'smolrgpt_ros.ros.query_process'
CAMERA_NODE = 'smolrgpt_ros.ros.warehouse_camera'
_NEXT_TRANSITION: Mapping[int, int] = {
    State.PRIMARY_STATE_UNCONFIGURED: Transition.TRANSITION_CONFIGURE,
    State.PRIMARY_STATE_INACTIVE: Transition.TRANSITION_ACTIVATE,
}
_REPLY_S = 5.0
_STOP_S = 5.0
_LOG_LINES = 12


class RunningError(RuntimeError):
    """A process has ended or a wait took too long; the message says which, with its log."""


class NodeProcess:
    """A Python module with a ROS node's main, run as a process of its own; use it in a `with`."""

    def __init__(
        self,
        module: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        remappings: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ):
        """Start it; `arguments` come before those of ROS."""
        ros_arguments: list[str] = []
        for name, value in (parameters or {}).items():
            ros_arguments += [
                '-p',
                f'{name}:={str(value).lower() if isinstance(value, bool) else value}',
            ]
        for name, topic in (remappings or {}).items():
            ros_arguments += ['-r', f'{name}:={topic}']
        self.module = module
        self._log = tempfile.NamedTemporaryFile(  # noqa: SIM115 - open as long as the process runs
            mode='w+', prefix=f'{module.rpartition(".")[2]}_', suffix='.log'
        )
        self._process = subprocess.Popen(
            [sys.executable, '-m', module, *arguments, '--ros-args', *ros_arguments],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **NODE_ENVIRONMENT, **(environment or {})},
        )

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def check(self) -> None:
        """Raise RunningError when it has ended."""
        code = self._process.poll()
        if code is not None:
            raise RunningError(f'{self.module} has ended with exit code {code}:\n{self.log_end()}')

    def log_end(self) -> str:
        """The last lines that it has printed."""
        lines = Path(self._log.name).read_text(encoding='utf-8', errors='replace').splitlines()
        return '\n'.join(lines[-_LOG_LINES:])

    def wait(self, timeout_s: float) -> int:
        """Its exit code. Raises RunningError when it has not ended by itself."""
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            raise RunningError(
                f'{self.module} has not ended within {timeout_s:g} s:\n{self.log_end()}'
            ) from error

    def stop(self) -> None:
        """Interrupt it, and end it when it does not listen. Idempotent."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_S)
        self.kill()

    def kill(self) -> None:
        """End it as a crash does, without a word to anybody. Idempotent."""
        self._process.kill()
        self._process.wait()
        self._log.close()

    def __enter__(self) -> NodeProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class Client:
    """A node of our own that steers and asks the query node; use it in a `with`.

    Attributes:
        node: for subscriptions of the caller.
    """

    def __init__(self, name: str, *, watch: Sequence[NodeProcess] = ()):
        """Join ROS with a context of its own; waits end early when a process in `watch` does."""
        self._watched = watch
        self._context = Context()
        rclpy.init(context=self._context, args=[])
        self.node = rclpy.create_node(name, context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self._queries = self.node.create_client(SpatialQuery, '/spatial_query')

    def wait_until(self, done: Callable[[], bool], timeout_s: float, what: str) -> None:
        """Spin until `done`. Raises RunningError, naming `what` was waited for."""
        ends = time.monotonic() + timeout_s
        while not done():
            for process in self._watched:
                process.check()
            if time.monotonic() > ends:
                raise RunningError(f'waited {timeout_s:g} s for {what} in vain:\n{self.logs()}')
            self._executor.spin_once(timeout_sec=0.05)

    def logs(self) -> str:
        """The last lines that the watched processes have printed."""
        return '\n'.join(process.log_end() for process in self._watched)

    def activate(self, node_name: str = 'spatial_query', timeout_s: float = 30.0) -> None:
        """Bring a lifecycle node from unconfigured to active. Raises RunningError."""
        states = self.node.create_client(GetState, f'/{node_name}/get_state')
        changes = self.node.create_client(ChangeState, f'/{node_name}/change_state')
        ends = time.monotonic() + timeout_s
        for client in (states, changes):
            self.wait_until(client.service_is_ready, timeout_s, f'the services of {node_name}')
        while (state := self.reply(states, GetState.Request())) is None or (
            state.current_state.id != State.PRIMARY_STATE_ACTIVE
        ):
            if time.monotonic() > ends:
                raise RunningError(
                    f'{node_name} is not active after {timeout_s:g} s:\n{self.logs()}'
                )
            if state is None or state.current_state.id not in _NEXT_TRANSITION:
                continue
            transition = _NEXT_TRANSITION[state.current_state.id]
            request = ChangeState.Request(transition=Transition(id=transition))
            reply = self.reply(changes, request)
            if reply is not None and not reply.success:
                raise RunningError(f'{node_name} refused transition {transition}:\n{self.logs()}')
        for client in (states, changes):
            self.node.destroy_client(client)

    def reply(self, client: Any, request: Any) -> Any:
        """What a service says, None where it says nothing for a while.

        On a busy machine the middleware may lose the first reply to a client that the server has
        not discovered yet.
        """
        future = client.call_async(request)
        ends = time.monotonic() + _REPLY_S
        self.wait_until(
            lambda: future.done() or time.monotonic() > ends, 2 * _REPLY_S, client.srv_name
        )
        if not future.done():
            client.remove_pending_request(future)
            return None
        return future.result()

    def ask(
        self, question: str, *, timeout_s: float = 10.0, **fields: Any
    ) -> SpatialQuery.Response:
        """Ask over the service; `fields` are further ones of the request. Raises RunningError."""
        request = SpatialQuery.Request(question=question, **fields)
        request.timeout = Duration(seconds=timeout_s).to_msg()
        self.wait_until(self._queries.service_is_ready, timeout_s, 'the service /spatial_query')
        future = self._queries.call_async(request)
        self.wait_until(future.done, timeout_s + 5.0, f'the answer to {question!r}')
        return future.result()

    def wait_for_frame(self, timeout_s: float = 30.0) -> None:
        """Ask until a picture has arrived. Raises RunningError with what the node says."""
        ends = time.monotonic() + timeout_s
        status = SpatialQuery.Response
        while True:
            response = self.ask('how many pallets are there?')
            if response.status not in (status.NO_FRAME, status.STALE, status.INACTIVE):
                return
            if time.monotonic() > ends:
                raise RunningError(f'no picture within {timeout_s:g} s: {response.message}')
            time.sleep(0.1)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._executor.shutdown()
        self.node.destroy_node()
        self._context.try_shutdown()
