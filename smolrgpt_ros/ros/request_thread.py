# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A service whose requests are taken by a thread of their own and answered from any thread.

An answer that another thread computes costs rclpy's executors two passes, one for the request and
one
to resume the coroutine that waits for the answer, and each builds a wait set of every entity of the
node in Python: more than the empty service takes as a whole. Here one wait set holds the service
alone, and the response leaves from the thread that has it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from rclpy.guard_condition import GuardCondition
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.qos import QoSProfile

from smolrgpt_ros.ros.inputs import PolledCallbackGroup
from smolrgpt_ros.ros.lasting_thread import LastingThread

if TYPE_CHECKING:
    from rclpy.node import Node

Respond = Callable[[Any], None]
_FOR_EVER = -1
_JOIN_S = 5.0


class RequestThread:
    """Serves one service outside of the executor."""

    def __init__(
        self,
        node: Node,
        service_type: Any,
        name: str,
        *,
        qos: QoSProfile,
        on_request: Callable[[Any, Respond], bool | None],
        on_error: Callable[[str, BaseException], None],
        respite: Callable[[], object] | None = None,
    ):
        """Offer the service and begin to take requests.

        Args:
            on_request: gets a request and what sends its response; must not wait. The response may
                be sent later, from any thread, once. True where it was one too many.
            on_error: called with what was being done and what it raised.
            respite: returns when requests are to be taken again after one that was too many. The
                middleware keeps what comes meanwhile; to take each as it comes would keep the
                interpreter from the threads that answer.
        """
        self._node = node
        self._respite = respite or (lambda: None)
        self._on_request = on_request
        self._on_error = on_error
        self._sending = threading.Lock()
        self._stopping = False
        self._service = node.create_service(
            service_type, name, _never, qos_profile=qos, callback_group=PolledCallbackGroup()
        )
        self._wake = GuardCondition(None, None, context=node.context)
        # Without this, the end of the context would leave the thread in the middleware.
        node.context.on_shutdown(self._stop)
        self._thread = LastingThread('requests', self._run, on_death=self._died)

    def close(self) -> None:
        """Take the service down; responses that come later are dropped. Idempotent."""
        self._stop()
        if not self._thread.is_current:
            self._thread.join(_JOIN_S)
        self._take_the_rest()
        with self._sending:
            self._node.destroy_service(self._service)
        self._wake.destroy()

    def _stop(self) -> None:
        self._stopping = True
        with suppress(rclpy_implementation.InvalidHandle):  # closed already
            self._wake.trigger()

    def _run(self) -> None:
        while not self._stopping and self._node.context.ok():
            try:
                self._wait()
                too_many = False
                while not self._stopping and (taken := self._take()) is not None:
                    too_many |= bool(self._on_request(taken[0], self._respond_to(taken[1])))
                if too_many:
                    self._respite()
            except rclpy_implementation.InvalidHandle:
                return
            except Exception as error:
                if self._stopping or not self._node.context.ok():
                    return
                self._on_error('taking a question failed', error)

    def _take_the_rest(self) -> None:
        """Whoever has asked before the end hears of it; nobody is left waiting."""
        try:
            while self._node.context.ok() and (taken := self._take()) is not None:
                self._on_request(taken[0], self._respond_to(taken[1]))
        except rclpy_implementation.InvalidHandle:
            pass  # closed already
        except Exception as error:
            self._on_error('taking a question failed', error)

    def _died(self, thread: str, error: BaseException) -> None:
        self._on_error(f"thread '{thread}' died and was begun again", error)

    def _wait(self) -> None:
        service, wake, context = self._service.handle, self._wake.handle, self._node.context.handle
        with ExitStack() as held:
            for handle in (service, wake, context):
                held.enter_context(handle)
            wait_set = rclpy_implementation.WaitSet(0, 1, 0, 0, 1, 0, context)
            wait_set.clear_entities()
            wait_set.add_service(service)
            wait_set.add_guard_condition(wake)
            wait_set.wait(_FOR_EVER)

    def _take(self) -> tuple[Any, Any] | None:
        """A request and what identifies it, None where none waits."""
        with self._service.handle:
            request, header = self._service.handle.service_take_request(
                self._service.srv_type.Request
            )
        return None if header is None else (request, header)

    def _respond_to(self, header: Any) -> Respond:
        def respond(response: Any) -> None:
            with self._sending:
                try:
                    self._service.send_response(response, header)
                except rclpy_implementation.InvalidHandle:
                    pass  # the service has been taken down: nobody can be answered any more
                except Exception as error:
                    self._on_error('a response could not be sent', error)

        return respond


def _never(request: Any, response: Any) -> Any:
    """The executor's callback of the service, which it never takes requests of."""
    raise AssertionError('requests are taken by their own thread')
