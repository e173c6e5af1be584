# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Filters: things that hand messages on to those who registered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class SimpleFilter:
    """Hands its output to every registered callback, in the order of registration."""

    def __init__(self) -> None:
        self.callbacks: dict[int, tuple[Callable[..., Any], tuple[Any, ...]]] = {}

    def registerCallback(self, cb: Callable[..., Any], *args: Any) -> int:
        """Have `cb(*messages, *args)` called for every output; return the registration's number."""
        connection = len(self.callbacks)
        self.callbacks[connection] = (cb, args)
        return connection

    def signalMessage(self, *msg: Any) -> None:
        """Hand messages to every callback."""
        for callback, arguments in list(self.callbacks.values()):
            callback(*msg, *arguments)


class Subscriber(SimpleFilter):
    """A subscription as a filter: `Subscriber(node, msg_type, topic, **create_subscription's)`.

    Without `qos_profile` the history depth is 10. What is not defined here is looked up in the
    subscription itself (`sub`).
    """

    def __init__(self, node: Any, msg_type: Any, topic: str, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self.node = node
        self.topic = topic
        if not args:
            kwargs.setdefault('qos_profile', 10)
        self.sub = node.create_subscription(msg_type, topic, self.callback, *args, **kwargs)

    def callback(self, msg: Any) -> None:
        """Hand a received message on."""
        self.signalMessage(msg)

    def getTopic(self) -> str:
        """Return the topic as it was given, before remapping."""
        return self.topic

    def __getattr__(self, key: str) -> Any:
        if key == 'sub':  # not made yet: without this, asking for it would ask for it again
            raise AttributeError(key)
        return getattr(self.sub, key)
