# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Subscriptions that are emptied at a steady rate instead of waking the executor for every message.

rclpy's executors build a wait set in Python for every wake-up. Four topics at 30 Hz wake them 120
times a second, which costs more than receiving the pictures does. Here one thread takes whatever
has arrived, at a steady rate and at once when a question comes, and the executor is left to
services and timers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rclpy.callback_groups import CallbackGroup
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.qos import QoSProfile
from rclpy.subscription import Subscription

from smolrgpt_ros.distribution import SubscriptionEventCallbacks
from smolrgpt_ros.ros.lasting_thread import LastingThread, OnDeath, log_death

if TYPE_CHECKING:
    from rclpy.node import Node


class PolledCallbackGroup(CallbackGroup):
    """Keeps subscriptions out of the executor's wait set."""

    def can_execute(self, entity: Any) -> bool:
        """False: the executor does not wait for them."""
        return False

    def beginning_execution(self, entity: Any) -> bool:
        """False: the executor does not take them."""
        return False

    def ending_execution(self, entity: Any) -> None:
        """Never comes."""


@dataclass(frozen=True)
class Input:
    """One topic to poll.

    Attributes:
        name: relative topic name, remapped by launch files.
        message_type: class of its messages.
        serialised: True leaves messages as bytes.
        on_message: gets each message; must be quick. What it raises is reported, never lost.
    """

    name: str
    message_type: type
    qos: QoSProfile
    serialised: bool
    on_message: Callable[[Any], None]


class PolledInputs:
    """Takes messages of several topics in a thread of its own."""

    def __init__(
        self,
        node: Node,
        inputs: tuple[Input, ...],
        *,
        rate_hz: float,
        on_error: Callable[[str, Exception], None],
        on_death: OnDeath = log_death,
    ):
        """Subscribe and start taking.

        Args:
            on_error: called with the topic and what `on_message` or the middleware raised.
            on_death: called with the name of the thread and what ended it; it goes on.
        """
        self._node = node
        self._period_s = 1.0 / rate_hz
        self._on_error = on_error
        self._taking = threading.Lock()
        self._stop = threading.Event()
        group = PolledCallbackGroup()
        self._subscriptions = [
            (
                entry,
                node.create_subscription(
                    entry.message_type,
                    entry.name,
                    entry.on_message,
                    entry.qos,
                    callback_group=group,
                    raw=entry.serialised,
                    # In a wait set, events wake the executor for every message; `endpoints` asks
                    # the graph.
                    event_callbacks=SubscriptionEventCallbacks(use_default_callbacks=False),
                ),
            )
            for entry in inputs
        ]
        self._thread = LastingThread('inputs', self._run, on_death=on_death)

    def topic(self, name: str) -> str:
        """The full name that input `name` is remapped to."""
        return next(
            subscription.topic_name
            for entry, subscription in self._subscriptions
            if entry.name == name
        )

    def entry(self, name: str) -> Input:
        """What was subscribed to as `name`."""
        return next(entry for entry, _ in self._subscriptions if entry.name == name)

    def take(self) -> None:
        """Take all that has arrived, now. Any thread may call it."""
        with self._taking:
            for entry, subscription in self._subscriptions:
                self._empty(entry, subscription)

    def close(self) -> None:
        """Stop taking and unsubscribe. Idempotent."""
        self._stop.set()
        if not self._thread.is_current:
            self._thread.join()
        with self._taking:
            for _, subscription in self._subscriptions:
                self._node.destroy_subscription(subscription)
            self._subscriptions = []

    def _run(self) -> None:
        while not self._stop.wait(self._period_s):
            self.take()

    def _empty(self, entry: Input, subscription: Subscription) -> None:
        # No more than a full history at once: a publisher faster than this loop must not hold it
        # for ever.
        for _ in range(max(1, entry.qos.depth) + 1):
            try:
                with subscription.handle:
                    taken = subscription.handle.take_message(entry.message_type, entry.serialised)
                if taken is None:
                    return
                entry.on_message(taken[0])
            except rclpy_implementation.InvalidHandle:
                return
            except Exception as error:
                self._on_error(entry.name, error)
