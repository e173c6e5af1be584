# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt watch`: listens to a node's /diagnostics and ~/answers, and shows them."""

from __future__ import annotations

import argparse
import functools
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.srv import GetState
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from rclpy.utilities import remove_ros_args
from rich.console import Console
from rich.live import Live

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.messages.conversions import seconds_from
from smolrgpt_ros.msg import SpatialAnswer
from smolrgpt_ros.ros.watch_view import Report, ShownAnswer, Watched, view_of

NO_NODE = 1
_LEVELS = ('OK', 'WARN', 'ERROR', 'STALE')
_CATEGORIES = {getattr(SpatialAnswer, category.name): category.name for category in Category}
_MOST_ANSWERS = 8
_STEP_S = 0.1
_ASK_STATE_S = 1.0
_WIDTH = 150


class Watcher(Node):
    """Keeps what a node says of itself.

    Attributes:
        watched: what is known so far.
    """

    def __init__(self, node: str):
        """Listen to the node of a full name, as '/spatial_query'."""
        super().__init__('smolrgpt_watch')
        self.watched = Watched(node)
        # Reports carry the node's name without its namespace.
        self._prefix = f'{node.rpartition("/")[2]}: '
        self._states = self.create_client(GetState, f'{node}/get_state')
        self._asked_s = 0.0
        self._reply: Any = None
        self.create_subscription(DiagnosticArray, '/diagnostics', self._on_reports, 10)
        self.create_subscription(SpatialAnswer, f'{node}/answers', self._on_answer, 10)

    def look(self) -> None:
        """Ask for the lifecycle state, once a second, and take the reply."""
        watched, now_s = self.watched, time.monotonic()
        watched.present = self._states.service_is_ready()
        if self._reply is not None and self._reply.done():
            watched.state = self._reply.result().current_state.label
            self._reply = None
        overdue = self._reply is not None and now_s - self._asked_s > 3 * _ASK_STATE_S
        if watched.present and (self._reply is None or overdue):
            if now_s - self._asked_s >= _ASK_STATE_S:
                self._asked_s = now_s
                self._reply = self._states.call_async(GetState.Request())
        elif not watched.present:
            watched.state, self._reply = '', None

    def _on_reports(self, message: DiagnosticArray) -> None:
        found = {
            status.name.removeprefix(self._prefix): Report(
                _LEVELS[min(ord(status.level), len(_LEVELS) - 1)],
                status.message,
                {entry.key: entry.value for entry in status.values},
            )
            for status in message.status
            if status.name.startswith(self._prefix)
        }
        if found:
            self.watched.reports = found
            self.watched.reported_s = time.monotonic()

    def _on_answer(self, message: SpatialAnswer) -> None:
        answer = ShownAnswer(
            time.monotonic(),
            message.question,
            message.text,
            message.value,
            message.stddev,
            _CATEGORIES.get(message.category, ''),
            message.confidence,
            message.engine,
            message.verified,
            seconds_from(message.image_age),
            seconds_from(message.latency),
        )
        self.watched.answers = [answer, *self.watched.answers][:_MOST_ANSWERS]


def main(args: Sequence[str] | None = None) -> int:
    """Watch until interrupted, or print one report; returns the exit code."""
    given = list(sys.argv[1:] if args is None else args)
    parser = argparse.ArgumentParser(prog='smolrgpt watch')
    parser.add_argument('--node', default='/spatial_query')
    parser.add_argument('--once', action='store_true')
    parser.add_argument('--timeout', type=float, default=5.0)
    parser.add_argument('--svg', type=Path)
    wanted = parser.parse_args(remove_ros_args(['smolrgpt watch', *given])[1:])
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, functools.partial(_stop_at_first, stop))
    # rclpy's own handlers would end the middleware under the picture.
    rclpy.init(args=given, signal_handler_options=SignalHandlerOptions.NO)
    watcher = Watcher(f'/{wanted.node.strip("/")}')
    executor = SingleThreadedExecutor()
    executor.add_node(watcher)

    def spin() -> None:
        executor.spin_once(timeout_sec=_STEP_S)
        watcher.look()

    try:
        if wanted.once:
            return _report_once(watcher, spin, wanted.timeout, wanted.svg, stop)
        _show(watcher, spin, stop)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        executor.shutdown()
        watcher.destroy_node()
        rclpy.try_shutdown()
    return 0


def _show(watcher: Watcher, spin: Callable[[], None], stop: threading.Event) -> None:
    with Live(
        view_of(watcher.watched, time.monotonic()), console=Console(), auto_refresh=False
    ) as live:
        while not stop.is_set():
            spin()
            live.update(view_of(watcher.watched, time.monotonic()), refresh=True)


def _report_once(
    watcher: Watcher,
    spin: Callable[[], None],
    timeout_s: float,
    svg: Path | None,
    stop: threading.Event,
) -> int:
    """Print what is known once state and report are there; NO_NODE where they do not come."""
    watched = watcher.watched
    ends_s = time.monotonic() + timeout_s
    while time.monotonic() < ends_s and not (watched.state and watched.reported_s is not None):
        spin()
        if stop.is_set():
            return 0
    if not (watched.state or watched.reports):
        print(
            f'smolrgpt watch: there is no node {watched.node} within {timeout_s:g} s; is it '
            'running, with the same ROS_DOMAIN_ID? --node names another one',
            file=sys.stderr,
        )
        return NO_NODE
    console = Console(record=svg is not None, width=_WIDTH if svg is not None else None)
    console.print(view_of(watched, time.monotonic()))
    if svg is not None:
        picture = console.export_svg(title='smolrgpt watch')
        # Rich would have a viewer load its font from the network.
        svg.write_text(re.sub(r'@font-face \{.*?\}\s*', '', picture, flags=re.DOTALL))
    return 0


def _stop_at_first(stop: threading.Event, *_: object) -> None:
    """Ask for the end; from the second signal on, end what may not come to ask.

    An exception that a signal raises is lost where Python happens to be clearing up.
    """
    if stop.is_set():
        raise KeyboardInterrupt
    stop.set()


if __name__ == '__main__':
    sys.exit(main())
