# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Engines that hang or raise, threads that die, a node that fails in its own work."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from bench import QUESTION, Bench
from fault import Response
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from stand_in_engines import SlowEngine, measuring_with

from smolrgpt_ros.reasoning.geometric import GeometricEngine
from smolrgpt_ros.ros.monitor import Monitor
from smolrgpt_ros.ros.session import Session


def engine(bench: Bench, stand_in: Any) -> AbstractContextManager[Any]:
    """Another engine measures."""
    return measuring_with(bench.robot.node, stand_in)


@contextmanager
def stuck(bench: Bench) -> Iterator[Response]:
    """The engine does not come back; other services answer meanwhile."""
    slow = SlowEngine()
    states = bench.tester.tester.create_client(GetState, 'spatial_query/get_state')
    with engine(bench, slow):
        future = bench.tester.ask_async(QUESTION, timeout=0.3)
        bench.wait_for(slow.started.is_set, 'the engine')
        bench.wait_for(states.service_is_ready, 'get_state')
        state = bench.tester.result_of(states.call_async(GetState.Request()))
        assert state.current_state.id == State.PRIMARY_STATE_ACTIVE
        yield bench.tester.result_of(future)
        slow.may_answer.set()
    bench.tester.tester.destroy_client(states)


def raising(error: BaseException) -> Callable[[Bench], AbstractContextManager[None]]:
    """Whatever is measured, this is raised."""

    @contextmanager
    def inject(bench: Bench) -> Iterator[None]:
        def fail(self: GeometricEngine, scene: object, questions: Sequence[object], **rest: object):
            raise error

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(GeometricEngine, 'answer', fail)
            yield

    return inject


def killed(thread: str) -> Callable[[Bench], AbstractContextManager[None]]:
    """SystemExit is raised in a thread of the node, wherever it is."""

    @contextmanager
    def inject(bench: Bench) -> Iterator[None]:
        victims = [one for one in threading.enumerate() if one.name == thread]
        assert victims, f'no thread is named {thread}'
        for victim in victims:
            assert ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(victim.ident or 0), ctypes.py_object(SystemExit)
            )
        # A thread that waits hears of it when it wakes.
        bench.ask(timeout=0.2)
        yield

    return inject


@contextmanager
def publishing_fails(bench: Bench) -> Iterator[None]:
    def broken(answered: Any) -> None:
        raise RuntimeError('the middleware is gone')

    publishers = bench.robot.node._answer_publishers
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishers, 'publish', broken)
        yield


@contextmanager
def diagnostics_fail(bench: Bench) -> Iterator[None]:
    def broken(self: Monitor) -> None:
        raise RuntimeError('no report today')

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Monitor, '_reports', broken)
        yield


@contextmanager
def activation_fails(bench: Bench) -> Iterator[None]:
    """The node was deactivated, and cannot be activated."""
    node = bench.robot.node
    node.trigger_deactivate()
    with pytest.MonkeyPatch.context() as patch:

        def fail(*arguments: object, **further: object) -> None:
            raise OSError('no room')

        patch.setattr(Session, '__init__', fail)
        node.trigger_activate()
        yield
    bench.robot.activate()


@contextmanager
def deactivated(bench: Bench) -> Iterator[None]:
    bench.robot.node.trigger_deactivate()
    yield
    bench.robot.node.trigger_activate()
